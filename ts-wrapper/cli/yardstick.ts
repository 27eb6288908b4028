import { createEngine } from "../engine/create.ts";
import type { Build, Engine, FloatDtype, ParallelKernel, Ptr, Resident } from "../engine/engine.ts";
import { panelBytes, READ_STEP, TILE_BYTES, tileFlops, yardstickModule } from "./yardstick-module.ts";

/** Steps of one tile: its panels, 12 KiB in f32 and 16 KiB in f64, lie in any first-level cache. */
const DEPTH = 256;
/** Bytes that a thread takes at a time when memory is read. */
const ROW_BYTES = 1 << 16;
/** Length of one pass of multiplications, in seconds: well above the wake-up of a worker. */
const PASS_SECONDS = 0.001;
/** Passes of a sample, and how long they take together at least. */
const PASSES = 3;
const SAMPLE_SECONDS = 0.002;
const MAX_TILES = 1 << 20;

/** Seconds of the fastest of some passes: a limit is what can be reached, and one pass may be held up. */
function fastest(pass: () => number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0, spent = 0; i < PASSES || spent < SAMPLE_SECONDS; i++) {
    const seconds = pass();
    best = Math.min(best, seconds);
    spent += Math.max(seconds, 1e-6);
  }
  return best;
}

/** What the loops reached: floating-point operations and bytes a second. */
export interface Limit {
  readonly flops: number;
  readonly bytes: number;
}

/**
 * Measures what this runtime can reach here and now, on an engine of its own with the build and threads of the one beside which
 * it stands: multiply–adds from the first-level cache, and reading. A kernel's time is to be compared with samples taken
 * in the same moment, for other work on the machine slows both.
 */
export class Yardstick {
  readonly #engine: Engine;
  readonly #panels: Resident;
  readonly #sums: Resident;
  #memory: Resident | undefined;
  #tiles = 256;

  private constructor(engine: Engine) {
    this.#engine = engine;
    const { a, b } = panelBytes(DEPTH, "f64");
    this.#panels = engine.reserve(a + b);
    this.#sums = engine.reserve(MAX_TILES * TILE_BYTES);
    engine.f64(this.#panels.ptr, (a + b) / 8).fill(0);
  }

  static async start(build: Build, threads: number): Promise<Yardstick> {
    const wasm = yardstickModule({ relaxed: build.startsWith("relaxed"), shared: build.endsWith("-threads") });
    return new Yardstick(await createEngine({ wasm, build, threads }));
  }

  get threads(): number {
    return this.#engine.threads;
  }

  /** Floating-point operations a second, on all threads. */
  flops(dtype: FloatDtype): number {
    const pass = (): number => this.#time(`mul_${dtype}`, this.#multiplyArgs(dtype), this.#tiles);
    for (let seconds = pass(); seconds < PASS_SECONDS / 2 && this.#tiles < MAX_TILES; seconds = pass()) this.#tiles *= 2;
    return (tileFlops(DEPTH, dtype) * this.#tiles) / fastest(pass);
  }

  /** Bytes a second that all threads read of a block of `bytes` bytes, which is as close as its size lets it be. */
  bytes(bytes: number): number {
    const rowBytes = Math.max(READ_STEP, Math.min(ROW_BYTES, Math.ceil(bytes / this.threads / READ_STEP) * READ_STEP));
    const rows = Math.max(1, Math.ceil(bytes / rowBytes));
    const args = [this.#block(rows * rowBytes), rowBytes, this.#sums.ptr];
    return (rows * rowBytes) / fastest(() => this.#time("read", args, rows));
  }

  /** @internal The sums of tiles in f32 of values `a` and `b`; a test compares them. */
  sums(a: number, b: number, tiles: number): Float32Array {
    const sizes = panelBytes(DEPTH, "f32");
    this.#engine.f32(this.#panels.ptr, sizes.a / 4).fill(a);
    this.#engine.f32((this.#panels.ptr + sizes.a) as Ptr, sizes.b / 4).fill(b);
    this.#engine.parallel("mul_f32" as ParallelKernel, this.#multiplyArgs("f32"), tiles, tiles);
    return this.#engine.f32(this.#sums.ptr, TILE_BYTES / 4).slice();
  }

  #multiplyArgs(dtype: FloatDtype): number[] {
    return [DEPTH, this.#panels.ptr, this.#panels.ptr + panelBytes(DEPTH, dtype).a, this.#sums.ptr];
  }

  #time(kernel: string, args: readonly number[], rows: number): number {
    const grain = Math.max(1, Math.ceil(rows / (8 * this.threads)));
    const start = performance.now();
    this.#engine.parallel(kernel as ParallelKernel, args, rows, grain);
    return (performance.now() - start) / 1000;
  }

  /** Memory that was written, for what never was is one page of zeros that stays in the cache. */
  #block(bytes: number): Ptr {
    if (!this.#memory || this.#memory.byteLength < bytes) {
      this.#memory?.[Symbol.dispose]();
      this.#memory = this.#engine.reserve(bytes);
      this.#memory.bytes().fill(1);
    }
    return this.#memory.ptr;
  }

  [Symbol.dispose](): void {
    this.#engine[Symbol.dispose]();
  }
}
