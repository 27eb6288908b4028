import { Allocator, type Ptr } from "./allocator.ts";
import { LowrankError } from "./errors.ts";
import type { WasmExports } from "./exports.gen.ts";
import type { Features, Finding } from "./features.ts";
import { heapBase } from "./kernels.ts";
import type { Pool } from "./pool.ts";

export type { Ptr } from "./allocator.ts";

/** The element types that kernels compute in. */
export type Floats = Float32Array | Float64Array;
export type FloatDtype = "f32" | "f64";

/** Kernels that take a range of rows (or elements) as their last two arguments and treat each row on its own. */
export type ParallelKernel = {
  [K in keyof WasmExports]: WasmExports[K] extends (...args: never[]) => void ? K : never;
}[keyof WasmExports] &
  string;

export type Build = "simd" | "relaxed" | "simd-threads" | "relaxed-threads" | "debug";

export interface EngineFeatures extends Features {
  readonly build: Build;
  readonly threadsUsed: number;
  readonly math: "deterministic" | "fast";
  /** Why this build and this many threads. */
  readonly chosen: { readonly math: Finding; readonly threads: Finding };
}

/** Memory that lives as long as one call: everything a scope hands out is returned when the function ends, also by a throw. */
export class Scope {
  readonly #engine: Engine;
  readonly #blocks: Ptr[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Room for `bytes` bytes, 64-aligned, not cleared. */
  alloc(bytes: number): Ptr {
    const p = this.#engine.allocator.alloc(bytes);
    this.#blocks.push(p);
    return p;
  }

  /** Copies `data` into wasm memory. */
  copyIn(data: Floats): Ptr {
    const p = this.alloc(data.byteLength);
    if (data instanceof Float32Array) this.#engine.f32(p, data.length).set(data);
    else this.#engine.f64(p, data.length).set(data);
    return p;
  }

  /** A fresh array with the `length` elements at `p`. */
  copyOut(p: Ptr, length: number, dtype: "f32"): Float32Array<ArrayBuffer>;
  copyOut(p: Ptr, length: number, dtype: "f64"): Float64Array<ArrayBuffer>;
  copyOut(p: Ptr, length: number, dtype: FloatDtype): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
  copyOut(p: Ptr, length: number, dtype: FloatDtype): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
    return dtype === "f32" ? new Float32Array(this.#engine.f32(p, length)) : new Float64Array(this.#engine.f64(p, length));
  }

  /** Returns everything, last first. */
  close(): void {
    for (let p = this.#blocks.pop(); p !== undefined; p = this.#blocks.pop()) this.#engine.allocator.free(p);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Memory that stays until it is disposed: weights, buffers of a stream. Disposing twice is allowed, use after it throws. */
export class Resident {
  readonly byteLength: number;
  readonly #engine: Engine;
  #ptr: Ptr | undefined;

  constructor(engine: Engine, byteLength: number) {
    this.#engine = engine;
    this.byteLength = byteLength;
    this.#ptr = engine.allocator.alloc(byteLength);
  }

  get ptr(): Ptr {
    if (this.#ptr === undefined) throw new LowrankError("BROKEN", "resident", "used after it was disposed");
    return this.#ptr;
  }

  /** A view for this statement only: memory that grows leaves it empty. */
  bytes(offset = 0, length = this.byteLength - offset): Uint8Array {
    return this.#engine.u8((this.ptr + offset) as Ptr, length);
  }

  [Symbol.dispose](): void {
    if (this.#ptr === undefined) return;
    const p = this.#ptr;
    this.#ptr = undefined;
    this.#engine.allocator.free(p);
  }
}

/** The kernels on one memory, and the workers beside them. Make one with `createEngine`. */
export class Engine {
  readonly build: Build;
  readonly math: "deterministic" | "fast";
  readonly memory: WebAssembly.Memory;
  /** @internal Kernels and TypeScript share this; users call `scope` and `reserve`. */
  readonly allocator: Allocator;
  readonly #exports: WasmExports;
  readonly #features: EngineFeatures;
  readonly #pool: Pool | undefined;
  #broken: string | undefined;

  /** @internal */
  constructor(parts: {
    exports: WasmExports;
    memory: WebAssembly.Memory;
    features: EngineFeatures;
    pool: Pool | undefined;
    maximumBytes: number;
  }) {
    this.#exports = parts.exports;
    this.memory = parts.memory;
    this.#features = parts.features;
    this.#pool = parts.pool;
    this.build = parts.features.build;
    this.math = parts.features.math;
    this.allocator = new Allocator(parts.memory, heapBase(parts.exports), parts.maximumBytes);
  }

  /** The kernels, as the modules export them. Asking for one of a module that was not loaded throws `UNSUPPORTED`. */
  get wasm(): WasmExports {
    if (this.#broken) throw new LowrankError("BROKEN", "engine", this.#broken);
    return this.#exports;
  }

  get threads(): number {
    return this.#pool?.threads ?? 1;
  }

  /** What was detected, what was chosen, and why. */
  features(): EngineFeatures {
    return this.#features;
  }

  /** Bytes of wasm memory handed out and not returned. */
  live(): number {
    return this.allocator.live;
  }

  /** Runs `f` with memory that is returned when it ends. */
  scope<R>(f: (scope: Scope) => R): R {
    const scope = new Scope(this);
    try {
      return f(scope);
    } catch (error) {
      throw this.#trapped(error);
    } finally {
      scope.close();
    }
  }

  /** Room that stays until it is disposed. */
  reserve(byteLength: number): Resident {
    return new Resident(this, byteLength);
  }

  /** Copies values in, to stay: `using w = engine.upload(weights)`. */
  upload(data: Floats): Resident {
    const r = this.reserve(data.byteLength);
    if (data instanceof Float32Array) this.f32(r.ptr, data.length).set(data);
    else this.f64(r.ptr, data.length).set(data);
    return r;
  }

  /**
   * Runs a kernel whose last two arguments are a range, over [0, rows), split between the threads.
   * `grain` is the smallest piece handed out, a multiple of the kernel's row block.
   */
  parallel(kernel: ParallelKernel, args: readonly number[], rows: number, grain: number): void {
    if (rows <= 0) return;
    const run = this.wasm[kernel] as unknown as (...args: number[]) => void; // throws when broken, also for the pool
    try {
      if (!this.#pool || rows <= grain) run(...args, 0, rows);
      else this.#pool.run(kernel, args, rows, grain);
    } catch (error) {
      throw this.#trapped(error);
    }
  }

  u8(p: Ptr, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, p, length);
  }

  f32(p: Ptr, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, p, length);
  }

  f64(p: Ptr, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, p, length);
  }

  #trapped(error: unknown): unknown {
    if (!(error instanceof WebAssembly.RuntimeError)) return error;
    this.#broken = `a kernel trapped (${error.message}), so its memory is not to be trusted; create another engine and report this`;
    return new LowrankError("BROKEN", "engine", this.#broken, { cause: error });
  }

  [Symbol.dispose](): void {
    this.#pool?.stop();
    this.#broken ??= "it was disposed; create another";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
  }
}
