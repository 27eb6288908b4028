import type { Resident } from "../../engine/engine.ts";
import type { ByteSource } from "../../io/byte-source.ts";
import type { HashWorker } from "../../io/hasher.ts";
import { memorySource } from "../../io/memory-source.ts";
import { Arena } from "./arena.ts";
import { InputHashes } from "./input-hashes.ts";
import type { Journal } from "./journal.ts";
import type { PlannedFile } from "./layout.ts";
import { MAX_TILE_ROWS, SCRATCH_BUFFERS, SLOTS } from "./memory-plan.ts";
import type { MergeJob } from "./options.ts";
import { Pipeline, type Step, type StepOutput } from "./pipeline.ts";
import type { MergePlan } from "./plan.ts";
import { WrittenPieces } from "./read-back.ts";
import type { Energies } from "./report.ts";
import { hashSteps, tensorSteps } from "./steps.ts";
import { type Desk, ROW_STATS_BYTES, type Work } from "./work.ts";

/** Where the writing of the weights stands. */
export interface WeightsProgress {
  /** `merge`, or `verify` while a file is read back. */
  readonly phase: "merge" | "verify";
  /** The tensor or file at work. */
  readonly item: string;
  /** Bytes of the phase: written of all files, or read back of this one. */
  readonly done: number;
  readonly total: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** Hashing beside the work: one worker for what is read, one for what is written. */
export interface HashWorkers {
  readonly input: HashWorker;
  readonly output: HashWorker;
}

/**
 * Writes the files of weights one after the other. Each is synced, read back, named and put into the journal before the next
 * begins. All memory is taken before the first read: memory that grew later would detach the buffers that are read into.
 */
export class WeightsWriter {
  readonly energies = new Map<string, Energies>();
  readonly #job: MergeJob;
  readonly #plan: MergePlan;
  readonly #journal: Journal;
  readonly #workers: HashWorkers;
  readonly #inputs: InputHashes;
  readonly #pipeline: Pipeline;
  readonly #desk: Desk;
  readonly #owned: readonly (Resident | Arena)[];
  readonly #sums: Resident;
  readonly #total: number;
  /** Bytes of files that an earlier run finished. */
  #skipped = 0;

  constructor(job: MergeJob, plan: MergePlan, journal: Journal, workers: HashWorkers) {
    const { engine, base } = job;
    const { tiles, scratch, factors } = plan.memory;
    const known = [...journal.finished.values()].flatMap((entry) => entry.inputs);
    this.#job = job;
    this.#plan = plan;
    this.#journal = journal;
    this.#workers = workers;
    this.#total = plan.files.reduce((n, f) => n + f.byteLength, 0);
    this.#inputs = new InputHashes(base, workers.input, known);
    const stats = engine.reserve(MAX_TILE_ROWS * ROW_STATS_BYTES);
    const arena = new Arena(engine, factors);
    const buffers = Array.from({ length: SCRATCH_BUFFERS }, () => engine.reserve(Math.ceil(scratch / SCRATCH_BUFFERS)));
    const [w, acc, delta, stored] = buffers.map((b) => b.ptr) as [Desk["stats"], Desk["stats"], Desk["stats"], Desk["stats"]];
    this.#sums = WrittenPieces.reserve(engine);
    this.#owned = [stats, arena, ...buffers, this.#sums];
    this.#pipeline = new Pipeline(engine, tiles / (2 * SLOTS));
    this.#desk = {
      engine,
      arena,
      stats: stats.ptr,
      scratch: { w, acc, delta, stored },
      sum: job.accumulate ?? "f32",
      base: base.name,
    };
  }

  /** SHA-256 of the base's files, once everything is written. */
  get inputs(): ReadonlyMap<string, string> {
    return this.#inputs.known;
  }

  async *write(): AsyncGenerator<WeightsProgress, void> {
    for (const file of this.#plan.files) {
      this.#job.signal?.throwIfAborted();
      const finished = this.#journal.finished.get(file.file);
      if (finished) {
        this.#skipped += file.byteLength;
        for (const [name, energies] of finished.energies) this.energies.set(name, energies);
        yield* this.#skip(file);
      } else {
        yield* this.#make(file);
      }
    }
  }

