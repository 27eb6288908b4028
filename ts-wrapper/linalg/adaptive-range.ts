import type { Engine, FloatDtype, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { ERROR_FACTOR } from "./error-bound.ts";
import { bytesPerElement, copyRows, type Placed, placeRows } from "./matrix.ts";
import type { Steps } from "./products.ts";
import { orthonormalRows, placeRandom, removeFrom, rowSquares, stackRows } from "./sketch.ts";
import { longPeaks, svdJacobi } from "./svd-jacobi.ts";

/** A ≈ Q·B with orthonormal Q. */
export interface AdaptiveRange {
  /** Qᵀ: k×m. */
  readonly q: Placed;
  /** k×n. */
  readonly b: Placed;
  /** At least ‖A − Q·B‖₂, except with a probability below min(m, n)·10⁻³². */
  readonly rest: number;
}

/** Vectors that probe what is left, and then become the next part of the basis. */
const BLOCK = 32;

/**
 * Grows a basis from products alone until ‖A − Q·B‖₂ ≤ tolerance·‖A‖₂, by a bound from the products that it needs anyhow.
 *
 * What is left of A is multiplied with 32 normal vectors; the longest product bounds its norm, see `ERROR_FACTOR`, or else the products
 * begin the next block, after power iterations on what is left. Halko, Martinsson & Tropp, SIAM Review 53 (2011) 217–288, algorithm 4.2
 * and §4.4, in blocks. ‖A‖₂ is taken as that of the first block of B, which is no larger.
 *
 * Throws `NO_CONVERGENCE` when a full basis is not enough.
 */
export function* growRange(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  [m, n]: readonly [m: number, n: number],
  tolerance: number,
  powerIterations: number,
  next: () => number,
): Steps<AdaptiveRange> {
  const most = Math.min(m, n);
  const qs: Placed[] = [];
  const bs: Placed[] = [];
  const product = placeRows(s, BLOCK, m, bytesPerElement[dtype]);
  let rank = 0;
  let norm = 0;
  const removeAll = (x: Placed): void => {
    for (let pass = 0; pass < 2; pass++) for (const q of qs) removeFrom(engine, dtype, x, q);
  };
  for (;;) {
    const start = placeRandom(engine, s, dtype, BLOCK, n, next);
    yield { through: "rows", x: start, out: product };
    removeAll(product);
    const rest =
      ERROR_FACTOR * Math.sqrt(rowSquares(engine, dtype, product).reduce((a, b) => (b > a || Number.isNaN(b) ? b : a), 0));
    if (rest === 0 || (rank > 0 && rest <= tolerance * norm)) {
      return { q: stackRows(engine, s, dtype, m, qs), b: stackRows(engine, s, dtype, n, bs), rest };
    }
    if (!Number.isFinite(rest)) {
      const text = "a product with A holds NaN or infinity, finite numbers were needed; look at A, or scale it down";
      throw new LowrankError("FORMAT", "randomizedSvd", text);
    }
    if (rank === most) throw tooClose(rank, rest / norm, tolerance, dtype);
    const count = Math.min(BLOCK, most - rank);
    const y = { ...product, rows: count };
    const z = { ...start, rows: count };
    const q = placeRows(s, count, m, bytesPerElement[dtype]);
    const turned = placeRows(s, count, n, bytesPerElement[dtype]);
    orthonormalRows(engine, s, dtype, y, q);
    for (let i = 0; i < powerIterations; i++) {
      yield { through: "columns", x: q, out: z };
      orthonormalRows(engine, s, dtype, z, turned);
      yield { through: "rows", x: turned, out: y };
      removeAll(y); // power iterations on what is left, not on A
      orthonormalRows(engine, s, dtype, y, q);
    }
    removeAll(q);
    copyRows(engine, dtype, q, y);
    orthonormalRows(engine, s, dtype, y, q);
    yield { through: "columns", x: q, out: turned };
    qs.push(q);
    bs.push(turned);
    rank += count;
    if (norm === 0) {
      const peaks = longPeaks(engine, s, dtype, turned);
      norm = svdJacobi(engine, s, dtype, "randomizedSvd", turned, peaks, { vectors: "none", maxSweeps: 40 }).s[0]!;
    }
  }
}

function tooClose(rank: number, residual: number, tolerance: number, dtype: FloatDtype): LowrankError {
  const advice = dtype === "f32" ? "accept more, or compute in float64" : "accept more";
  return new LowrankError(
    "NO_CONVERGENCE",
    "randomizedSvd",
    `at the full rank ${rank} the residual is bounded by ${residual.toPrecision(3)}, at most ${tolerance} was needed; ${advice}`,
  );
}
