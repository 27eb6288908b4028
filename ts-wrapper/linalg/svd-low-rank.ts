import type { Engine, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { type Certificate, certifyLowRank } from "./certify-low-rank.ts";
import { multiply } from "./gemm.ts";
import { checkTerms, lowRankCore } from "./low-rank-core.ts";
import { bytesPerElement, copyMatrixOut, type Fresh, type Matrix, place } from "./matrix.ts";
import type { LowRank } from "./operator.ts";
import { unscale } from "./scaling.ts";
import { roundValues } from "./svd.ts";
import { longPeaks, svdJacobi } from "./svd-jacobi.ts";
import { keptBy, leftOut, type Truncation, type TruncationError } from "./truncate.ts";

export interface SvdLowRankOptions {
  /** `none`: singular values alone. Default `thin`. */
  readonly vectors?: "thin" | "none";
  /** How many triplets are kept. Default all: min(m, n, sum of the ranks). */
  readonly truncate?: Truncation;
  /** Measure the result, see `certificate`. Default false. */
  readonly certify?: boolean;
}

export interface LowRankValues<F extends Floats = Floats> {
  /** Descending. */
  readonly s: Fresh<F>;
  readonly rank: number;
  /** What was left out; 0 unless `truncate` is given. */
  readonly error: TruncationError;
}

export interface LowRankSvd<F extends Floats = Floats> extends LowRankValues<F> {
  /** m × rank, left singular vectors in columns. */
  readonly u: Matrix<Fresh<F>>;
  /** rank × n, right singular vectors in rows. */
  readonly vt: Matrix<Fresh<F>>;
  /** With `certify`: what is missed in units of the bound, the residual relative to Σ ‖sᵢBᵢ‖‖Aᵢ‖. */
  readonly certificate: Certificate | undefined;
}

const MAX_SWEEPS = 40;

/**
 * The singular value decomposition of s·B·A or of a sum Σ sᵢ·Bᵢ·Aᵢ, exact to rounding and without forming it: QR of all columns and of all
 * rows, and one decomposition of r×r, in O((m + n)r²) with r the sum of the ranks (Golub & Van Loan, Matrix Computations 4e, §5.4.9). So the
 * difference of two adapters, or an adapter's change cut to a smaller rank, costs milliseconds.
 *
 * Errors are a small multiple of max(m, n, r)·u·Σ ‖sᵢBᵢ‖‖Aᵢ‖. Throws `USAGE` without terms and for a scale that is not finite, `SHAPE` and
 * `DTYPE` for factors that do not go together, `FORMAT` for NaN and infinity, `DTYPE` when the largest singular value is beyond the type.
 */
export function svdLowRank<F extends Floats>(
  engine: Engine,
  terms: LowRank<F> | readonly LowRank<F>[],
  options: SvdLowRankOptions & { readonly vectors: "none" },
): LowRankValues<F>;
export function svdLowRank<F extends Floats>(
  engine: Engine,
  terms: LowRank<F> | readonly LowRank<F>[],
  options?: SvdLowRankOptions & { readonly vectors?: "thin" },
): LowRankSvd<F>;
export function svdLowRank<F extends Floats>(
  engine: Engine,
  terms: LowRank<F> | readonly LowRank<F>[],
  options: SvdLowRankOptions = {},
): LowRankValues<F> | LowRankSvd<F> {
  const what = "svdLowRank";
  const list: readonly LowRank<F>[] = "b" in terms ? [terms] : terms;
  const checked = checkTerms(what, list);
  const { vectors = "thin", truncate, certify = false } = options;
  if (vectors !== "thin" && vectors !== "none") {
    throw new LowrankError("USAGE", what, `vectors is ${JSON.stringify(vectors)}, one of thin, none was needed`);
  }
  const { m, n, dtype } = checked;
  const like = list[0]!.b.data;
  const result = engine.scope((scope): LowRankValues<F> | LowRankSvd<F> => {
    const { q1, q2, core, scaling } = lowRankCore(engine, scope, what, list, checked, vectors === "thin");
    const peaks = longPeaks(engine, scope, dtype, core);
    const small = svdJacobi(engine, scope, dtype, what, core, peaks, { vectors, maxSweeps: MAX_SWEEPS });
    const most = Math.min(m, n);
    const values = small.s.map((x) => unscale(x, scaling)).subarray(0, most);
    const rank = truncate ? keptBy(what, values, truncate) : values.length;
    const s = roundValues<F>(what, values.subarray(0, rank), like);
    const common = { s, rank, error: leftOut(values, rank) };
    if (!q1 || !q2 || !small.u || !small.vt) return common;
    const u = place(scope, m, rank, bytesPerElement[dtype]);
    const vt = place(scope, rank, n, bytesPerElement[dtype]);
    multiply(engine, scope, dtype, { transA: true }, q1, { ...small.u, cols: rank }, u);
    multiply(engine, scope, dtype, {}, { ...small.vt, rows: rank }, q2, vt);
    return { ...common, u: copyMatrixOut<F>(scope, u, dtype), vt: copyMatrixOut<F>(scope, vt, dtype), certificate: undefined };
  });
  return certify && "u" in result ? { ...result, certificate: certifyLowRank(engine, list, result) } : result;
}
