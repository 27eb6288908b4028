import type { Engine } from "../engine/engine.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { svdLowRank } from "../linalg/svd-low-rank.ts";

/** A matrix of doubles. */
export type Dense = Matrix<Float64Array>;

/** Singular values of left·right in descending order, without forming the product: min(rows, rank, cols) of them. */
export function productSpectrum(engine: Engine, left: Dense, right: Dense): Float64Array {
  return svdLowRank(engine, { b: left, a: right }, { vectors: "none" }).s;
}

/** ‖M‖² = Σσ². */
export function energyOf(values: Float64Array): number {
  return values.reduce((sum, s) => sum + s * s, 0);
}

/** ‖M‖²/σ₁²: how many directions of equal strength would carry the energy; `undefined` for a zero matrix. */
export function stableRank(values: Float64Array): number | undefined {
  const top = values[0] ?? 0;
  return top > 0 ? energyOf(values) / (top * top) : undefined;
}
