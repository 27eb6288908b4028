import type { Engine, Ptr, Resident } from "../../engine/engine.ts";
import { LowrankError } from "../../engine/errors.ts";

const ALIGN = 64;

/** Bytes that one allocation may lose to alignment. */
export const ARENA_SLACK = ALIGN;

/**
 * Room for the factors of one tensor after the other, taken once before reading begins: a memory that grew later would
 * detach the buffers that files are being read into.
 */
export class Arena {
  readonly #block: Resident;
  #used = 0;

  constructor(engine: Engine, bytes: number) {
    this.#block = engine.reserve(Math.max(ALIGN, bytes));
  }

  alloc(bytes: number): Ptr {
    const at = this.#used;
    const end = at + Math.ceil(bytes / ALIGN) * ALIGN;
    if (end > this.#block.byteLength) {
      const text = `${bytes} bytes asked, ${this.#block.byteLength - at} of the planned ${this.#block.byteLength} are left; report this`;
      throw new LowrankError("OUT_OF_MEMORY", "merge", text);
    }
    this.#used = end;
    return (this.#block.ptr + at) as Ptr;
  }

  /** A place to go back to. */
  mark(): number {
    return this.#used;
  }

  reset(mark = 0): void {
    this.#used = mark;
  }

  [Symbol.dispose](): void {
    this.#block[Symbol.dispose]();
  }
}
