import type { Engine, FloatDtype, Ptr, Scope } from "../engine/engine.ts";
import { applyBlock, applyReflections, BLOCK, blockReflector } from "./block-reflector.ts";
import { bytesPerElement, type Placed, part, place, placeRows, setOnes } from "./matrix.ts";

/**
 * Householder QR of a matrix given by its columns, block by block: the reflections of a few columns one by one (assembly/factor/qr.ts),
 * then all of them at once on the columns behind, as products of matrices (Golub & Van Loan, Matrix Computations 4e, §5.2.3).
 *
 * Row j of `at` becomes column j of R up to the diagonal, then reflection j's vector. Answers the reflections' factors, min(m, n) of them.
 */
export function factorQr(engine: Engine, s: Scope, dtype: FloatDtype, at: Placed): Ptr {
  const size = bytesPerElement[dtype];
  const { rows: n, cols: m } = at;
  const p = Math.min(m, n);
  const tau = s.alloc(p * size);
  for (let k = 0; k < p; k += BLOCK) {
    const nb = Math.min(BLOCK, p - k);
    const corner = part(at, size, k, k);
    const factors = (tau + k * size) as Ptr;
    engine.wasm[`qr_${dtype}`](m - k, nb, corner.ptr, at.ld, factors);
    if (k + nb === n) continue;
    engine.scope((inner) => {
      const v = place(inner, nb, m - k, size);
      engine.wasm[`unit_reflectors_${dtype}`](nb, v.cols, corner.ptr, at.ld, v.ptr, v.ld);
      applyBlock(engine, inner, dtype, blockReflector(engine, inner, dtype, v, factors), false, part(at, size, k + nb, k));
    });
  }
  return tau;
}

/** The first `count` columns of Q as rows: count×m, p ≤ count ≤ m. */
export function formQ(engine: Engine, s: Scope, dtype: FloatDtype, at: Placed, p: number, tau: Ptr, count: number): Placed {
  const q = placeRows(s, count, at.cols, bytesPerElement[dtype]);
  formQInto(engine, dtype, at, p, tau, q);
  return q;
}

/** The same into q, of which the number of rows is `count`. */
export function formQInto(engine: Engine, dtype: FloatDtype, at: Placed, p: number, tau: Ptr, q: Placed): void {
  const size = bytesPerElement[dtype];
  for (let i = 0; i < q.rows; i++) engine.u8(part(q, size, i, 0).ptr, q.cols * size).fill(0);
  setOnes(engine, dtype, q, 0);
  applyReflections(engine, dtype, at, p, tau, q, true);
}