  /** Waits for what is under way and returns all memory. */
  async close(): Promise<void> {
    this.#inputs.close();
    await this.#pipeline.close();
    for (const o of this.#owned) o[Symbol.dispose]();
  }

  /** A file that an earlier run finished: its part of the base is read for the hash of the base alone. */
  async *#skip(file: PlannedFile): AsyncGenerator<WeightsProgress> {
    for (const { tensor } of file.tensors) {
      if (tensor.from.name !== tensor.name) continue;
      const { shard, offset, byteLength } = tensor.from;
      const hashIn = await this.#inputs.of(shard);
      const steps = hashSteps(this.#job.base, shard, offset, byteLength, this.#plan.memory.tileBytes, hashIn);
      yield* this.#push("merge", tensor.name, steps);
      this.#inputs.passed(shard);
    }
    await this.#pipeline.drain();
    await this.#inputs.settle();
  }

  async *#make(file: PlannedFile): AsyncGenerator<WeightsProgress> {
    const verify = this.#job.verify !== false;
    const hashOut = this.#workers.output.createHasher();
    const sink = await this.#job.sink.create(file.file, file.byteLength);
    const hashing = sink.hashing?.(hashOut, verify);
    const pieces = verify && !hashing ? new WrittenPieces(this.#job.engine, this.#sums) : undefined;
    try {
      const works = yield* this.#merge(file, hashing ? { sink: hashing } : { sink, hashOut, ...(pieces ? { pieces } : {}) });
      const inputs = await this.#inputs.settle();
      if (pieces) yield* this.#readBack(file.file, pieces, await sink.readBack());
      await sink.commit();
      const energies = works.map(([name, work]) => [name, work.energies] as const);
      for (const [name, e] of energies) this.energies.set(name, e);
      await this.#journal.add({ file: file.file, bytes: file.byteLength, sha256: await hashOut.digest(), energies, inputs });
    } catch (error) {
      await this.#pipeline.settle();
      await sink.abort();
      throw error;
    } finally {
      hashOut.close();
    }
  }

  async *#merge(
    file: PlannedFile,
    place: Omit<StepOutput, "offset" | "length">,
  ): AsyncGenerator<WeightsProgress, [string, Work][]> {
    const { tileBytes } = this.#plan.memory;
    const works: [string, Work][] = [];
    yield* this.#push("merge", file.file, headerSteps(file, tileBytes, place));
    for (const { tensor, offset } of file.tensors) {
      const isOwn = tensor.from.name === tensor.name;
      const hashIn = isOwn ? await this.#inputs.of(tensor.from.shard) : undefined;
      const at = { ...place, offset, ...(hashIn ? { hashIn } : {}) };
      const { work, steps } = tensorSteps(this.#desk, this.#job.base, tensor, tileBytes, at);
      yield* this.#push("merge", tensor.name, steps);
      if (work && tensor.edits.length > 0) works.push([tensor.name, work]);
      if (isOwn) this.#inputs.passed(tensor.from.shard);
    }
    await this.#pipeline.drain();
    return works;
  }

  async *#readBack(file: string, pieces: WrittenPieces, source: ByteSource): AsyncGenerator<WeightsProgress> {
    try {
      yield* this.#push("verify", file, pieces.steps(file, source), source.byteLength);
      await this.#pipeline.drain();
    } finally {
      await this.#pipeline.settle();
      await source.close?.();
    }
  }

  /** `size`: bytes of the file that is read back. */
  async *#push(phase: WeightsProgress["phase"], item: string, steps: Iterable<Step>, size = 0): AsyncGenerator<WeightsProgress> {
    for (const step of steps) {
      this.#job.signal?.throwIfAborted();
      await this.#pipeline.push(step);
      const { bytesRead, bytesWritten } = this.#pipeline;
      yield phase === "merge"
        ? { phase, item, done: this.#skipped + bytesWritten, total: this.#total, bytesRead, bytesWritten }
        : { phase, item, done: (step.input?.offset ?? 0) + (step.input?.length ?? 0), total: size, bytesRead, bytesWritten };
    }
  }
}

/** The header goes the way of the tiles, so that it is hashed and checked as they are. */
function* headerSteps(file: PlannedFile, tileBytes: number, place: Omit<StepOutput, "offset" | "length">): Generator<Step> {
  const source = memorySource(file.header, file.file);
  for (let offset = 0; offset < file.header.byteLength; offset += tileBytes) {
    const length = Math.min(tileBytes, file.header.byteLength - offset);
    yield { input: { source, offset, length }, output: { ...place, offset, length } };
  }
}
