import type { Engine, FloatDtype, Ptr, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import type { Decomposed } from "./eigh.ts";
import { bytesPerElement, elements, type Placed, placeIndices, spreadRows, unitRoundoff } from "./matrix.ts";
import { scalingFor } from "./scaling.ts";

/**
 * Two-sided Jacobi rotations of the whole matrix until every element off the diagonal is negligible beside the two on it
 * (assembly/factor/jacobi_symmetric.ts).
 *
 * @param peak the largest absolute value of the triangle, finite
 */
export function jacobiEigh(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  a: Placed,
  uplo: "L" | "U",
  peak: number,
  options: { readonly vectors: boolean; readonly maxSweeps: number },
): Decomposed {
  const n = a.rows;
  const size = bytesPerElement[dtype];
  const scaling = scalingFor(dtype, n * n, peak);
  const ld = spreadRows(n, size);
  const t: Placed = { ptr: s.alloc(n * ld * size), rows: n, cols: n, ld };
  const inOrder = placeIndices(
    engine,
    s,
    Uint32Array.from({ length: n }, (_, i) => i),
  );
  const [f, g] = scaling.factors;
  const [rs, cs] = uplo === "L" ? [a.ld, 1] : [1, a.ld];
  engine.wasm[`gather_${dtype}`](n, n, a.ptr, rs, cs, inOrder, f, g, t.ptr, ld);
  engine.wasm[`mirror_${dtype}`](n, t.ptr, ld, 1);
  const rows = options.vectors ? identity(engine, s, dtype, n) : undefined;
  sweepUntilDiagonal(engine, s, dtype, t, rows, options.maxSweeps);
  const values = Float64Array.from({ length: n }, (_, i) => elements(engine, (t.ptr + i * (ld + 1) * size) as Ptr, 1, dtype)[0]!);
  return { values, rows, scaling };
}

function sweepUntilDiagonal(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  a: Placed,
  v: Placed | undefined,
  maxSweeps: number,
): void {
  const peak = s.alloc(8);
  const tol = unitRoundoff[dtype];
  const n = a.rows;
  for (let sweeps = 1; ; sweeps++) {
    const rotations = engine.wasm[`jacobi_symmetric_${dtype}`](n, a.ptr, a.ld, v?.ptr ?? 0, v?.ld ?? 0, v ? n : 0, tol, peak);
    if (rotations === 0) return;
    if (sweeps < maxSweeps) continue;
    throw new LowrankError(
      "NO_CONVERGENCE",
      "eigh",
      `after ${sweeps} sweeps ${rotations} rotations were still needed, 0 end the method; raise maxSweeps or use method: "tridiagonal"`,
    );
  }
}

/** The identity with spread rows. */
function identity(engine: Engine, s: Scope, dtype: FloatDtype, n: number): Placed {
  const size = bytesPerElement[dtype];
  const ld = spreadRows(n, size);
  const ptr = s.alloc(n * ld * size);
  const view = elements(engine, ptr, n * ld, dtype).fill(0);
  for (let i = 0; i < n; i++) view[i * (ld + 1)] = 1;
  return { ptr, rows: n, cols: n, ld };
}
