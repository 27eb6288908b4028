import type { Engine, FloatDtype, Floats, Scope } from "../engine/engine.ts";
import { growBasis } from "./adaptive-basis.ts";
import { type Certificate, certifyTriplets } from "./certify.ts";
import { errorBound } from "./error-bound.ts";
import { gaussian } from "./gaussian.ts";
import { gemm } from "./gemm.ts";
import { cut, decompose, leadingTriplets, lift, type Plan, type Triplets, tripletsToTolerance } from "./leading-triplets.ts";
import {
  bytesPerElement,
  checkMatrix,
  copyMatrixIn,
  copyMatrixOut,
  copyRows,
  type Fresh,
  type Matrix,
  type Placed,
  place,
  refuseNotFinite,
} from "./matrix.ts";
import type { LinearOperator } from "./operator.ts";
import { run, type Steps, transposed, withMatrix, withOperator } from "./products.ts";
import { planFor, type RandomizedSvdOptions } from "./randomized-plan.ts";
import { exponentOf, range, type Scaling, scalingBy, unscale } from "./scaling.ts";
import { roundValues } from "./svd.ts";
import { longPeaks, maximum, svdJacobi } from "./svd-jacobi.ts";

export type { RandomizedSvdOptions } from "./randomized-plan.ts";

export interface RandomizedSvd<F extends Floats = Floats> {
  /** m × rank, left singular vectors in columns. */
  readonly u: Matrix<Fresh<F>>;
  /** Descending. */
  readonly s: Fresh<F>;
  /** rank × n, right singular vectors in rows. */
  readonly vt: Matrix<Fresh<F>>;
  readonly rank: number;
  /** With `tolerance`: ‖A − U·diag(s)·Vᵀ‖/‖A‖, as `tolerance` says from the residual itself or as a bound. */
  readonly residual: number | undefined;
  /** With `probes`: at least ‖A − U·diag(s)·Vᵀ‖₂, except with the probability 10^−probes; mostly near 8‖A − U·diag(s)·Vᵀ‖ in Frobenius norms. */
  readonly errorBound: number | undefined;
  /** With `certify`: how far UᵀA = diag(s)·Vᵀ, UᵀU = I and VᵀV = I are missed, in units of their bounds. */
  readonly certificate: Certificate | undefined;
}

/** Sweeps of the exact decomposition. */
const MAX_SWEEPS = 40;

/**
 * The leading singular values and vectors of an m×n matrix, from its products with a few random vectors (Halko, Martinsson & Tropp,
 * SIAM Review 53 (2011) 217–288, algorithms 4.4 and 5.1; with `tolerance`, blocks as in Yu, Gu & Li, SIMAX 39 (2018) 1339–1359). A may be
 * an operator, of which products are all that is asked: `operatorOf` makes one of sums, differences and low-rank pieces.
 *
 * A matrix of rank ≤ `rank` is reproduced to rounding. Otherwise the error is near the least possible one of that rank: with k = rank,
 * p = oversample and q = powerIterations its 2-norm is on average below [1 + √(k/(p−1)) + e·√(k+p)/p·√(min(m,n)−k)]^(1/(2q+1))·σₖ₊₁ (their
 * corollary 10.10). Where rank + oversample reaches min(m, n), the result for a matrix is `svd`'s, cut. In deterministic math the result
 * depends on A, the options and nothing else: same bits for every runtime and number of threads.
 *
 * Throws `USAGE` for options that make no sense, `SHAPE` and `DTYPE` for what is no matrix or is empty and for products of another shape,
 * `FORMAT` for NaN and infinity, and `NO_CONVERGENCE` when the tolerance is below what rounding leaves at full rank.
 */
export function randomizedSvd<F extends Floats>(
  engine: Engine,
  a: Matrix<F> | LinearOperator<F>,
  options: RandomizedSvdOptions,
): RandomizedSvd<F> {
  const what = "randomizedSvd";
  if ("apply" in a) {
    const plan = planFor(what, a, a.dtype, options);
    const result = engine.scope((s) => run(resultSteps<F>(engine, s, a, plan), withOperator(engine, what, a)));
    return options.certify
      ? { ...result, certificate: certifyTriplets(engine, result, a.applyT(result.u as Matrix<F>)) }
      : result;
  }
  const dtype = checkMatrix(what, "A", a);
  const plan = planFor(what, a, dtype, options);
  const result = engine.scope((s) => ofMatrix(engine, s, dtype, a, plan));
  if (!options.certify) return result;
  return { ...result, certificate: certifyTriplets(engine, result, gemm(engine, a, result.u as Matrix<F>, { transA: true })) };
}

/** The result for an A of which products are all that is known. */
export function* resultSteps<F extends Floats>(
  engine: Engine,
  s: Scope,
  a: { readonly rows: number; readonly cols: number; readonly dtype: FloatDtype },
  plan: Plan,
): Steps<RandomizedSvd<F>> {
  const { dtype } = a;
  const next = gaussian(plan.seed);
  const found = yield* plan.tolerance === undefined
    ? oriented(engine, s, dtype, a, plan, next)
    : tripletsToTolerance(engine, s, dtype, [a.rows, a.cols], plan.tolerance, plan.powerIterations, next);
  const bound = plan.probes > 0 ? yield* errorBound(engine, s, dtype, found, plan.probes, next) : undefined;
  return resultOf<F>(s, dtype, found, scalingBy(0), "residual" in found ? (found.residual as number) : undefined, bound);
}

