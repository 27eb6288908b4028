import type { StoredDtype } from "../ts-wrapper/cli/kernel-work.ts";
import type { FloatDtype, Floats } from "../ts-wrapper/engine/engine.ts";
import type { MaybePromise, Several } from "./bench.ts";

/** C = A·op(B), row-major and dense; B is k×n, or n×k where it is transposed. */
export interface GemmData {
  readonly dtype: FloatDtype;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transB: boolean;
  readonly a: Floats;
  readonly b: Floats;
}

/** Y = X·Wᵀ, X m×k of f32, W n×k of signed bytes under the scale 1. */
export interface Int8GemmData {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly w: Int8Array;
  /** The rows of W that repeat, in f32. */
  readonly rows: Float32Array;
  readonly x: Float32Array;
}

/** y = A·x */
export interface GemvData {
  readonly dtype: FloatDtype;
  readonly m: number;
  readonly n: number;
  readonly a: Floats;
  readonly x: Floats;
}

/** W ← round(W + scale·B·A), W m×n as stored, B m×r, A r×n. Peers change the sign from step to step, beginning with plus. */
export interface UpdateData {
  readonly stored: StoredDtype;
  readonly m: number;
  readonly n: number;
  readonly r: number;
  readonly scale: number;
  readonly w: Uint8Array<ArrayBuffer>;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** A = U·diag(s)·Vᵀ, thin. */
export interface SvdData {
  readonly dtype: FloatDtype;
  readonly rows: number;
  readonly cols: number;
  readonly a: Floats;
}

/** B·A, B: n×rank, A: rank×n. */
export interface ProductSvdData {
  readonly n: number;
  readonly rank: number;
  readonly b: Floats;
  readonly a: Floats;
}

/** u: rows × rank, s descending, vt: rank × cols, row-major. */
export interface SvdResult {
  readonly u: ArrayLike<number>;
  readonly s: ArrayLike<number>;
  readonly vt: ArrayLike<number>;
}

/** C = A·Aᵀ, A n×k; of C the lower triangle, zeros above. */
export interface SyrkData {
  readonly dtype: FloatDtype;
  readonly n: number;
  readonly k: number;
  readonly a: Floats;
}

/** A·X = B with `count` right-hand sides; A n×n is positive definite, symmetric, or lower triangular, or neither. */
export interface SystemData {
  readonly dtype: FloatDtype;
  readonly n: number;
  readonly count: number;
  readonly a: Floats;
  readonly b: Floats;
}

/** A = V·diag(w)·Vᵀ, symmetric; `count` matrices one behind the other where there are several. */
export interface EighData {
  readonly dtype: FloatDtype;
  readonly n: number;
  readonly count: number;
  readonly a: Floats;
}

/** w ascending, v n×n with eigenvectors in columns; of `count` matrices, one behind the other. */
export interface EighResult {
  readonly w: ArrayLike<number>;
  readonly v: ArrayLike<number>;
}

/** Singular value decompositions of `count` square matrices, one behind the other. */
export interface SvdBatchData {
  readonly dtype: FloatDtype;
  readonly n: number;
  readonly count: number;
  readonly a: Floats;
}

type Made<R> = MaybePromise<Several<R> | undefined>;

/** What a peer can do. A missing operation, or `undefined` for some data, means that it cannot. */
export interface Operations {
  gemm?(data: GemmData): Made<Floats>;
  int8Gemm?(data: Int8GemmData): Made<Floats>;
  gemv?(data: GemvData): Made<Floats>;
  update?(data: UpdateData): Made<Uint8Array>;
  syrk?(data: SyrkData): Made<Floats>;
  /** X, A lower triangular with zeros above. */
  trsm?(data: SystemData): Made<Floats>;
  /** L, A positive definite. */
  cholesky?(data: SystemData): Made<Floats>;
  /** X, A general. */
  solve?(data: SystemData): Made<Floats>;
  svd?(data: SvdData): Made<SvdResult>;
  /** One decomposition after the other, where there are several. */
  eigh?(data: EighData): Made<EighResult>;
  /** One decomposition after the other. */
  svdBatch?(data: SvdBatchData): Made<SvdResult>;
  /** The same by one-sided Jacobi rotations, of a square matrix whose columns have scales 10⁰ … 10^−graded. */
  svdJacobi?(data: SvdData, graded: number): Made<SvdResult>;
  /** The first `rank` triplets of a matrix of rank `low`. */
  randomizedSvd?(data: SvdData, rank: number, low: number): Made<SvdResult>;
  /** The triplets of B·A, of which the product is formed. */
  productSvd?(data: ProductSvdData): Made<SvdResult>;
}
