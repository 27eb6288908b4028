import type { Engine, FloatDtype, Ptr, Scope } from "../engine/engine.ts";
import { FEW } from "./gemm.ts";
import { bytesPerElement, type Placed, part, place } from "./matrix.ts";
import { product } from "./product.ts";

/**
 * Elementary reflections H₀·H₁ … as one: I − Vᵀ·T·V with the reflections' vectors in the rows of V, nb×n, and T upper triangular (Schreiber
 * & Van Loan 1989, kernels in assembly/factor/block_reflector.ts). Applying it is three products of matrices.
 */
export interface BlockReflector {
  readonly v: Placed;
  readonly t: Placed;
}

/** How many reflections make one block: products this deep run near full speed, and what T costs extra is still little. */
export const BLOCK = 32;

/** @param v rows in full: zeros, the 1, and the rest of each vector */
export function blockReflector(engine: Engine, s: Scope, dtype: FloatDtype, v: Placed, tau: Ptr): BlockReflector {
  const nb = v.rows;
  const size = bytesPerElement[dtype];
  const gram = place(s, nb, nb, size);
  product(engine, s, dtype, { transB: true }, v, v, gram);
  const t = place(s, nb, nb, size);
  engine.wasm[`block_triangle_${dtype}`](nb, gram.ptr, gram.ld, tau, t.ptr, t.ld);
  return { v, t };
}

/** W ← W·(I − Vᵀ·T·V), or W·(I − Vᵀ·T·V)ᵀ. W has as many columns as V. */
export function applyBlock(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  { v, t }: BlockReflector,
  transposed: boolean,
  w: Placed,
): void {
  if (w.rows === 0) return;
  const size = bytesPerElement[dtype];
  const along = place(s, w.rows, v.rows, size);
  const turned = place(s, w.rows, v.rows, size);
  product(engine, s, dtype, { transB: true }, w, v, along);
  product(engine, s, dtype, { transB: transposed }, along, t, turned);
  product(engine, s, dtype, { alpha: -1, beta: 1 }, turned, v, w);
}

/**
 * W ← W·(H₀·H₁ … H₍ₚ₋₁₎)ᵀ, block by block from the last: each row of W is multiplied by the product as a column.
 *
 * @param x row j holds reflection j's vector behind element j, with whatever in front; rows ≥ p, cols = w.cols
 * @param identity W's rows are still those of the identity below its row p: a block leaves the rows above its own first one alone
 */
export function applyReflections(
  engine: Engine,
  dtype: FloatDtype,
  x: Placed,
  p: number,
  tau: Ptr,
  w: Placed,
  identity = false,
): void {
  const size = bytesPerElement[dtype];
  for (let k = Math.floor((p - 1) / BLOCK) * BLOCK; k >= 0; k -= BLOCK) {
    engine.scope((s) => {
      const nb = Math.min(BLOCK, p - k);
      const v = place(s, nb, x.cols - k, size);
      engine.wasm[`unit_reflectors_${dtype}`](nb, v.cols, part(x, size, k, k).ptr, x.ld, v.ptr, v.ld);
      const block = blockReflector(engine, s, dtype, v, (tau + k * size) as Ptr);
      // Products of few rows are summed in another order: where W has more, so has each part of it, and the bits are those of the whole.
      const from = identity ? Math.min(k, Math.max(0, w.rows - FEW - 1)) : 0;
      applyBlock(engine, s, dtype, block, true, part(w, size, from, k, w.rows - from, v.cols));
    });
  }
}
