import type { Engine, Ptr, Resident } from "../../engine/engine.ts";
import { LowrankError } from "../../engine/errors.ts";
import type { ByteSource } from "../../io/byte-source.ts";
import type { Step } from "./pipeline.ts";

const SUM_BYTES = 32;

interface Piece {
  readonly offset: number;
  readonly length: number;
  readonly sum: string;
}

/** What was written to one file, piece by piece, as sums that the bytes on the disk are held against. */
export class WrittenPieces {
  readonly #engine: Engine;
  readonly #room: Resident;
  readonly #pieces: Piece[] = [];

  constructor(engine: Engine, room: Resident) {
    this.#engine = engine;
    this.#room = room;
  }

  /** Room that the sums are formed in. */
  static reserve(engine: Engine): Resident {
    return engine.reserve(SUM_BYTES);
  }

  /** Remembers the bytes at `at` as those that go to `offset`. */
  add(at: Ptr, offset: number, length: number): void {
    this.#pieces.push({ offset, length, sum: this.#sum(at, length) });
  }

  /** Steps that read the file back, and refuse the first piece that is not what was written. */
  *steps(file: string, source: ByteSource): Generator<Step> {
    for (const { offset, length, sum } of this.#pieces) {
      yield {
        input: { source, offset, length },
        compute: (input) => {
          if (this.#sum(input, length) === sum) return;
          const text = `bytes ${offset} to ${offset + length} read back are not what was written; check the disk and merge again`;
          throw new LowrankError("VERIFY", file, text, { file });
        },
      };
    }
  }

  #sum(at: Ptr, length: number): string {
    this.#engine.wasm.checksum(at, length, this.#room.ptr);
    return this.#room.bytes().join();
  }
}
