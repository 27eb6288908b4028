import type { Engine, FloatDtype, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import {
  bytesPerElement,
  checkMatrix,
  copyMatrixIn,
  copyMatrixOut,
  elements,
  type Fresh,
  type Matrix,
  type Placed,
  part,
  steps,
} from "./matrix.ts";
import { rankUpdate } from "./syrk.ts";
import { applyTriangular, checkSquare } from "./triangular.ts";

/** Rows of a block on the diagonal, which one thread factors by itself: the products around it do most of the work from there on. */
const BLOCK = 64;

/**
 * The lower triangular L of A = L·Lᵀ for a symmetric positive definite A, of which the lower triangle alone is read. Split on the threads
 * of the engine, to the same bits whatever their number.
 *
 * |A − L·Lᵀ| ≤ γ·|L||Lᵀ|, γ ≈ (n + 1)u (Higham, ASNA 2e, Theorem 10.3). Throws `SHAPE` when A is not square, `DTYPE` for other data,
 * `FORMAT` for NaN and infinity, and `NOT_POSITIVE_DEFINITE` with the pivot that is not positive. LAPACK xPOTRF.
 */
export function cholesky<F extends Floats>(engine: Engine, a: Matrix<F>): Matrix<Fresh<F>> {
  const dtype = checkMatrix("cholesky", "A", a);
  checkSquare("cholesky", a);
  return engine.scope((s) => {
    const placed = copyMatrixIn(engine, s, a);
    factorCholesky("cholesky", engine, dtype, placed, a);
    const n = a.rows;
    const view = elements(engine, placed.ptr, n * n, dtype);
    for (let i = 0; i < n; i++) view.fill(0, i * n + i + 1, (i + 1) * n);
    return copyMatrixOut<F>(s, placed, dtype);
  });
}

/** L over A's lower triangle, inside the engine's memory; `given` is what A was copied from. */
export function factorCholesky(what: string, engine: Engine, dtype: FloatDtype, a: Placed, given: Matrix): void {
  const n = a.rows;
  for (let k = 0; k < n; k += BLOCK) {
    const size = Math.min(BLOCK, n - k);
    const rest = n - k - size;
    const block = part(a, bytesPerElement[dtype], k, k, size, size);
    const done = engine.wasm[`cholesky_${dtype}`](size, block.ptr, block.ld);
    if (done < size) refuse(what, given, k + done);
    const below = part(a, bytesPerElement[dtype], k + size, k, rest, size);
    applyTriangular("trsm", engine, dtype, { side: "right", uplo: "lower", transA: true }, block, below);
    const after = part(a, bytesPerElement[dtype], k + size, k + size, rest, rest);
    rankUpdate(engine, dtype, { uplo: "lower", transA: false, alpha: -1, beta: 1 }, below, after);
  }
}

function refuse(what: string, a: Matrix, pivot: number): never {
  const step = steps(a);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j <= i; j++) {
      const x = a.data[i * step.row + j * step.col]!;
      if (Number.isFinite(x)) continue;
      const text = `element (${i}, ${j}) of A is ${x}, finite numbers were needed; find where it comes from`;
      throw new LowrankError("FORMAT", what, text);
    }
  }
  throw new LowrankError(
    "NOT_POSITIVE_DEFINITE",
    what,
    `pivot ${pivot} of A is not positive, so A is not positive definite; add to the diagonal, or use a method for general matrices`,
  );
}
