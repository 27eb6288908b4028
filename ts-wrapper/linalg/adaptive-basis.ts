import type { Engine, FloatDtype, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { multiply } from "./gemm.ts";
import { bytesPerElement, copyRows, type Placed, place } from "./matrix.ts";
import { run, withMatrix } from "./products.ts";
import { rangeFinder } from "./range-finder.ts";
import { orthonormalRows, placeRandom, removeFrom, stackRows, sumOfSquares, throughColumns } from "./sketch.ts";

/** A ≈ Q·B with orthonormal Q. */
export interface AdaptiveBasis {
  /** Qᵀ: k×m. */
  readonly q: Placed;
  /** k×n. */
  readonly b: Placed;
  /** ‖A‖². */
  readonly total: number;
  /** ‖A − Q·B‖². */
  readonly rest: number;
}

/** Vectors added at a time: enough to run as matrix products, few enough to stop near the rank. */
const BLOCK = 32;

/**
 * Grows a basis in blocks until ‖A − Q·B‖ ≤ tolerance·‖A‖ in the Frobenius norm; a (dense) is overwritten by A − Q·B.
 *
 * Every block is found from what the blocks before have left of A, and made orthogonal to them again. What is left is measured itself:
 * the difference ‖A‖² − ‖B‖² is cheaper, and has no correct digit where the tolerance is below √u.
 * Yu, Gu & Li, SIMAX 39 (2018) 1339–1359, algorithm 2, with the residual kept. Throws `NO_CONVERGENCE` when a full basis is not enough.
 */
export function growBasis(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  a: Placed,
  tolerance: number,
  powerIterations: number,
  next: () => number,
): AdaptiveBasis {
  const most = Math.min(a.rows, a.cols);
  const total = sumOfSquares(engine, dtype, a);
  const blocks: { q: Placed; b: Placed }[] = [];
  let rank = 0;
  let rest = total;
  while (rest > tolerance * tolerance * total) {
    if (rank === most) throw tooClose(rank, Math.sqrt(rest / total), tolerance, dtype);
    const count = Math.min(BLOCK, most - rank);
    const block = { q: place(s, count, a.rows, bytesPerElement[dtype]), b: place(s, count, a.cols, bytesPerElement[dtype]) };
    rest = engine.scope((inner) => {
      const start = placeRandom(engine, inner, dtype, count, a.cols, next);
      const answer = withMatrix(engine, inner, dtype, a);
      const found = run(rangeFinder(engine, inner, dtype, a.rows, start, { powerIterations, krylov: false }), answer);
      for (const earlier of blocks) removeFrom(engine, dtype, found, earlier.q);
      const q = orthonormalRows(engine, inner, dtype, found);
      const b = throughColumns(engine, inner, dtype, a, q);
      multiply(engine, inner, dtype, { transA: true, alpha: -1, beta: 1 }, q, b, a);
      copyRows(engine, dtype, q, block.q);
      copyRows(engine, dtype, b, block.b);
      return sumOfSquares(engine, dtype, a);
    });
    blocks.push(block);
    rank += count;
  }
  const [qs, bs] = [blocks.map(({ q }) => q), blocks.map(({ b }) => b)];
  const q = stackRows(engine, s, dtype, a.rows, qs);
  const b = stackRows(engine, s, dtype, a.cols, bs);
  return { q, b, total, rest };
}

function tooClose(rank: number, residual: number, tolerance: number, dtype: FloatDtype): LowrankError {
  const advice = dtype === "f32" ? "accept more, or compute in float64" : "accept more";
  return new LowrankError(
    "NO_CONVERGENCE",
    "randomizedSvd",
    `at the full rank ${rank} the residual is ${residual.toPrecision(3)}, at most ${tolerance} was needed; ${advice}`,
  );
}
