import type { Engine, Floats } from "../engine/engine.ts";
import { type Certificate, certifyBases } from "./certify.ts";
import { doubleRowsOf } from "./dense.ts";
import { gemm } from "./gemm.ts";
import { checkTerms, lowRankCore } from "./low-rank-core.ts";
import { type Matrix, unitRoundoff } from "./matrix.ts";
import { norm } from "./norms.ts";
import type { LowRank } from "./operator.ts";

export type { Certificate } from "./certify.ts";

/**
 * M = Σ sᵢ·Bᵢ·Aᵢ = U·diag(s)·Vᵀ, without forming either, in float64 and relative to Σ ‖sᵢBᵢ‖‖Aᵢ‖. With all triplets the residual is the norm
 * of the difference, itself a sum of low rank; where some were left out, it is how far UᵀM = diag(s)·Vᵀ and M·V = U·diag(s) are missed.
 */
export function certifyLowRank<F extends Floats>(
  engine: Engine,
  terms: readonly LowRank<F>[],
  {
    u,
    s,
    vt,
    error,
  }: { readonly u: Matrix; readonly s: Floats; readonly vt: Matrix; readonly error: { readonly frobenius: number } },
): Certificate {
  const { m, n, r, dtype } = checkTerms("certifyLowRank", terms);
  const bound = 16 * Math.max(m, n, r, 1) * unitRoundoff[dtype];
  const wide = terms.map(({ b, a, scale = 1 }) => ({ b: doubleRowsOf(b), a: doubleRowsOf(a), scale }));
  const [left, right] = [doubleRowsOf(u), doubleRowsOf(vt)];
  const us = { ...left, data: left.data.map((x, i) => x * s[i % left.cols]!) };
  const missed =
    error.frobenius === 0
      ? frobenius(engine, [...wide, { b: us, a: right, scale: -1 }])
      : missedTriplets(engine, wide, left, us, right, s);
  const size = wide.reduce((sum, { b, a, scale }) => sum + Math.abs(scale) * norm(b, "frobenius") * norm(a, "frobenius"), 0);
  return { residual: missed === 0 ? 0 : missed / size / bound, orthogonality: certifyBases(engine, u, vt) / bound };
}

type Wide = Matrix<Float64Array<ArrayBuffer>>;

/** The larger of ‖UᵀM − diag(s)·Vᵀ‖ and ‖M·V − U·diag(s)‖. */
function missedTriplets(
  engine: Engine,
  terms: readonly { readonly b: Wide; readonly a: Wide; readonly scale: number }[],
  u: Wide,
  us: Wide,
  vt: Wide,
  s: Floats,
): number {
  let above: Wide = { ...vt, data: vt.data.map((x, i) => -x * s[Math.floor(i / vt.cols)]!) };
  let beside: Wide = { ...us, data: us.data.map((x) => -x) };
  for (const { b, a, scale } of terms) {
    above = gemm(engine, gemm(engine, u, b, { transA: true }), a, { alpha: scale, c: above });
    beside = gemm(engine, b, gemm(engine, a, vt, { transB: true }), { alpha: scale, c: beside });
  }
  return Math.max(norm(above, "frobenius"), norm(beside, "frobenius"));
}

function frobenius(engine: Engine, terms: readonly LowRank<Float64Array>[]): number {
  const what = "certifyLowRank";
  return engine.scope((s) => {
    const { core, scaling } = lowRankCore(engine, s, what, terms, checkTerms(what, terms), false);
    const data = s.copyOut(core.ptr, core.rows * core.cols, "f64");
    const [f, g] = scaling.factors;
    return norm({ rows: core.rows, cols: core.cols, data }, "frobenius") / f / g;
  });
}
