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

/** u: rows × rank, s descending, vt: rank × cols, row-major. */
export interface SvdResult {
  readonly u: ArrayLike<number>;
  readonly s: ArrayLike<number>;
  readonly vt: ArrayLike<number>;
}

type Made<R> = MaybePromise<Several<R> | undefined>;

/** What a peer can do. A missing operation, or `undefined` for some data, means that it cannot. */
export interface Operations {
  gemm?(data: GemmData): Made<Floats>;
  gemv?(data: GemvData): Made<Floats>;
  update?(data: UpdateData): Made<Uint8Array>;
  svd?(data: SvdData): Made<SvdResult>;
  /** The same by one-sided Jacobi rotations, of a square matrix whose columns have scales 10⁰ … 10^−graded. */
  svdJacobi?(data: SvdData, graded: number): Made<SvdResult>;
  /** The first `rank` triplets of a matrix of rank `low`. */
  randomizedSvd?(data: SvdData, rank: number, low: number): Made<SvdResult>;
}
