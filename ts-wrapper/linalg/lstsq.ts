import type { Engine, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { typed } from "./dense.ts";
import { gemm } from "./gemm.ts";
import { checkMatrix, checkSame, type Fresh, type Matrix } from "./matrix.ts";
import { cutoff, type RankOptions, rankOf } from "./rank.ts";
import { svd } from "./svd.ts";
import { truncate } from "./truncate.ts";

export interface Lstsq<F extends Floats = Floats> {
  /** n×k: of all x with the least ‖B − A·x‖ for each column, the one of the least norm. */
  readonly x: Matrix<Fresh<F>>;
  /** ‖b − A·x‖² for each column, from the residual itself, whatever the rank (numpy leaves it out where the rank is not n or m ≤ n). */
  readonly residuals: Float64Array<ArrayBuffer>;
  /** Singular values above rcond·σ₁; those below take no part. */
  readonly rank: number;
  /** All singular values, descending. */
  readonly s: Fresh<F>;
}

/**
 * Linear least squares A·X ≈ B, A: m×n of any shape and rank, B: m×k, through the singular value decomposition: X = V·diag(1/s)·Uᵀ·B
 * (numpy.linalg.lstsq, scipy.linalg.lstsq; LAPACK xGELSD). rcond as in `rank`; numpy's old default −1 is 0 here.
 *
 * The result solves exactly a problem with A and B changed by a small multiple of max(m, n)·u, relative to their norms; X itself is off by
 * that times κ + κ²·‖residual‖/(‖A‖‖X‖), κ = σ₁/σ_rank (Higham, ASNA 2e, theorem 20.1).
 *
 * Throws `SHAPE` and `DTYPE` where A and B do not go together, `USAGE` for an rcond that is no number ≥ 0, and as `svd`.
 */
export function lstsq<F extends Floats>(engine: Engine, a: Matrix<F>, b: Matrix<F>, options: RankOptions = {}): Lstsq<F> {
  const what = "lstsq";
  const dtype = checkMatrix(what, "A", a);
  checkSame(what, "A", dtype, "B", checkMatrix(what, "B", b));
  if (b.rows !== a.rows) {
    throw new LowrankError("SHAPE", what, `A is ${a.rows}×${a.cols}, so B needs ${a.rows} rows; got ${b.rows}×${b.cols}`);
  }
  const limit = cutoff(what, a, options);
  const whole = svd(engine, a);
  const { u, s, vt, rank } = truncate(whole, { rank: rankOf(whole.s, limit) });
  const shares = gemm(engine, typed<F>(u), b, { transA: true }); // rank×k
  for (let i = 0; i < rank; i++) for (let j = 0; j < b.cols; j++) shares.data[i * b.cols + j]! /= s[i]!;
  const x = gemm(engine, typed<F>(vt), typed<F>(shares), { transA: true });
  const rest = gemm(engine, a, typed<F>(x), { alpha: -1, c: b }).data;
  const residuals = new Float64Array(b.cols);
  for (let i = 0; i < rest.length; i++) residuals[i % b.cols]! += rest[i]! * rest[i]!;
  return { x, residuals, rank, s: whole.s };
}
