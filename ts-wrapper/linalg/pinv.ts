import type { Engine, Floats } from "../engine/engine.ts";
import { typed } from "./dense.ts";
import { gemm } from "./gemm.ts";
import type { Fresh, Matrix } from "./matrix.ts";
import { cutoff, type RankOptions, rankOf } from "./rank.ts";
import { svd } from "./svd.ts";
import { truncate } from "./truncate.ts";

/**
 * The pseudo-inverse A⁺, n×m (Moore & Penrose; numpy.linalg.pinv with `rtol`): V·diag(1/s)·Uᵀ over the singular values above rcond·σ₁. It is
 * zero for a zero matrix. ‖computed − A⁺‖ is a small multiple of max(m, n)·u·κ·‖A⁺‖ with κ = σ₁/σ_rank.
 *
 * Throws as `svd`, and `USAGE` for an rcond that is no number ≥ 0.
 */
export function pinv<F extends Floats>(engine: Engine, a: Matrix<F>, options: RankOptions = {}): Matrix<Fresh<F>> {
  const limit = cutoff("pinv", a, options);
  const whole = svd(engine, a);
  const { u, s, vt, rank } = truncate(whole, { rank: rankOf(whole.s, limit) });
  for (let k = 0; k < rank; k++) {
    const row = vt.data.subarray(k * a.cols, (k + 1) * a.cols);
    for (let j = 0; j < row.length; j++) row[j]! /= s[k]!;
  }
  return gemm(engine, typed<F>(vt), typed<F>(u), { transA: true, transB: true });
}
