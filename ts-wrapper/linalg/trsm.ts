import type { Engine, Floats } from "../engine/engine.ts";
import type { Fresh, Matrix } from "./matrix.ts";
import { type TriangularOptions, triangular } from "./triangular.ts";

/**
 * The X of op(A)·X = α·B, or of X·op(A) = α·B with `side: "right"`, as a fresh matrix; op(A) is triangular. Split over columns of B, or
 * its rows, on the threads of the engine, to the same bits whatever their number. A zero on the diagonal divides as IEEE 754 says:
 * `solve` refuses it.
 *
 * Each column of X solves a system with |ΔA| ≤ γₘ₊₂|A| exactly (Higham, ASNA 2e, Theorem 8.5). Throws `SHAPE` when the shapes do not
 * go together, `DTYPE` when the types do not, `USAGE` for a word that is no option.
 */
export function trsm<F extends Floats>(
  engine: Engine,
  a: Matrix<F>,
  b: Matrix<F>,
  options: TriangularOptions = {},
): Matrix<Fresh<F>> {
  return triangular("trsm", engine, a, b, options);
}
