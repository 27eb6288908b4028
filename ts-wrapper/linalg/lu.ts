import type { Engine, FloatDtype, Floats, Scope } from "../engine/engine.ts";
import { multiply } from "./gemm.ts";
import {
  beyondRange,
  bytesPerElement,
  checkMatrix,
  copyMatrixIn,
  copyRows,
  elements,
  type Fresh,
  type Matrix,
  type Placed,
  part,
  refuseNotFinite,
  spreadRows,
} from "./matrix.ts";
import { applyTriangular } from "./triangular.ts";

export interface Lu<F extends Floats = Floats> {
  /** m × min(m, n), lower triangular with 1 on the diagonal (trapezoidal when A is tall); no element is above 1. */
  readonly l: Matrix<Fresh<F>>;
  /** min(m, n) × n, upper triangular (trapezoidal when A is wide). */
  readonly u: Matrix<Fresh<F>>;
  /** Row i of P·A is row p[i] of A. */
  readonly p: Uint32Array<ArrayBuffer>;
  /** 0; or k, when u[k − 1, k − 1] is exactly zero and k is the first such, so that A is singular. */
  readonly info: number;
}

/** Columns that one thread eliminates by itself before the others are updated. */
const BLOCK = 64;

/**
 * P·A = L·U by Gaussian elimination with partial pivoting, for a matrix of any shape and rank. Split on the threads of the engine, to the
 * same bits whatever their number.
 *
 * |P·A − L·U| ≤ γ·|L||U|, γ ≈ min(m, n)·u (Higham, ASNA 2e, Theorem 9.3). A singular matrix is told by `info` and is no error. Throws `SHAPE`
 * and `DTYPE` for what is no matrix, `FORMAT` for NaN and infinity, and `DTYPE` when U is beyond the type. LAPACK xGETRF.
 */
export function lu<F extends Floats>(engine: Engine, a: Matrix<F>): Lu<F> {
  const dtype = checkMatrix("lu", "A", a);
  return engine.scope((s) => {
    const { placed, order } = factorLu("lu", engine, s, dtype, a);
    const { rows: m, cols: n, ld } = placed;
    const k = Math.min(m, n);
    const all = elements(engine, placed.ptr, m * ld, dtype);
    const l = fresh(a.data, m * k);
    const u = fresh(a.data, k * n);
    for (let i = 0; i < m; i++) {
      l.set(all.subarray(i * ld, i * ld + Math.min(i, k)), i * k);
      if (i >= k) continue;
      l[i * k + i] = 1;
      u.set(all.subarray(i * ld + i, i * ld + n), i * n + i);
    }
    const info = firstZeroPivot(engine, dtype, placed) + 1;
    return { l: { rows: m, cols: k, data: l }, u: { rows: k, cols: n, data: u }, p: order, info };
  });
}

/** L below the diagonal of A and U from it on, in the scope; the order of A's rows in P·A. */
export function factorLu(
  what: string,
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  a: Matrix,
): { placed: Placed; order: Uint32Array<ArrayBuffer> } {
  const { rows: m, cols: n } = a;
  const size = bytesPerElement[dtype];
  const ld = spreadRows(n, size);
  const placed: Placed = { ptr: s.alloc(m * ld * size), rows: m, cols: n, ld };
  engine.scope((inner) => {
    const dense = copyMatrixIn(engine, inner, a);
    if (engine.wasm[`first_not_finite_${dtype}`](dense.ptr, m * n) !== m * n) refuseNotFinite(what, "A", a);
    copyRows(engine, dtype, dense, placed);
  });
  const order = Uint32Array.from({ length: m }, (_, i) => i);
  const pivots = s.alloc(BLOCK * 4);
  for (let k = 0; k < Math.min(m, n); k += BLOCK) {
    const width = Math.min(BLOCK, m - k, n - k);
    const after = n - k - width;
    const panel = part(placed, bytesPerElement[dtype], k, k, m - k, width);
    engine.wasm[`lu_${dtype}`](m - k, width, panel.ptr, ld, pivots);
    for (const [j, p] of new Uint32Array(engine.memory.buffer, pivots, width).entries()) {
      [order[k + j], order[k + p]] = [order[k + p]!, order[k + j]!];
    }
    const right = part(placed, bytesPerElement[dtype], k, k + width, width, after);
    engine.parallel(
      `exchange_${dtype}`,
      [width, pivots, part(placed, bytesPerElement[dtype], k, 0, m - k, k).ptr, ld],
      k,
      COLUMNS,
    );
    engine.parallel(`exchange_${dtype}`, [width, pivots, right.ptr, ld], after, COLUMNS);
    if (after === 0) continue;
    applyTriangular("trsm", engine, dtype, { diag: "unit" }, part(panel, bytesPerElement[dtype], 0, 0, width, width), right);
    const rest = m - k - width;
    if (rest === 0) continue;
    engine.scope((inner) => {
      const below = part(panel, bytesPerElement[dtype], width, 0, rest, width);
      multiply(
        engine,
        inner,
        dtype,
        { alpha: -1, beta: 1 },
        below,
        right,
        part(right, bytesPerElement[dtype], width, 0, rest, after),
      );
    });
  }
  if (!rowsFinite(engine, dtype, placed)) {
    throw beyondRange(what, "U", dtype);
  }
  return { placed, order };
}

/** Columns in which a thread exchanges rows at a time. */
const COLUMNS = 1024;

/** The first i for which element (i, i) is zero; −1 if there is none. */
export function firstZeroPivot(engine: Engine, dtype: FloatDtype, a: Placed): number {
  const all = elements(engine, a.ptr, a.rows * a.ld, dtype);
  for (let i = 0; i < Math.min(a.rows, a.cols); i++) if (all[i * a.ld + i] === 0) return i;
  return -1;
}

function rowsFinite(engine: Engine, dtype: FloatDtype, a: Placed): boolean {
  const find = engine.wasm[`first_not_finite_${dtype}`];
  for (let i = 0; i < a.rows; i++)
    if (find(part(a, bytesPerElement[dtype], i, 0, 1, a.cols).ptr, a.cols) !== a.cols) return false;
  return true;
}

function fresh<F extends Floats>(like: F, length: number): Fresh<F> {
  return (like instanceof Float32Array ? new Float32Array(length) : new Float64Array(length)) as Fresh<F>;
}
