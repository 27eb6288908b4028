import type { Engine } from "../engine/engine.ts";
import { gemm } from "../linalg/gemm.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { qr } from "../linalg/qr.ts";
import { svd } from "../linalg/svd.ts";

/** A matrix of doubles. */
export type Dense = Matrix<Float64Array>;

/**
 * Singular values of left·right in descending order, without forming the product: min(rows, rank, cols) of them.
 *
 *   left = Q₁R₁, rightᵀ = Q₂R₂   ⇒   σ(left·right) = σ(R₁R₂ᵀ), a matrix of at most rank × rank
 *
 * Each is off by a small multiple of 2⁻⁵³·σ₁. Source: Golub & Van Loan, Matrix Computations, 4th ed., §5.2.
 */
export function productSpectrum(engine: Engine, left: Dense, right: Dense): Float64Array {
  const r1 = qr(engine, left).r;
  const r2 = qr(engine, transpose(right)).r;
  return svd(engine, gemm(engine, r1, r2, { transB: true }), { vectors: "none" }).s;
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

function transpose({ rows, cols, data, stride = cols }: Dense): Dense {
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = data[i * stride + j]!;
  return { rows: cols, cols: rows, data: out };
}
