// trsm — triangular systems with many right-hand sides.
//
//   left    op(A)·X = α·B,  B ← X        A: m×m triangular · B: m×n, its n columns solved for
//   right   X·op(A) = α·B,  B ← X        A: m×m triangular · B: n×m, its n rows solved for: the left case of the transposes
//
// tri           T = op(A), for `right` op(A)ᵀ, as tri_pack leaves it; `right`, `turned`, ldb: as there
// p0, p1        panels of 8 (f32) or 4 (f64) columns or rows solved for, ⌈n/P⌉ in all, each on its own. How they are split cannot be seen.
// α = 0         B ← 0; neither A nor B is read
// A zero on the diagonal divides as IEEE 754 says
// Work          x: columns_work(m, n) bytes, 16-aligned
// Bytes         reads and writes B to the last element and no further; any alignment; B, tri and x overlap nothing
// Cost          m²·n flops, on the tile of gemm but for the squares of 4 on the diagonal
// Error         (T + ΔT)·x̂ = α·b + δ, |ΔT| ≤ γₘ₊₁·|T|, |δ| ≤ u·|α·b|, column by column        Higham, ASNA 2e, Theorem 8.5
// BLAS          xTRSM
import { COLS, KC, MC, ROWS } from "./blocking";
import { gemm_tile } from "./gemm_micro";
import { madd } from "../core/simd";
import { columns_in, columns_out, group_at, padded } from "./triangle";

export function trsm<T extends number>(
  right: i32, turned: i32, m: usize, n: usize, alpha: T, tri: usize, b: usize, ldb: usize, x: usize, p0: usize, p1: usize,
): void {
  assert(p0 <= p1);
  columns_in<T>(right, turned, m, n, alpha, b, ldb, x, p0, p1);
  const rows = padded(m), size = rows * 32;
  if (alpha != 0) {
    for (let i0: usize = 0; i0 < rows; i0 += MC<T>()) {
      const i1 = min(rows, i0 + MC<T>());
      // What is known by now is taken off the block, a block of T at a time while the panels pass by; then it is solved.
      for (let k: usize = 0; k < i0; k += KC) {
        for (let p = p0; p < p1; ++p) {
          for (let i = i0; i < i1; i += ROWS) subtract<T>(min(KC, i0 - k), tri, i, k, x + p * size);
        }
      }
      for (let p = p0; p < p1; ++p) {
        for (let i = i0; i < i1; i += ROWS) {
          const panel = x + p * size;
          if (i > i0) subtract<T>(i - i0, tri, i, i0, panel);
          substitute<T>(tri + group_at<T>(i / ROWS) + i * ROWS * sizeof<T>(), panel + i * 32);
        }
      }
    }
  }
  columns_out<T>(right, turned, m, n, b, ldb, x, p0, p1);
}

/** Rows i … i + 3 of a panel less T's columns k … k + depth − 1 times its rows there. */
// @ts-ignore: decorator
@inline
function subtract<T extends number>(depth: usize, tri: usize, i: usize, k: usize, panel: usize): void {
  const t = tri + group_at<T>(i / ROWS) + k * ROWS * sizeof<T>();
  gemm_tile<T>(ROWS, COLS<T>(), depth, <T>-1, t, panel + k * 32, <T>1, panel + i * 32, 32);
}

/** The square on the diagonal: four rows of a panel, one after the other. */
function substitute<T extends number>(square: usize, x: usize): void {
  for (let i: usize = 0; i < ROWS; ++i) {
    let lo = v128.load(x + i * 32), hi = v128.load(x + i * 32, 16);
    for (let k: usize = 0; k < i; ++k) {
      const t = v128.neg<T>(v128.splat<T>(load<T>(square + (k * ROWS + i) * sizeof<T>())));
      lo = madd<T>(t, v128.load(x + k * 32), lo);
      hi = madd<T>(t, v128.load(x + k * 32, 16), hi);
    }
    const d = v128.splat<T>(load<T>(square + (i * ROWS + i) * sizeof<T>()));
    v128.store(x + i * 32, v128.div<T>(lo, d));
    v128.store(x + i * 32, v128.div<T>(hi, d), 16);
  }
}
