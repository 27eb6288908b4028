import type { Engine, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { type Certificate, certifySvd } from "./certify.ts";
import {
  beyondRange,
  checkInteger,
  checkMatrix,
  checkWord,
  copyMatrixIn,
  copyMatrixOut,
  type Fresh,
  type Matrix,
  refuseNotFinite,
} from "./matrix.ts";
import { svdBidiagonal } from "./svd-bidiagonal.ts";
import { longPeaks, maximum, svdJacobi } from "./svd-jacobi.ts";
import type { Decomposed } from "./truncate.ts";

export const svdMethods = ["auto", "bidiagonal", "jacobi"] as const;
export type SvdMethod = (typeof svdMethods)[number];

export interface SvdOptions {
  /**
   * `thin`: u is m×k and vt is k×n with k = min(m, n); `full`: u is m×m and vt is n×n; `none`: singular values alone, of `jacobi` the same
   * bits, of `bidiagonal` the same to rounding. Default `thin`.
   */
  readonly vectors?: "thin" | "full" | "none";
  /**
   * `bidiagonal`: reduction to bidiagonal form, then divide and conquer, as LAPACK's xGESDD; errors relative to the largest singular value.
   * `jacobi`: one-sided rotations after QR with pivoting; slower, and small singular values of graded matrices keep their digits.
   * `auto`: whichever is faster at this size. Default `auto`.
   */
  readonly method?: SvdMethod;
  /** Sweeps of `jacobi` after which `NO_CONVERGENCE` is thrown. Default 40; few matrices need more than 12. */
  readonly maxSweeps?: number;
  /** Measure the result against the matrix; needs vectors. Default false. */
  readonly certify?: boolean;
}

export interface SingularValues<F extends Floats = Floats> {
  /** min(m, n) singular values, descending. */
  readonly s: Fresh<F>;
  /** What `auto` came to, or what was asked for. */
  readonly method: "bidiagonal" | "jacobi";
  /** Of `jacobi`: sweeps over all pairs of vectors, the last of which left nothing to do. 0 of `bidiagonal`. */
  readonly sweeps: number;
  /** Of `jacobi`: the largest cosine between two vectors that the last sweep let be. 0 of `bidiagonal`. */
  readonly offNorm: number;
}

export interface Svd<F extends Floats = Floats> extends SingularValues<F> {
  /** Left singular vectors, in columns. */
  readonly u: Matrix<Fresh<F>>;
  /** Right singular vectors, in rows. */
  readonly vt: Matrix<Fresh<F>>;
  /** With `certify`: in units of the bound, so at most 1. */
  readonly certificate?: Certificate;
}

const DEFAULT_SWEEPS = 40;

/** The smaller side from which on `bidiagonal` is the faster one: `npm run bench -- svd` times both around it. */
const BIDIAGONAL_FROM = 48;

/**
 * The singular value decomposition A = U·diag(s)·Vᵀ of an m×n matrix of any shape and rank.
 *
 * Errors are a small multiple of the type's unit roundoff times the largest singular value. Where rows and columns are scaled versions of
 * well-conditioned ones and small singular values matter, ask for `method: "jacobi"`, whose errors there are relative to each of them.
 * Multiplying A by a power of two multiplies s by it and changes no bit of u and vt; singular values below about 10⁻²⁹⁵ (float64) or
 * 10⁻³⁰ (float32) of the largest may come out as 0. Vectors are orthonormal also where singular values are zero or equal. Signs are not
 * normalised.
 *
 * Throws `SHAPE` and `DTYPE` for what is no matrix, `FORMAT` for NaN and infinity, `NO_CONVERGENCE` after `maxSweeps`, and `DTYPE` when
 * the largest singular value is beyond the type.
 */
export function svd<F extends Floats>(
  engine: Engine,
  a: Matrix<F>,
  options: SvdOptions & { readonly vectors: "none" },
): SingularValues<F>;
export function svd<F extends Floats>(
  engine: Engine,
  a: Matrix<F>,
  options?: SvdOptions & { readonly vectors?: "thin" | "full" },
): Svd<F>;
export function svd<F extends Floats>(engine: Engine, a: Matrix<F>, options: SvdOptions = {}): SingularValues<F> | Svd<F> {
  const { vectors = "thin", method = "auto", maxSweeps = DEFAULT_SWEEPS, certify = false } = options;
  const dtype = checkMatrix("svd", "A", a);
  checkWord("svd", "vectors", vectors, ["thin", "full", "none"]);
  checkWord("svd", "method", method, svdMethods);
  checkInteger("svd", "maxSweeps", maxSweeps, 1, 1000);
  if (certify && vectors === "none") {
    throw new LowrankError(
      "USAGE",
      "svd",
      "certify is true and vectors none, but there is nothing to measure without vectors; ask for them",
    );
  }
  return engine.scope((scope) => {
    const placed = copyMatrixIn(engine, scope, a);
    const peaks = longPeaks(engine, scope, dtype, placed);
    if (!Number.isFinite(maximum(peaks))) refuseNotFinite("svd", "A", a);
    const run = method === "auto" ? fasterMethod(a.rows, a.cols) : method;
    const { s, u, vt, sweeps, offNorm } =
      run === "jacobi"
        ? svdJacobi(engine, scope, dtype, "svd", placed, peaks, { vectors, maxSweeps })
        : { ...svdBidiagonal(engine, scope, dtype, "svd", placed, peaks, vectors), sweeps: 0, offNorm: 0 };
    const values = { s: roundValues<F>("svd", s, a.data), method: run, sweeps, offNorm };
    if (!u || !vt) return values;
    const result = { ...values, u: copyMatrixOut<F>(scope, u, dtype), vt: copyMatrixOut<F>(scope, vt, dtype) };
    return certify ? { ...result, certificate: certifySvd(engine, a, result as unknown as Decomposed) } : result;
  });
}

/** What `auto` means for a matrix of this shape. */
export function fasterMethod(rows: number, cols: number): "bidiagonal" | "jacobi" {
  return Math.min(rows, cols) >= BIDIAGONAL_FROM ? "bidiagonal" : "jacobi";
}

/** Singular values in the type of the matrix. */
export function roundValues<F extends Floats>(what: string, s: Float64Array, like: F): Fresh<F> {
  const rounded = like instanceof Float32Array ? Float32Array.from(s) : Float64Array.from(s);
  if (rounded[0] === Number.POSITIVE_INFINITY) {
    throw beyondRange(what, "the largest singular value", like instanceof Float32Array ? "f32" : "f64");
  }
  return rounded as Fresh<F>;
}
