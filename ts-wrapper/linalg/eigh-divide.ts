import type { Engine, FloatDtype, Ptr, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { merge } from "./eigh-merge.ts";
import { bytesPerElement, elements, type Placed, spreadRows } from "./matrix.ts";

/** Rows up to which QL steps are as fast. */
const LEAF = 32;

/**
 * The eigenvalues and eigenvectors of tridiag(d, e) by divide and conquer: T is torn into two halves and a change of rank one, the halves
 * are decomposed in the same way, and `merge` puts them together.
 *
 * Values in float64, in no order; vectors in rows, in the type asked for.
 *
 * Sources: Cuppen, Numer. Math. 36 (1981) 177–195; Gu & Eisenstat, SIMAX 16 (1995) 172–191. LAPACK xSTEDC.
 */
export function divideAndConquer(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  what: string,
  diagonal: Float64Array,
  e: Float64Array,
  leaf = LEAF,
): { values: Float64Array; rows: Placed } {
  const n = diagonal.length;
  const size = bytesPerElement[dtype];
  const ld = spreadRows(n, size);
  const q: Placed = { ptr: s.alloc(n * ld * size), rows: n, cols: n, ld };
  elements(engine, q.ptr, n * ld, dtype).fill(0);
  const d = diagonal.slice();
  solve(0, n);
  return { values: d, rows: q };

  function solve(first: number, rows: number): void {
    if (rows <= leaf) {
      solveLeaf(first, rows);
      return;
    }
    const upper = rows >> 1;
    const cut = first + upper;
    const rho = e[cut - 1]!;
    d[cut - 1]! -= Math.abs(rho);
    d[cut]! -= Math.abs(rho);
    solve(first, upper);
    solve(cut, rows - upper);
    merge(engine, dtype, what, { d, q, first, upper, rows, rho });
  }

  function solveLeaf(first: number, rows: number): void {
    engine.scope((inner) => {
      const pd = inner.copyIn(d.subarray(first, first + rows));
      const pe = inner.copyIn(e.subarray(first, first + rows - 1));
      const at = (q.ptr + first * (ld + 1) * size) as Ptr;
      checkSteps(what, engine.wasm[`ql_leaf_${dtype}`](rows, pd, pe, at, ld, inner.alloc(rows * rows * 8)));
      d.set(engine.f64(pd, rows), first);
    });
  }
}

/** The eigenvalues of tridiag(d, e) alone, in no order. */
export function eigenvaluesOf(engine: Engine, s: Scope, what: string, d: Float64Array, e: Float64Array): Float64Array {
  const pd = s.copyIn(d);
  checkSteps(what, engine.wasm.implicit_ql(d.length, pd, s.copyIn(e), 0, 0, 0));
  return s.copyOut(pd, d.length, "f64");
}

function checkSteps(what: string, steps: number): void {
  if (steps >= 0) return;
  throw new LowrankError(
    "NO_CONVERGENCE",
    what,
    'an eigenvalue of the tridiagonal form was not found in 30 QL steps, 2 are usual; use method: "jacobi" and report the matrix',
  );
}
