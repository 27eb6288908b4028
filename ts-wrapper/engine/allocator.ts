import { LowrankError } from "./errors.ts";

/** An address in the engine's linear memory, in bytes. Branded, so that an element count cannot be passed as one. */
export type Ptr = number & { readonly ptr: unique symbol };

/** Whole cache lines: two workers never write into the same one, and every vector load is aligned. */
const LINE = 64;
const PAGE = 65536;

const lines = (bytes: number): number => Math.max(LINE, Math.ceil(bytes / LINE) * LINE);

/**
 * First fit over a linear memory that grows.
 *
 *   0 ─ heapBase        static data of the module, never touched
 *   heapBase ─ top      blocks, free or taken, in address order without a hole
 *   top ─ byteLength    not handed out yet
 *
 * Free neighbours are joined at once, so the list of holes stays short. The head moves only after growth succeeded.
 */
export class Allocator {
  readonly #memory: WebAssembly.Memory;
  readonly #maximum: number;
  readonly #taken = new Map<number, number>();
  #holes: { at: number; size: number }[] = [];
  #top: number;
  #live = 0;
  #peak = 0;

  constructor(memory: WebAssembly.Memory, heapBase: number, maximum: number) {
    this.#memory = memory;
    this.#top = lines(heapBase);
    this.#maximum = maximum;
  }

  /** Bytes handed out and not returned. */
  get live(): number {
    return this.#live;
  }

  /** The most that `live` has been. */
  get peak(): number {
    return this.#peak;
  }

  alloc(bytes: number): Ptr {
    const size = lines(bytes);
    const i = this.#holes.findIndex((h) => h.size >= size);
    let at: number;
    if (i >= 0) {
      const hole = this.#holes[i]!;
      at = hole.at;
      if (hole.size === size) this.#holes.splice(i, 1);
      else this.#holes[i] = { at: at + size, size: hole.size - size };
    } else {
      at = this.#extend(size);
    }
    this.#taken.set(at, size);
    this.#live += size;
    this.#peak = Math.max(this.#peak, this.#live);
    return at as Ptr;
  }

  free(ptr: Ptr): void {
    const size = this.#taken.get(ptr);
    if (size === undefined) throw new LowrankError("BROKEN", "memory", `free of ${ptr}, which is not a block in use`);
    this.#taken.delete(ptr);
    this.#live -= size;
    this.#insert({ at: ptr, size });
  }

  #extend(size: number): number {
    const last = this.#holes.at(-1);
    const at = last && last.at + last.size === this.#top ? last.at : this.#top;
    const end = at + size;
    const have = this.#memory.buffer.byteLength;
    if (end > this.#maximum) throw this.#outOfMemory(size, this.#maximum - at);
    if (end > have) {
      try {
        this.#memory.grow(Math.ceil((end - have) / PAGE));
      } catch (cause) {
        throw this.#outOfMemory(size, have - at, cause);
      }
    }
    if (at !== this.#top) this.#holes.pop();
    this.#top = end;
    return at;
  }

  #insert(hole: { at: number; size: number }): void {
    let i = this.#holes.findIndex((h) => h.at > hole.at);
    if (i < 0) i = this.#holes.length;
    const next = this.#holes[i];
    if (next && hole.at + hole.size === next.at) {
      hole.size += next.size;
      this.#holes.splice(i, 1);
    }
    const before = this.#holes[i - 1];
    if (before && before.at + before.size === hole.at) before.size += hole.size;
    else this.#holes.splice(i, 0, hole);
  }

  #outOfMemory(asked: number, left: number, cause?: unknown): LowrankError {
    const text = `${asked} bytes asked, ${Math.max(0, left)} left; give the engine more memory or work in smaller pieces`;
    return new LowrankError("OUT_OF_MEMORY", "memory", text, { cause });
  }
}
