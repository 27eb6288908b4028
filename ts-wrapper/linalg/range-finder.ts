import type { Engine, FloatDtype, Scope } from "../engine/engine.ts";
import { bytesPerElement, copyRows, type Placed, placeRows } from "./matrix.ts";
import type { Steps } from "./products.ts";
import { orthonormalRows } from "./sketch.ts";

export interface RangeOptions {
  /** Products with A·Aᵀ. */
  readonly powerIterations: number;
  /** Keep the bases of all iterations, not the last one alone. */
  readonly krylov: boolean;
}

/**
 * An orthonormal basis of what A (m×n) makes of `start` (l×n, overwritten), with a QR after every half step, so that small singular
 * values are not lost to rounding.
 *
 *   power    range of (A·Aᵀ)^q·A·startᵀ: l×m              Halko, Martinsson & Tropp, SIAM Review 53 (2011) 217–288, algorithm 4.4
 *   krylov   range of [A·Ω, (A·Aᵀ)·A·Ω, …]: (q + 1)·l×m   Musco & Musco, NeurIPS 28 (2015) 1396–1404, algorithm 2
 *
 * The Krylov space holds what the power iteration finds and more: it needs about the root of the iterations for the same accuracy.
 * (q + 1)·l must not be more than m.
 */
export function* rangeFinder(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  m: number,
  start: Placed,
  { powerIterations, krylov }: RangeOptions,
): Steps<Placed> {
  const l = start.rows;
  const product = placeRows(s, l, m, bytesPerElement[dtype]);
  const q = placeRows(s, l, m, bytesPerElement[dtype]);
  const all = krylov ? placeRows(s, (powerIterations + 1) * l, m, bytesPerElement[dtype]) : undefined;
  yield { through: "rows", x: start, out: product };
  orthonormalRows(engine, s, dtype, product, q);
  if (all) copyRows(engine, dtype, q, all);
  const z = powerIterations > 0 ? placeRows(s, l, start.cols, bytesPerElement[dtype]) : start;
  for (let i = 1; i <= powerIterations; i++) {
    yield { through: "columns", x: q, out: start };
    orthonormalRows(engine, s, dtype, start, z);
    yield { through: "rows", x: z, out: product };
    orthonormalRows(engine, s, dtype, product, q);
    if (all) copyRows(engine, dtype, q, all, i * l);
  }
  return all ? orthonormalRows(engine, s, dtype, all) : q;
}
