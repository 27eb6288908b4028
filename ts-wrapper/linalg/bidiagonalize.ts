import type { Engine, FloatDtype, Ptr, Scope } from "../engine/engine.ts";
import { multiply } from "./gemm.ts";
import { bytesPerElement, elements, type Placed, part, placeZeros, spreadRows } from "./matrix.ts";

/** A = Q·B·Pᵀ: B upper bidiagonal, Q = H₀·H₁ …, P = G₀·G₁ …, each a product of reflections. */
export interface Bidiagonal {
  /** n on the diagonal of B. */
  readonly d: Float64Array;
  /** n − 1 above it. */
  readonly e: Float64Array;
  /** Row j: the vector of Hⱼ behind element j. */
  readonly left: Placed;
  readonly leftFactors: Ptr;
  /** Row j: the vector of Gⱼ, which leaves coordinate 0 alone, behind its element j + 1. */
  readonly right: Placed;
  readonly rightFactors: Ptr;
}

/** Columns between two products: a wider panel spends more on its own product, a narrower one reads the rest of A more often. */
const PANEL = 16;
/** From this many elements on the threads share the matrix–vector products, which then take longer than waking them. */
const SHARED = 2 ** 20;

/**
 * Reduces an m×n matrix, m ≥ n, to bidiagonal form, half of the work in matrix–vector products, half in products of matrices (Dongarra,
 * Sorensen & Hammarling 1989; kernels in assembly/factor/bidiagonalize.ts). `a` is destroyed and holds the vectors of P afterwards.
 */
export function bidiagonalize(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed): Bidiagonal {
  const { wasm } = engine;
  const size = bytesPerElement[dtype];
  const { rows: m, cols: n } = a;
  const left = placeZeros(engine, s, n, m, size);
  const [d, e, tauQ, tauP] = [0, 1, 2, 3].map(() => s.alloc(n * size)) as [Ptr, Ptr, Ptr, Ptr];
  const ldl = spreadRows(m, size);
  const ldr = spreadRows(n, size);
  const l = s.alloc(2 * PANEL * ldl * size);
  const r = s.alloc(2 * PANEL * ldr * size);
  const work = s.alloc(wasm[`bidiagonal_work_${dtype}`](m, n, PANEL) >>> 0);
  for (let k = 0; k < n; k += PANEL) {
    const nb = Math.min(PANEL, n - k);
    const rest = part(a, size, k, k);
    const v = part(left, size, k, k);
    const [dk, ek, qk, pk] = [d, e, tauQ, tauP].map((p) => p + k * size) as [Ptr, Ptr, Ptr, Ptr];
    const shape = [rest.rows, rest.cols] as const;
    if (engine.threads > 1 && rest.rows * rest.cols >= SHARED) {
      for (let i = 0; i < nb; i++) {
        wasm[`bidiagonal_left_${dtype}`](i, ...shape, rest.ptr, a.ld, v.ptr, v.ld, l, ldl, r, ldr, dk, qk, work);
        const pass = [i, ...shape, rest.ptr, a.ld, v.ptr, v.ld, r, ldr, qk, work];
        engine.parallel(`bidiagonal_pass_${dtype}`, pass, wasm.bidiagonal_blocks(rest.cols), 1);
        wasm[`bidiagonal_right_${dtype}`](i, ...shape, rest.ptr, a.ld, l, ldl, r, ldr, ek, pk, work);
      }
    } else {
      wasm[`bidiagonal_panel_${dtype}`](...shape, nb, rest.ptr, a.ld, v.ptr, v.ld, l, ldl, r, ldr, dk, ek, qk, pk, work);
    }
    const behind = part(rest, size, nb, nb);
    if (behind.cols === 0) break;
    const columns: Placed = { ptr: (l + nb * size) as Ptr, rows: 2 * nb, cols: behind.rows, ld: ldl };
    const rows: Placed = { ptr: (r + nb * size) as Ptr, rows: 2 * nb, cols: behind.cols, ld: ldr };
    engine.scope((inner) => multiply(engine, inner, dtype, { transA: true, alpha: -1, beta: 1 }, columns, rows, behind));
  }
  return {
    d: Float64Array.from(elements(engine, d, n, dtype)),
    e: Float64Array.from(elements(engine, e, Math.max(0, n - 1), dtype)),
    left,
    leftFactors: tauQ,
    right: part(a, size, 0, Math.min(1, n)),
    rightFactors: tauP,
  };
}
