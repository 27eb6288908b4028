import type { Engine, FloatDtype, Ptr, Scope } from "../engine/engine.ts";
import { applyReflections } from "./block-reflector.ts";
import type { Decomposed } from "./eigh.ts";
import { divideAndConquer, eigenvaluesOf } from "./eigh-divide.ts";
import { bytesPerElement, type Placed, part, placeIndices, spreadRows } from "./matrix.ts";
import { product } from "./product.ts";
import { exponentOf, scalingBy } from "./scaling.ts";

/** Rows that are brought to tridiagonal form before the rest of the matrix is updated, with two products at once. */
const PANEL = 32;
/** Rows of the triangle that are updated together: what they compute beyond the diagonal is thrown away. */
const UPDATE = 128;
/** Below this many rows a product with a vector is not worth waking threads for. */
const ALONE = 384;

/**
 * Householder's tridiagonal form A = Q·T·Qᵀ, the eigenvalues and eigenvectors of T, and those multiplied by Q.
 *
 * In exact steps of the matrix's own type up to T; what is done with T itself, its eigenvalues too, is in float64 always.
 *
 * Sources: Dongarra, Hammarling & Sorensen, J. Comput. Appl. Math. 27 (1989) 215–227 (panels); Schreiber & Van Loan, SISSC 10 (1989)
 * 53–57 (reflections together). LAPACK xSYTRD, xORMTR, xSYEVD.
 *
 * @param peak the largest absolute value of the triangle, finite
 */
export function tridiagonalEigh(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  a: Placed,
  uplo: "L" | "U",
  peak: number,
  vectors: boolean,
): Decomposed {
  const n = a.rows;
  const size = bytesPerElement[dtype];
  const scaling = scalingBy(peak === 0 ? 0 : -exponentOf(peak));
  // The working form is an upper triangle, whose rows lie together: the lower triangle of A is read as its columns.
  const ld = spreadRows(n, size);
  const t: Placed = { ptr: s.alloc(n * ld * size), rows: n, cols: n, ld };
  const inOrder = placeIndices(
    engine,
    s,
    Uint32Array.from({ length: n }, (_, i) => i),
  );
  const [f, g] = scaling.factors;
  const [rs, cs] = uplo === "L" ? [1, a.ld] : [a.ld, 1];
  engine.wasm[`gather_${dtype}`](n, n, a.ptr, rs, cs, inOrder, f, g, t.ptr, ld);
  const { d, e, tau } = tridiagonalize(engine, s, dtype, t);
  if (!vectors) return { values: eigenvaluesOf(engine, s, "eigh", d, e), rows: undefined, scaling };
  const { values, rows } = divideAndConquer(engine, s, dtype, "eigh", d, e);
  // Reflection i stands in row i from column i + 1 on, and leaves element 0 of each eigenvector alone.
  if (n > 1) applyReflections(engine, dtype, part(t, size, 0, 1), n - 1, tau, part(rows, size, 0, 1));
  return { values, rows, scaling };
}

/** T's diagonals; the reflections are left in the rows of `a`, right of its diagonal. */
function tridiagonalize(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed): { d: Float64Array; e: Float64Array; tau: Ptr } {
  const { wasm } = engine;
  const n = a.rows;
  const size = bytesPerElement[dtype];
  const tau = s.alloc(n * size);
  const [d, e] = [s.alloc(n * 8), s.alloc(n * 8)];
  const most = partsFor(n);
  const ldp = spreadRows(n, size);
  engine.scope((inner) => {
    const panel = inner.alloc(3 * PANEL * ldp * size);
    const sums = inner.alloc(most * ldp * size);
    const work = inner.alloc(2 * PANEL * size);
    const at = (p: Ptr, row: number, col: number, ld: number): Ptr => (p + (row * ld + col) * size) as Ptr;
    for (let first = 0; first < n; first += PANEL) {
      for (let k = first; k < Math.min(n, first + PANEL); k++) {
        wasm[`tridiagonal_row_${dtype}`](n, k, first, PANEL, a.ptr, a.ld, panel, ldp, d, e, tau, work);
        if (k + 1 === n) break;
        const m = n - k - 1;
        const parts = partsFor(m);
        const w = at(panel, PANEL + k - first, k + 1, ldp);
        const y = parts === 1 ? w : sums;
        const v = at(panel, k - first, k + 1, ldp);
        engine.parallel(`symv_${dtype}`, [m, parts, at(a.ptr, k + 1, k + 1, a.ld), a.ld, v, y, ldp], parts, 1);
        if (parts > 1) {
          wasm[`symv_sum_${dtype}`](m, parts, sums, ldp);
          engine.u8(w, m * size).set(engine.u8(sums, m * size));
        }
        wasm[`tridiagonal_product_${dtype}`](n, k, first, PANEL, panel, ldp, tau, work);
      }
      for (let r = first + PANEL; r < n; r += UPDATE) {
        const block = (row: number, from: number, cols: number): Placed => ({
          ptr: at(panel, row, from, ldp),
          rows: 2 * PANEL,
          cols,
          ld: ldp,
        });
        const rows = Math.min(UPDATE, n - r);
        const c: Placed = { ptr: at(a.ptr, r, r, a.ld), rows, cols: n - r, ld: a.ld };
        engine.scope((once) => {
          const options = { transA: true, alpha: -1, beta: 1 };
          product(engine, once, dtype, options, block(0, r, rows), block(PANEL, r, n - r), c);
        });
      }
    }
  });
  return { d: s.copyOut(d, n, "f64"), e: s.copyOut(e, Math.max(0, n - 1), "f64"), tau };
}

/** Into how many parts a product of m rows is cut: m alone decides, so that threads cannot be seen in the result. */
function partsFor(m: number): number {
  return m < ALONE ? 1 : Math.min(8, Math.floor(m / 128));
}
