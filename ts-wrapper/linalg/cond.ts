import type { Engine, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import type { Matrix } from "./matrix.ts";
import { svd } from "./svd.ts";

/**
 * The condition number σ₁/σₖ in the 2-norm, k = min(m, n), of a matrix of any shape (numpy.linalg.cond with p = 2): infinity for a singular
 * one, also for zero. Throws as `svd`, and `SHAPE` for an empty matrix.
 */
export function cond<F extends Floats>(engine: Engine, a: Matrix<F>): number {
  const { s } = svd(engine, a, { vectors: "none" });
  if (s.length === 0) {
    throw new LowrankError("SHAPE", "cond", `A is ${a.rows}×${a.cols}, at least one row and one column were needed`);
  }
  const least = s.at(-1)!;
  return least === 0 ? Number.POSITIVE_INFINITY : s[0]! / least;
}