/** The triplets of A, from Aᵀ where the plan says so. */
function* oriented(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  a: { readonly rows: number; readonly cols: number },
  plan: Plan,
  next: () => number,
): Steps<Triplets> {
  if (!plan.transposed) return yield* leadingTriplets(engine, s, dtype, [a.rows, a.cols], plan, next);
  const { u, s: values, vt } = yield* transposed(leadingTriplets(engine, s, dtype, [a.cols, a.rows], plan, next));
  return { u: turned(engine, s, dtype, vt), s: values, vt: turned(engine, s, dtype, u) };
}

function ofMatrix<F extends Floats>(engine: Engine, s: Scope, dtype: FloatDtype, a: Matrix<F>, plan: Plan): RandomizedSvd<F> {
  const placed = copyMatrixIn(engine, s, a);
  const peak = maximum(longPeaks(engine, s, dtype, placed));
  if (!Number.isFinite(peak)) refuseNotFinite("randomizedSvd", "A", a);
  const scaling = bringToSafeRange(engine, dtype, placed, peak);
  const next = gaussian(plan.seed);
  const answer = withMatrix(engine, s, dtype, placed);
  const probe = (found: Triplets): number | undefined =>
    plan.probes > 0 ? run(errorBound(engine, s, dtype, found, plan.probes, next), answer) : undefined;
  if (plan.tolerance === undefined) {
    const exact = plan.mayBeExact && plan.rank + plan.oversample >= Math.min(a.rows, a.cols);
    const found = exact ? exactly(engine, s, dtype, placed, plan.rank) : run(oriented(engine, s, dtype, a, plan, next), answer);
    return resultOf<F>(s, dtype, found, scaling, undefined, probe(found));
  }
  // What is left of A takes its place; the bound needs A itself once more.
  const left = plan.probes > 0 ? place(s, a.rows, a.cols, bytesPerElement[dtype]) : placed;
  if (left !== placed) copyRows(engine, dtype, placed, left);
  const found = toTolerance(engine, s, dtype, left, plan, plan.tolerance, next);
  return resultOf<F>(s, dtype, found, scaling, found.residual, probe(found));
}

function exactly(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed, rank: number): Triplets {
  const peaks = longPeaks(engine, s, dtype, a);
  const options = { vectors: "thin", maxSweeps: MAX_SWEEPS } as const;
  const { u, s: values, vt } = svdJacobi(engine, s, dtype, "randomizedSvd", a, peaks, options);
  const exact = cut({ u: u!, s: values, vt: vt! }, rank);
  const narrow = place(s, a.rows, rank, bytesPerElement[dtype]);
  copyRows(engine, dtype, exact.u, narrow);
  return { ...exact, u: narrow };
}

function toTolerance(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  a: Placed,
  plan: Plan,
  tolerance: number,
  next: () => number,
): Triplets & { readonly residual: number } {
  const { q, b, total, rest } = growBasis(engine, s, dtype, a, tolerance, plan.powerIterations, next);
  const small = decompose(engine, s, dtype, b);
  // A − Q·B is orthogonal to Q, so squares of what is left and of what is cut off add up.
  const limit = tolerance * tolerance * total;
  let rank = small.s.length;
  let square = rest;
  for (; rank > 0; rank--) {
    const more = square + small.s[rank - 1]! ** 2;
    if (more > limit) break;
    square = more;
  }
  return { ...lift(engine, s, dtype, q, cut(small, rank)), residual: total === 0 ? 0 : Math.sqrt(square / total) };
}

function resultOf<F extends Floats>(
  s: Scope,
  dtype: FloatDtype,
  found: Triplets,
  scaling: Scaling,
  residual: number | undefined,
  bound: number | undefined,
): RandomizedSvd<F> {
  const like = (dtype === "f32" ? new Float32Array(0) : new Float64Array(0)) as Floats as F;
  return {
    u: copyMatrixOut<F>(s, found.u, dtype),
    s: roundValues(
      "randomizedSvd",
      found.s.map((x) => unscale(x, scaling)),
      like,
    ),
    vt: copyMatrixOut<F>(s, found.vt, dtype),
    rank: found.s.length,
    residual,
    errorBound: bound === undefined ? undefined : unscale(bound, scaling),
    certificate: undefined,
  };
}

function turned(engine: Engine, s: Scope, dtype: FloatDtype, x: Placed): Placed {
  const out = place(s, x.cols, x.rows, bytesPerElement[dtype]);
  engine.parallel(`transpose_${dtype}`, [x.rows, x.ptr, x.ld, out.ptr, out.ld], x.cols, 64);
  return out;
}

/** Multiplies A by a power of two where its products could overflow or vanish, and answers which. */
function bringToSafeRange(engine: Engine, dtype: FloatDtype, a: Placed, peak: number): Scaling {
  const exponent = peak === 0 ? 0 : exponentOf(peak);
  const [low, high] = range[dtype].safe;
  const scaling = scalingBy(exponent < low || exponent > high ? -exponent : 0);
  if (scaling.exponent !== 0) for (const factor of scaling.factors) engine.wasm[`scal_${dtype}`](a.rows * a.cols, factor, a.ptr);
  return scaling;
}
