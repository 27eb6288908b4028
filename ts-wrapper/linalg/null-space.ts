import type { Engine, Floats } from "../engine/engine.ts";
import { rowsOf, transposedCopy, typed } from "./dense.ts";
import type { Fresh, Matrix } from "./matrix.ts";
import { cutoff, type RankOptions, rankOf } from "./rank.ts";
import { svd } from "./svd.ts";

/**
 * An orthonormal basis of the null space of A, n × (n − rank): the right singular vectors whose singular values are at most rcond·σ₁, and
 * those beyond min(m, n) (scipy.linalg.null_space). Each column z has ‖A·z‖ ≤ rcond·σ₁ but for rounding. All of the space for a zero matrix.
 *
 * Throws as `svd`, and `USAGE` for an rcond that is no number ≥ 0.
 */
export function nullSpace<F extends Floats>(engine: Engine, a: Matrix<F>, options: RankOptions = {}): Matrix<Fresh<F>> {
  const limit = cutoff("nullSpace", a, options);
  const { s, vt } = svd(engine, a, { vectors: "full" });
  const rank = rankOf(s, limit);
  return transposedCopy(typed<F>(rowsOf(vt, rank))) as Matrix<Fresh<F>>;
}
