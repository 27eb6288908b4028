import type { Engine, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { dtypeOf, type Matrix, unitRoundoff } from "./matrix.ts";
import { svd } from "./svd.ts";

export interface RankOptions {
  /** Singular values at most this share of the largest count as zero. Default max(m, n)·2u, as in numpy and scipy. */
  readonly rcond?: number;
}

/**
 * The numerical rank: how many singular values are above rcond·σ₁ (numpy.linalg.matrix_rank with `rtol`). 0 for an empty matrix.
 * Throws as `svd`, and `USAGE` for an rcond that is no number ≥ 0.
 */
export function rank<F extends Floats>(engine: Engine, a: Matrix<F>, options: RankOptions = {}): number {
  const limit = cutoff("rank", a, options);
  const { s } = svd(engine, a, { vectors: "none" });
  return rankOf(s, limit);
}

/** rcond·1, or the default for this shape and type. */
export function cutoff(what: string, a: Matrix, { rcond }: RankOptions): number {
  if (rcond === undefined) return Math.max(a.rows, a.cols) * 2 * unitRoundoff[dtypeOf(what, "A", a.data)];
  if (!(rcond >= 0)) throw new LowrankError("USAGE", what, `rcond is ${rcond}, a number of at least 0 was needed`);
  return rcond;
}

/** How many of s, descending, are above rcond times the first. */
export function rankOf(s: ArrayLike<number>, rcond: number): number {
  const limit = rcond * (s[0] ?? 0);
  let count = 0;
  while (count < s.length && s[count]! > limit) count++;
  return count;
}
