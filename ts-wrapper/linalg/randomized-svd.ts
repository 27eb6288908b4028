import type { Engine, FloatDtype, Floats, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { growBasis } from "./adaptive-basis.ts";
import { gaussian } from "./gaussian.ts";
import { multiply } from "./gemm.ts";
import {
  bytesPerElement,
  checkInteger,
  checkMatrix,
  copyMatrixIn,
  copyMatrixOut,
  copyRows,
  type Fresh,
  type Matrix,
  type Placed,
  place,
  refuseNotFinite,
  unitRoundoff,
} from "./matrix.ts";
import { exponentOf, range, scalingBy, unscale } from "./scaling.ts";
import { placeRandom, rangeBasis, throughColumns } from "./sketch.ts";
import { roundValues } from "./svd.ts";
import { longPeaks, maximum, svdJacobi } from "./svd-jacobi.ts";

export interface RandomizedSvdOptions {
  /** Singular values and vectors wanted. Either this or `tolerance`. */
  readonly rank?: number;
  /** The largest ‖A − U·diag(s)·Vᵀ‖/‖A‖ that is accepted, in Frobenius norms; the rank follows. Either this or `rank`. */
  readonly tolerance?: number;
  /** Vectors beyond `rank` in the sketch, which make its leading part accurate. Default 8. */
  readonly oversample?: number;
  /** Passes of A·Aᵀ over the sketch; more help where singular values fall slowly. Default 2. */
  readonly powerIterations?: number;
  /** A whole number below 2³². The same seed gives the same result. Default 24301 (0x5eed). */
  readonly seed?: number;
}

export interface RandomizedSvd<F extends Floats = Floats> {
  /** m × rank, left singular vectors in columns. */
  readonly u: Matrix<Fresh<F>>;
  /** Descending. */
  readonly s: Fresh<F>;
  /** rank × n, right singular vectors in rows. */
  readonly vt: Matrix<Fresh<F>>;
  readonly rank: number;
  /** With `tolerance`: ‖A − U·diag(s)·Vᵀ‖/‖A‖, from the residual itself. */
  readonly residual: number | undefined;
}

const DEFAULT_OVERSAMPLE = 8;
const DEFAULT_POWER_ITERATIONS = 2;
const DEFAULT_SEED = 0x5eed;
/** Sweeps of the small decomposition; it needs about ten. */
const MAX_SWEEPS = 40;

/**
 * The leading singular values and vectors of an m×n matrix, from its products with a few random vectors (Halko, Martinsson & Tropp,
 * SIAM Review 53 (2011) 217–288, algorithms 4.4 and 5.1; with `tolerance`, blocks as in Yu, Gu & Li, SIMAX 39 (2018) 1339–1359).
 *
 * A matrix of rank ≤ `rank` is reproduced to rounding. Otherwise the error is near the least possible one of that rank: with k = rank,
 * p = oversample and q = powerIterations its 2-norm is on average below [1 + √(k/(p−1)) + e·√(k+p)/p·√(min(m,n)−k)]^(1/(2q+1))·σₖ₊₁ (their
 * corollary 10.10). Where rank + oversample reaches min(m, n) the result is `svd`'s, cut. In deterministic math the result depends on A, the
 * options and nothing else: same bits for every runtime and number of threads.
 *
 * Throws `USAGE` for options that make no sense, `SHAPE` and `DTYPE` for what is no matrix or is empty, `FORMAT` for NaN and infinity, and
 * `NO_CONVERGENCE` when the tolerance is below what rounding leaves at full rank.
 */
export function randomizedSvd<F extends Floats>(engine: Engine, a: Matrix<F>, options: RandomizedSvdOptions): RandomizedSvd<F> {
  const dtype = checkMatrix("randomizedSvd", "A", a);
  const plan = checkOptions(a, dtype, options);
  return engine.scope((scope) => {
    const placed = copyMatrixIn(engine, scope, a);
    const peak = maximum(longPeaks(engine, scope, dtype, placed));
    if (!Number.isFinite(peak)) refuseNotFinite("randomizedSvd", "A", a);
    const scaling = bringToSafeRange(engine, dtype, placed, peak);
    const { u, s, vt, residual } =
      plan.tolerance === undefined
        ? ofRank(engine, scope, dtype, placed, plan)
        : toTolerance(engine, scope, dtype, placed, { ...plan, tolerance: plan.tolerance });
    return {
      u: copyMatrixOut<F>(scope, u, dtype),
      s: roundValues<F>(
        "randomizedSvd",
        s.map((x) => unscale(x, scaling)),
        a.data,
      ),
      vt: copyMatrixOut<F>(scope, vt, dtype),
      rank: s.length,
      residual,
    };
  });
}

interface Plan {
  readonly rank: number;
  readonly tolerance: number | undefined;
  readonly oversample: number;
  readonly powerIterations: number;
  readonly seed: number;
}

interface Factors {
  readonly u: Placed;
  readonly s: Float64Array;
  readonly vt: Placed;
  readonly residual: number | undefined;
}

function checkOptions(a: Matrix, dtype: FloatDtype, options: RandomizedSvdOptions): Plan {
  const what = "randomizedSvd";
  const {
    rank,
    tolerance,
    oversample = DEFAULT_OVERSAMPLE,
    powerIterations = DEFAULT_POWER_ITERATIONS,
    seed = DEFAULT_SEED,
  } = options;
  const most = Math.min(a.rows, a.cols);
  if (most === 0) throw new LowrankError("SHAPE", what, `A is ${a.rows}×${a.cols}, at least one row and one column were needed`);
  if ((rank === undefined) === (tolerance === undefined)) {
    throw new LowrankError("USAGE", what, `rank is ${rank} and tolerance is ${tolerance}, exactly one of them was needed`);
  }
  if (rank !== undefined) checkInteger(what, "rank", rank, 1, most);
  // Below a few units of rounding no rank would do.
  const least = 16 * unitRoundoff[dtype];
  if (tolerance !== undefined && !(tolerance >= least && tolerance < 1)) {
    const advice = dtype === "f32" ? "; float64 resolves more" : "";
    throw new LowrankError("USAGE", what, `tolerance is ${tolerance}, a number from ${least} to below 1 was needed${advice}`);
  }
  checkInteger(what, "oversample", oversample, 0, 2 ** 31);
  checkInteger(what, "powerIterations", powerIterations, 0, 100);
  checkInteger(what, "seed", seed, 0, 2 ** 32 - 1);
  return { rank: rank ?? 0, tolerance, oversample, powerIterations, seed };
}

function ofRank(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed, plan: Plan): Factors {
  const { rank, powerIterations } = plan;
  const width = rank + plan.oversample;
  if (width >= Math.min(a.rows, a.cols)) {
    const exact = cut(decompose(engine, s, dtype, a), rank);
    const u = place(s, a.rows, rank, bytesPerElement[dtype]);
    copyRows(engine, dtype, exact.u, u);
    return { ...exact, u, residual: undefined };
  }
  const start = placeRandom(engine, s, dtype, width, a.cols, gaussian(plan.seed));
  const q = rangeBasis(engine, s, dtype, a, start, powerIterations);
  const small = decompose(engine, s, dtype, throughColumns(engine, s, dtype, a, q));
  return { ...lift(engine, s, dtype, q, cut(small, rank)), residual: undefined };
}

function toTolerance(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  a: Placed,
  plan: Plan & { readonly tolerance: number },
): Factors {
  const { q, b, total, rest } = growBasis(engine, s, dtype, a, plan.tolerance, plan.powerIterations, gaussian(plan.seed));
  const small = decompose(engine, s, dtype, b);
  // A − Q·B is orthogonal to Q, so squares of what is left and of what is cut off add up.
  const limit = plan.tolerance * plan.tolerance * total;
  let rank = small.s.length;
  let square = rest;
  for (; rank > 0; rank--) {
    const next = square + small.s[rank - 1]! ** 2;
    if (next > limit) break;
    square = next;
  }
  return { ...lift(engine, s, dtype, q, cut(small, rank)), residual: total === 0 ? 0 : Math.sqrt(square / total) };
}

function decompose(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed): Omit<Factors, "residual"> {
  const peaks = longPeaks(engine, s, dtype, a);
  const { u, s: values, vt } = svdJacobi(engine, s, dtype, "randomizedSvd", a, peaks, { vectors: "thin", maxSweeps: MAX_SWEEPS });
  return { u: u!, s: values, vt: vt! };
}

/** The leading `rank` triplets; u's rows keep their distance. */
function cut({ u, s, vt }: Omit<Factors, "residual">, rank: number): Omit<Factors, "residual"> {
  return { u: { ...u, cols: rank }, s: s.subarray(0, rank), vt: { ...vt, rows: rank } };
}

/** U = Q·U_B, q: Qᵀ. */
function lift(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  q: Placed,
  small: Omit<Factors, "residual">,
): Omit<Factors, "residual"> {
  const u = place(s, q.cols, small.u.cols, bytesPerElement[dtype]);
  multiply(engine, s, dtype, { transA: true }, q, small.u, u);
  return { ...small, u };
}

/** Multiplies A by a power of two where its products could overflow or vanish, and answers which. */
function bringToSafeRange(engine: Engine, dtype: FloatDtype, a: Placed, peak: number): ReturnType<typeof scalingBy> {
  const exponent = peak === 0 ? 0 : exponentOf(peak);
  const [low, high] = range[dtype].safe;
  const scaling = scalingBy(exponent < low || exponent > high ? -exponent : 0);
  if (scaling.exponent !== 0) for (const factor of scaling.factors) engine.wasm[`scal_${dtype}`](a.rows * a.cols, factor, a.ptr);
  return scaling;
}
