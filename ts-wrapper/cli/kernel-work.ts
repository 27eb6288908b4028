import type { Engine, FloatDtype, Floats, Ptr, Resident } from "../engine/engine.ts";
import { multiply } from "../linalg/gemm.ts";
import { bytesPerElement } from "../linalg/matrix.ts";

/** Work for a kernel whose operands lie in the engine's memory and stay there, so that a step is the kernel alone. */
export interface Work<R> {
  step(): void;
  /** What the last step computed, copied out. */
  result(): R;
  /** Puts operands that a step changes back to what they were. */
  reset(): void;
  [Symbol.dispose](): void;
}

export interface GemmShape {
  readonly dtype: FloatDtype;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** B is stored n×k. */
  readonly transB?: boolean;
  /** B is packed once, before the steps, as the weights of a model are. */
  readonly packed?: boolean;
}

/** Rows that a thread takes at a time. */
const GEMM_GRAIN = 64;
const GEMV_GRAIN = 64;
const UPDATE_GRAIN = 64;

/** C = A·op(B), all row-major and dense. */
export function gemmWork(engine: Engine, shape: GemmShape, a: Floats, b: Floats): Work<Floats> {
  const { dtype, m, n, packed = false } = shape;
  const memory = new Operands(engine);
  const bytes = bytesPerElement[dtype];
  const [pa, pb, pc] = [memory.copy(a), memory.copy(b), memory.room(m * n * bytes)];
  return {
    step: packed ? packedProduct(engine, memory, shape, pa, pb, pc) : product(engine, shape, pa, pb, pc),
    result: () => memory.floats(pc, m * n, dtype),
    reset() {},
    [Symbol.dispose]: () => memory[Symbol.dispose](),
  };
}

/** What the library does once its operands are in place. */
function product(engine: Engine, { dtype, m, n, k, transB = false }: GemmShape, pa: Ptr, pb: Ptr, pc: Ptr): () => void {
  const a = { ptr: pa, rows: m, cols: k, ld: k };
  const b = transB ? { ptr: pb, rows: n, cols: k, ld: k } : { ptr: pb, rows: k, cols: n, ld: n };
  const c = { ptr: pc, rows: m, cols: n, ld: n };
  return () => engine.scope((s) => multiply(engine, s, dtype, { transB }, a, b, c));
}

function packedProduct(
  engine: Engine,
  memory: Operands,
  { dtype, m, n, k, transB = false }: GemmShape,
  a: Ptr,
  b: Ptr,
  c: Ptr,
): () => void {
  const work = memory.room(engine.wasm[`gemm_work_${dtype}`](m, n, k) >>> 0);
  const panels = Math.ceil((n * bytesPerElement[dtype]) / 32);
  engine.parallel(`gemm_pack_${dtype}`, [Number(transB), k, n, b, transB ? k : n, work], panels, Math.ceil(panels / 16));
  const grain = Math.max(4, Math.min(GEMM_GRAIN, Math.ceil(m / engine.threads / 4) * 4));
  return () => engine.parallel(`gemm_rows_${dtype}`, [0, n, k, 1, a, k, 0, c, n, work], m, grain);
}

/** y = A·x, A m×n row-major and dense. */
export function gemvWork(
  engine: Engine,
  shape: { readonly dtype: FloatDtype; readonly m: number; readonly n: number },
  a: Floats,
  x: Floats,
): Work<Floats> {
  const { dtype, m, n } = shape;
  const memory = new Operands(engine);
  const [pa, px, py] = [memory.copy(a), memory.copy(x), memory.room(m * bytesPerElement[dtype])];
  return {
    step: () => engine.parallel(`gemv_${dtype}`, [n, 1, pa, n, px, 0, py], m, GEMV_GRAIN),
    result: () => memory.floats(py, m, dtype),
    reset() {},
    [Symbol.dispose]: () => memory[Symbol.dispose](),
  };
}

/** Element types of weights that a rank-r update reads and writes. */
export type StoredDtype = "f32" | "f16" | "bf16";

export interface UpdateShape {
  readonly stored: StoredDtype;
  readonly m: number;
  readonly n: number;
  readonly r: number;
}

/**
 * W ← round(W ± s·B·A) in place, W m×n of stored numbers, B m×r, A r×n; packing the factors is part of a step. The sign
 * changes from step to step and starts with plus, so that W stays of its size however many steps there are.
 */
export function updateWork(
  engine: Engine,
  { stored, m, n, r }: UpdateShape,
  w: Uint8Array,
  b: Float32Array,
  a: Float32Array,
  s: number,
): Work<Uint8Array<ArrayBuffer>> {
  const memory = new Operands(engine);
  const [pb, pa, pw] = [memory.copy(b), memory.copy(a), memory.room(w.byteLength)];
  const left = memory.room(Math.ceil(m / 4) * 4 * r * 4);
  const right = memory.room(Math.ceil(n / 8) * 8 * r * 4);
  const stats = memory.room(m * 32);
  let sign = 1;
  const reset = (): void => {
    engine.u8(pw, w.byteLength).set(w);
    sign = 1;
  };
  reset();
  return {
    step() {
      engine.wasm.pack_left_f32(m, r, r, 0, pb, r, 1, sign * s, left);
      engine.wasm.pack_right_f32(r, n, r, 0, pa, n, 1, right);
      engine.parallel(`low_rank_update_${stored}`, [n, r, left, right, pw, pw, stats], m, UPDATE_GRAIN);
      sign = -sign;
    },
    result: () => engine.u8(pw, w.byteLength).slice() as Uint8Array<ArrayBuffer>,
    reset,
    [Symbol.dispose]: () => memory[Symbol.dispose](),
  };
}

/** The memory of one piece of work, returned together. */
export class Operands {
  readonly #engine: Engine;
  readonly #blocks: Resident[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  room(bytes: number): Ptr {
    const block = this.#engine.reserve(bytes);
    this.#blocks.push(block);
    return block.ptr;
  }

  copy(data: Floats): Ptr {
    const block = this.#engine.upload(data);
    this.#blocks.push(block);
    return block.ptr;
  }

  /** A copy of `length` elements at `p`. */
  floats(p: Ptr, length: number, dtype: FloatDtype): Floats {
    return this.#engine[dtype](p, length).slice();
  }

  [Symbol.dispose](): void {
    for (const block of this.#blocks.splice(0)) block[Symbol.dispose]();
  }
}
