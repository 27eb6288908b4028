import type { Engine, FloatDtype, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { growRange } from "./adaptive-range.ts";
import { multiply } from "./gemm.ts";
import { bytesPerElement, type Placed, place, placeRows } from "./matrix.ts";
import type { Steps } from "./products.ts";
import { rangeFinder } from "./range-finder.ts";
import { lowerTriangle, orthonormalRows, placeRandom } from "./sketch.ts";
import { longPeaks, maximum, svdJacobi } from "./svd-jacobi.ts";

/** What `randomizedSvd` was asked for, checked and with its defaults. */
export interface Plan {
  readonly rank: number;
  readonly tolerance: number | undefined;
  readonly oversample: number;
  readonly powerIterations: number;
  readonly krylov: boolean;
  readonly seed: number;
  /** Vectors that the error is measured with afterwards. */
  readonly probes: number;
  /** Whether A is taken as its transpose. */
  readonly transposed: boolean;
  /** Whether a rank near min(m, n) may be answered by an exact decomposition. */
  readonly mayBeExact: boolean;
}

export interface Triplets {
  /** m × rank, its rows where they were found. */
  readonly u: Placed;
  /** Descending. */
  readonly s: Float64Array;
  /** rank × n. */
  readonly vt: Placed;
}

/** Sweeps of the small decomposition; it needs about ten. */
const MAX_SWEEPS = 40;

/**
 * The leading singular values and vectors of an m×n matrix from its products.   Halko, Martinsson & Tropp (2011), algorithm 5.1
 */
export function* leadingTriplets(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  [m, n]: readonly [m: number, n: number],
  plan: Plan,
  next: () => number,
): Steps<Triplets> {
  const width = Math.min(plan.rank + plan.oversample, m, n);
  const blocks = plan.powerIterations + 1;
  const krylov = plan.krylov && blocks * width <= Math.min(m, n);
  const start = placeRandom(engine, s, dtype, width, n, next);
  const q = yield* rangeFinder(engine, s, dtype, m, start, { powerIterations: plan.powerIterations, krylov });
  const b = placeRows(s, q.rows, n, bytesPerElement[dtype]);
  yield { through: "columns", x: q, out: b };
  return lift(engine, s, dtype, q, cut(decompose(engine, s, dtype, b), plan.rank));
}

/** The same to a tolerance in the 2-norm: the rank follows. `residual` is a bound of ‖A − U·diag(s)·Vᵀ‖₂/‖A‖₂. */
export function* tripletsToTolerance(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  [m, n]: readonly [m: number, n: number],
  tolerance: number,
  powerIterations: number,
  next: () => number,
): Steps<Triplets & { readonly residual: number }> {
  const { q, b, rest } = yield* growRange(engine, s, dtype, [m, n], tolerance, powerIterations, next);
  if (q.rows === 0) return { u: place(s, m, 0, bytesPerElement[dtype]), s: new Float64Array(0), vt: b, residual: 0 };
  const small = decompose(engine, s, dtype, b);
  const top = small.s[0]!;
  // A − Q·B is orthogonal to Q, so squares of bounds of what is left and of what is cut off add up.
  let rank = small.s.length;
  const error = (kept: number): number => Math.hypot(rest, small.s[kept] ?? 0);
  while (rank > 0 && error(rank - 1) <= tolerance * top) rank--;
  return { ...lift(engine, s, dtype, q, cut(small, rank)), residual: error(rank) / top };
}

/**
 * The thin decomposition of a matrix in the engine's memory. Where it is much wider than tall (l×n), one QR of its rows leaves an l×l
 * matrix for the rotations; small singular values are then right to u·σ₁, which is what a sketch knows of them.
 */
export function decompose(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed): Triplets {
  const { rows: l, cols: n } = a;
  const peaks = longPeaks(engine, s, dtype, a);
  if (!Number.isFinite(maximum(peaks))) {
    const text = "a product with A holds NaN or infinity, finite numbers were needed; look at A, or scale it down";
    throw new LowrankError("FORMAT", "randomizedSvd", text);
  }
  const options = { vectors: "thin", maxSweeps: MAX_SWEEPS } as const;
  if (n < 2 * l) {
    const { u, s: values, vt } = svdJacobi(engine, s, dtype, "randomizedSvd", a, peaks, options);
    return { u: u!, s: values, vt: vt! };
  }
  const z = orthonormalRows(engine, s, dtype, a);
  const core = lowerTriangle(engine, s, dtype, a);
  const small = svdJacobi(engine, s, dtype, "randomizedSvd", core, longPeaks(engine, s, dtype, core), options);
  const vt = place(s, l, n, bytesPerElement[dtype]);
  multiply(engine, s, dtype, {}, small.vt!, z, vt);
  return { u: small.u!, s: small.s, vt };
}

/** The leading `rank` triplets; u's rows keep their distance. */
export function cut({ u, s, vt }: Triplets, rank: number): Triplets {
  return { u: { ...u, cols: rank }, s: s.subarray(0, rank), vt: { ...vt, rows: rank } };
}

/** U = Q·U_B, q: Qᵀ. */
export function lift(engine: Engine, s: Scope, dtype: FloatDtype, q: Placed, small: Triplets): Triplets {
  const u = place(s, q.cols, small.u.cols, bytesPerElement[dtype]);
  multiply(engine, s, dtype, { transA: true }, q, small.u, u);
  return { ...small, u };
}
