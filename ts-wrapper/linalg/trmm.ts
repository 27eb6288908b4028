import type { Engine, Floats } from "../engine/engine.ts";
import type { Fresh, Matrix } from "./matrix.ts";
import { type TriangularOptions, triangular } from "./triangular.ts";

/**
 * α·op(A)·B, or α·B·op(A) with `side: "right"`, as a fresh matrix; op(A) is triangular. Split over columns of B, or its rows, on the
 * threads of the engine, to the same bits whatever their number.
 *
 * Each element is within γ·|α||A||B| of the exact one, γ ≈ (m + 4)u (Higham, ASNA 2e, §3.5). Throws `SHAPE` when the shapes do not go
 * together, `DTYPE` when the types do not, `USAGE` for a word that is no option.
 */
export function trmm<F extends Floats>(
  engine: Engine,
  a: Matrix<F>,
  b: Matrix<F>,
  options: TriangularOptions = {},
): Matrix<Fresh<F>> {
  return triangular("trmm", engine, a, b, options);
}
