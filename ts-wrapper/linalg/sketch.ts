import type { Engine, FloatDtype, Scope } from "../engine/engine.ts";
import { multiply } from "./gemm.ts";
import { bytesPerElement, elements, type Placed, spreadRows } from "./matrix.ts";

/**
 * Bases of subspaces, held in rows: a basis Q of l vectors of length m is the l×m matrix Qᵀ. Products with a large matrix A (m×n) are
 * formed so that the small factor is the one that `multiply` copies into panels.
 */

const GRAIN = 16;

/** (A·Bᵀ)ᵀ = B·Aᵀ: l×n rows through A to l×m. */
export function throughRows(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed, b: Placed): Placed {
  return transposedProduct(engine, s, dtype, a, b, false);
}

/** Q·A: l×m rows through Aᵀ to l×n. */
export function throughColumns(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed, q: Placed): Placed {
  return transposedProduct(engine, s, dtype, a, q, true);
}

function transposedProduct(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed, b: Placed, transA: boolean): Placed {
  const length = transA ? a.cols : a.rows;
  const tall = placeRows(s, length, b.rows, dtype);
  const out = placeRows(s, b.rows, length, dtype);
  multiply(engine, s, dtype, { transA, transB: true }, a, b, tall);
  engine.parallel(`transpose_${dtype}`, [length, tall.ptr, tall.ld, out.ptr, out.ld], b.rows, GRAIN);
  return out;
}

/** An orthonormal basis of the span of x's rows, by Householder QR; x is overwritten. Rows beyond its rank are completed to a basis. */
export function orthonormalRows(engine: Engine, s: Scope, dtype: FloatDtype, x: Placed): Placed {
  const tau = s.alloc(x.rows * bytesPerElement[dtype]);
  const out = placeRows(s, x.rows, x.cols, dtype);
  engine.wasm[`qr_${dtype}`](x.cols, x.rows, x.ptr, x.ld, tau);
  engine.parallel(`form_q_${dtype}`, [x.cols, x.rows, x.ptr, x.ld, tau, out.ptr, out.ld], x.rows, GRAIN);
  return out;
}

/** x ← x − (x·Qᵀ)·Q: x's rows made orthogonal to those of a basis. */
export function removeFrom(engine: Engine, s: Scope, dtype: FloatDtype, x: Placed, q: Placed): void {
  const shares = placeRows(s, x.rows, q.rows, dtype);
  multiply(engine, s, dtype, { transB: true }, x, q, shares);
  multiply(engine, s, dtype, { alpha: -1, beta: 1 }, shares, q, x);
}

/**
 * An orthonormal basis, l×m, of what A makes of `start`, l×n, after power iterations: the range of (A·Aᵀ)^q·A·startᵀ, orthonormalised
 * after every half step, so that small singular values are not lost to rounding.
 * Halko, Martinsson & Tropp, SIAM Review 53 (2011) 217–288, algorithm 4.4.
 */
export function rangeBasis(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  a: Placed,
  start: Placed,
  powerIterations: number,
): Placed {
  let q = orthonormalRows(engine, s, dtype, throughRows(engine, s, dtype, a, start));
  for (let i = 0; i < powerIterations; i++) {
    const z = orthonormalRows(engine, s, dtype, throughColumns(engine, s, dtype, a, q));
    q = orthonormalRows(engine, s, dtype, throughRows(engine, s, dtype, a, z));
  }
  return q;
}

/** rows × cols numbers from `next`, in row order. */
export function placeRandom(engine: Engine, s: Scope, dtype: FloatDtype, rows: number, cols: number, next: () => number): Placed {
  const placed = placeRows(s, rows, cols, dtype);
  const view = elements(engine, placed.ptr, rows * placed.ld, dtype);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) view[i * placed.ld + j] = next();
  return placed;
}

/** Room for a matrix whose rows are spread over the cache. */
export function placeRows(s: Scope, rows: number, cols: number, dtype: FloatDtype): Placed {
  const ld = spreadRows(cols, bytesPerElement[dtype]);
  return { ptr: s.alloc(rows * ld * bytesPerElement[dtype]), rows, cols, ld };
}

/** Σ a², rows summed in the type of the matrix, their sums in float64 and in order. */
export function sumOfSquares(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed): number {
  const out = s.alloc(a.rows * 8);
  engine.parallel(`row_squares_${dtype}`, [a.cols, a.ptr, a.ld, out], a.rows, 64);
  return engine.f64(out, a.rows).reduce((sum, x) => sum + x, 0);
}
