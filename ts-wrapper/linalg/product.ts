import type { Engine, FloatDtype, Scope } from "../engine/engine.ts";
import { FEW, type MultiplyOptions, multiply } from "./gemm.ts";
import type { Placed } from "./matrix.ts";

/** Flops below which waking the threads takes longer than what they save: a millisecond's work. */
const ALONE = 4e6;

/** `multiply`, on this thread alone where the product is small; the same bits. For many products in a row. */
export function product(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  options: MultiplyOptions,
  a: Placed,
  b: Placed,
  c: Placed,
): void {
  const { transA = false, transB = false, alpha = 1, beta = 0 } = options;
  const [m, n, k] = [c.rows, c.cols, transA ? a.rows : a.cols];
  if (m <= FEW || 2 * m * n * k >= ALONE) {
    multiply(engine, s, dtype, options, a, b, c);
    return;
  }
  const work = s.alloc(engine.wasm[`gemm_work_${dtype}`](m, n, k) >>> 0);
  const [ta, tb] = [Number(transA), Number(transB)];
  engine.wasm[`gemm_${dtype}`](ta, tb, m, n, k, alpha, a.ptr, a.ld, b.ptr, b.ld, beta, c.ptr, c.ld, work);
}
