import type { Engine, FloatDtype, Scope } from "../engine/engine.ts";
import { multiply } from "./gemm.ts";
import type { Triplets } from "./leading-triplets.ts";
import { bytesPerElement, elements, placeRows } from "./matrix.ts";
import type { Steps } from "./products.ts";
import { placeRandom, rowSquares } from "./sketch.ts";

/**
 * For a fixed matrix E and r independent normal vectors ω, ‖E‖₂ ≤ 10·√(2/π)·max ‖E·ω‖ except with probability 10⁻ʳ.
 * Halko, Martinsson & Tropp, SIAM Review 53 (2011) 217–288, lemma 4.1 with α = 10.
 */
export const ERROR_FACTOR: number = 10 * Math.sqrt(2 / Math.PI);

/** A bound of ‖A − U·diag(s)·Vᵀ‖₂ that fails with probability 10^−probes, from products with vectors that nothing else depends on. */
export function* errorBound(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  { u, s: values, vt }: Triplets,
  probes: number,
  next: () => number,
): Steps<number> {
  const x = placeRandom(engine, s, dtype, probes, vt.cols, next);
  const y = placeRows(s, probes, u.rows, bytesPerElement[dtype]);
  yield { through: "rows", x, out: y };
  engine.scope((inner) => {
    const shares = placeRows(inner, probes, values.length, bytesPerElement[dtype]);
    multiply(engine, inner, dtype, { transB: true }, x, vt, shares);
    const view = elements(engine, shares.ptr, probes * shares.ld, dtype);
    for (let i = 0; i < probes; i++) for (let j = 0; j < values.length; j++) view[i * shares.ld + j]! *= values[j]!;
    multiply(engine, inner, dtype, { transB: true, alpha: -1, beta: 1 }, shares, u, y);
  });
  return ERROR_FACTOR * Math.sqrt(Math.max(...rowSquares(engine, dtype, y)));
}
