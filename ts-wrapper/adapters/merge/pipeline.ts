import type { Engine, Ptr, Resident } from "../../engine/engine.ts";
import type { FileSink } from "../../io/byte-sink.ts";
import type { ByteSource } from "../../io/byte-source.ts";
import type { AsyncHasher } from "../../io/hasher.ts";
import { readInto } from "../../io/read-into.ts";
import { SLOTS } from "./memory-plan.ts";
import type { WrittenPieces } from "./read-back.ts";

/** One tile on its way from an input to the output. */
export interface Step {
  /** Where the bytes come from; nothing is read without it. */
  readonly input?: { readonly source: ByteSource; readonly offset: number; readonly length: number };
  /** Hashes what was read: the input, byte after byte. */
  readonly hashIn?: AsyncHasher;
  /** Makes the output from the input; without it the input is the output. */
  readonly compute?: (input: Ptr, output: Ptr) => void | Promise<void>;
  /** Where the result goes; a step without it only reads and hashes. */
  readonly output?: StepOutput;
}

/** A place in the output, and who is told of what goes there. */
export interface StepOutput {
  readonly sink: Pick<FileSink, "write">;
  readonly offset: number;
  readonly length: number;
  readonly hashOut?: AsyncHasher;
  readonly pieces?: WrittenPieces;
}

interface Slot {
  readonly input: Resident;
  readonly output: Resident;
  step: Step | undefined;
  reading: Promise<void>;
  /** Settled when the buffers may be used again. */
  settled: Promise<void>;
}

/**
 * Reads ahead and writes behind: while one tile is computed, the next are being read and the last are being hashed and
 * written. Steps are computed, hashed and written in the order they are pushed.
 */
export class Pipeline {
  readonly #slots: Slot[];
  readonly #queue: Slot[] = [];
  #next = 0;
  #failure: { readonly error: unknown } | undefined;
  bytesRead = 0;
  bytesWritten = 0;

  constructor(engine: Engine, tileBytes: number) {
    this.#slots = Array.from({ length: SLOTS }, () => ({
      input: engine.reserve(tileBytes),
      output: engine.reserve(tileBytes),
      step: undefined,
      reading: Promise.resolve(),
      settled: Promise.resolve(),
    }));
  }

  /** Starts reading a step; computes the oldest one once two are being read. */
  async push(step: Step): Promise<void> {
    const slot = this.#slots[this.#next]!;
    this.#next = (this.#next + 1) % this.#slots.length;
    await slot.settled;
    this.#check();
    slot.step = step;
    const { input } = step;
    slot.reading = input ? readInto(input.source, input.offset, slot.input.bytes(0, input.length)) : Promise.resolve();
    slot.reading.catch(() => {}); // it is awaited, and thrown, when its turn comes
    this.#queue.push(slot);
    if (this.#queue.length >= SLOTS / 2) await this.#computeOldest();
  }

  /** Computes what is left and waits until everything is written. */
  async drain(): Promise<void> {
    while (this.#queue.length > 0) await this.#computeOldest();
    await Promise.all(this.#slots.map((s) => s.settled));
    this.#check();
  }

  async #computeOldest(): Promise<void> {
    const slot = this.#queue.shift()!;
    const step = slot.step!;
    await slot.reading;
    const read = step.input?.length ?? 0;
    this.bytesRead += read;
    const pending: Promise<void>[] = [];
    if (step.hashIn && read > 0) pending.push(step.hashIn.update(slot.input.bytes(0, read)));
    if (step.compute) await step.compute(slot.input.ptr, slot.output.ptr);
    const { output } = step;
    if (output && output.length > 0) {
      const result = step.compute ? slot.output : slot.input;
      const bytes = result.bytes(0, output.length);
      output.pieces?.add(result.ptr, output.offset, output.length);
      if (output.hashOut) pending.push(output.hashOut.update(bytes));
      pending.push(output.sink.write(output.offset, bytes));
      this.bytesWritten += output.length;
    }
    slot.settled = Promise.all(pending).then(
      () => {},
      (error: unknown) => {
        this.#failure ??= { error };
      },
    );
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Drops what is not computed yet and waits for reads and writes under way, whatever they come to. */
  async settle(): Promise<void> {
    this.#queue.length = 0;
    await Promise.allSettled(this.#slots.flatMap((s) => [s.reading, s.settled]));
  }

  /** As `settle`, and returns the buffers. */
  async close(): Promise<void> {
    await this.settle();
    for (const s of this.#slots) {
      s.input[Symbol.dispose]();
      s.output[Symbol.dispose]();
    }
  }
}
