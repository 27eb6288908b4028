import type { Engine, FloatDtype, Scope } from "../engine/engine.ts";
import { multiply } from "./gemm.ts";
import { bytesPerElement, copyRows, elements, type Placed, place, placeRows } from "./matrix.ts";
import { factorQr, formQInto } from "./qr-blocked.ts";

/**
 * Bases of subspaces, held in rows: a basis Q of l vectors of length m is the l×m matrix Qᵀ. Products with a large matrix A (m×n) are
 * formed so that the small factor is the one that `multiply` copies into panels.
 */

const GRAIN = 16;

/** (A·Bᵀ)ᵀ = B·Aᵀ: l×n rows through A to l×m. */
export function throughRows(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed, b: Placed, out?: Placed): Placed {
  return transposedProduct(engine, dtype, a, b, false, out ?? placeRows(s, b.rows, a.rows, bytesPerElement[dtype]));
}

/** Q·A: l×m rows through Aᵀ to l×n. */
export function throughColumns(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed, q: Placed, out?: Placed): Placed {
  return transposedProduct(engine, dtype, a, q, true, out ?? placeRows(s, q.rows, a.cols, bytesPerElement[dtype]));
}

function transposedProduct(engine: Engine, dtype: FloatDtype, a: Placed, b: Placed, transA: boolean, out: Placed): Placed {
  engine.scope((s) => {
    const tall = placeRows(s, out.cols, b.rows, bytesPerElement[dtype]);
    multiply(engine, s, dtype, { transA, transB: true }, a, b, tall);
    engine.parallel(`transpose_${dtype}`, [out.cols, tall.ptr, tall.ld, out.ptr, out.ld], b.rows, GRAIN);
  });
  return out;
}

/**
 * An orthonormal basis of the span of x's rows, by Householder QR, min(l, n)×n; rows beyond its rank are completed to a basis. Overwrites x,
 * which then holds L of x = L·Q, see `lowerTriangle`.
 */
export function orthonormalRows(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  x: Placed,
  out = placeRows(s, Math.min(x.rows, x.cols), x.cols, bytesPerElement[dtype]),
): Placed {
  engine.scope((inner) => {
    formQInto(engine, dtype, x, out.rows, factorQr(engine, inner, dtype, x), out);
  });
  return out;
}

/** L of x = L·Q after `orthonormalRows` or `factorQr`, l × min(l, n), zeros above its diagonal. */
export function lowerTriangle(engine: Engine, s: Scope, dtype: FloatDtype, x: Placed): Placed {
  const size = bytesPerElement[dtype];
  const p = Math.min(x.rows, x.cols);
  const upper = place(s, p, x.rows, size);
  const lower = place(s, x.rows, p, size);
  engine.wasm[`transpose_lower_${dtype}`](p, x.rows, x.ptr, x.ld, upper.ptr, upper.ld);
  engine.parallel(`transpose_${dtype}`, [p, upper.ptr, upper.ld, lower.ptr, lower.ld], x.rows, 64);
  return lower;
}

/** x ← x − (x·Qᵀ)·Q: x's rows made orthogonal to those of a basis. */
export function removeFrom(engine: Engine, dtype: FloatDtype, x: Placed, q: Placed): void {
  engine.scope((s) => {
    const shares = placeRows(s, x.rows, q.rows, bytesPerElement[dtype]);
    multiply(engine, s, dtype, { transB: true }, x, q, shares);
    multiply(engine, s, dtype, { alpha: -1, beta: 1 }, shares, q, x);
  });
}

/** rows × cols numbers from `next`, in row order. */
export function placeRandom(engine: Engine, s: Scope, dtype: FloatDtype, rows: number, cols: number, next: () => number): Placed {
  const placed = placeRows(s, rows, cols, bytesPerElement[dtype]);
  const view = elements(engine, placed.ptr, rows * placed.ld, dtype);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) view[i * placed.ld + j] = next();
  return placed;
}

/** Σ a², rows summed in the type of the matrix, their sums in float64 and in order. */
export function sumOfSquares(engine: Engine, dtype: FloatDtype, a: Placed): number {
  return rowSquares(engine, dtype, a).reduce((sum, x) => sum + x, 0);
}

/** The sum of squares of each row. */
export function rowSquares(engine: Engine, dtype: FloatDtype, a: Placed): Float64Array {
  return engine.scope((s) => {
    const out = s.alloc(a.rows * 8);
    engine.parallel(`row_squares_${dtype}`, [a.cols, a.ptr, a.ld, out], a.rows, 64);
    return s.copyOut(out, a.rows, "f64");
  });
}

/** Several matrices of the same width, one below the other. */
export function stackRows(engine: Engine, s: Scope, dtype: FloatDtype, cols: number, blocks: readonly Placed[]): Placed {
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const out = place(s, rows, cols, bytesPerElement[dtype]);
  let first = 0;
  for (const block of blocks) {
    copyRows(engine, dtype, block, out, first);
    first += block.rows;
  }
  return out;
}
