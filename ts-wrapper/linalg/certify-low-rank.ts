import type { Engine, Floats } from "../engine/engine.ts";
import { type Certificate, certifyBases } from "./certify.ts";
import { doubleRowsOf } from "./dense.ts";
import { checkTerms, lowRankCore } from "./low-rank-core.ts";
import { type Matrix, unitRoundoff } from "./matrix.ts";
import { norm } from "./norms.ts";
import type { LowRank } from "./operator.ts";

export type { Certificate } from "./certify.ts";

/**
 * Σ sᵢ·Bᵢ·Aᵢ = U·diag(s)·Vᵀ, without forming either: the residual is the norm of their difference, itself a sum of low rank, in float64.
 * It is relative to Σ ‖sᵢBᵢ‖‖Aᵢ‖; what was left out on purpose is taken off.
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
  const us = doubleRowsOf(u);
  for (let i = 0; i < u.rows; i++) for (let k = 0; k < s.length; k++) us.data[i * u.cols + k]! *= s[k]!;
  const wide = terms.map(({ b, a, scale = 1 }) => ({ b: doubleRowsOf(b), a: doubleRowsOf(a), scale }));
  const rest = frobenius(engine, [...wide, { b: us, a: doubleRowsOf(vt), scale: -1 }]);
  const size = wide.reduce((sum, { b, a, scale }) => sum + Math.abs(scale) * norm(b, "frobenius") * norm(a, "frobenius"), 0);
  // What was left out and the error of what was kept are nearly orthogonal: squares are taken off.
  const missed = Math.sqrt(Math.max(0, rest * rest - error.frobenius * error.frobenius));
  return { residual: missed === 0 ? 0 : missed / size / bound, orthogonality: certifyBases(engine, u, vt) / bound };
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
