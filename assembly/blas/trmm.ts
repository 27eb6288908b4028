// trmm — a triangular matrix times a matrix, in place.
//
//   left    B ← α·op(A)·B        A: m×m triangular · B: m×n, its n columns multiplied
//   right   B ← α·B·op(A)        A: m×m triangular · B: n×m, its n rows multiplied: the left case of the transposes
//
// tri           T = op(A), for `right` op(A)ᵀ, as tri_pack leaves it; `right`, `turned`, ldb: as there
// p0, p1        panels of 8 (f32) or 4 (f64) columns or rows multiplied, ⌈n/P⌉ in all, each on its own. How they are split cannot be seen.
// α = 0         B ← 0; neither A nor B is read
// Work          x: columns_work(m, n) bytes, 16-aligned
// Bytes         reads and writes B to the last element and no further; any alignment; B, tri and x overlap nothing
// Cost          m²·n flops, on the tile of gemm but for the squares of 4 on the diagonal
// Error         |B̂ − α·T·B| ≤ γ·|α||T||B|, γ = (m + m/256 + 4)u/(1 − …)        Higham, ASNA 2e, §3.5
// BLAS          xTRMM
import { COLS, KC, MC, ROWS } from "./blocking";
import { gemm_tile } from "./gemm_micro";
import { madd } from "../core/simd";
import { columns_in, columns_out, group_at, padded } from "./triangle";

export function trmm<T extends number>(
  right: i32, turned: i32, m: usize, n: usize, alpha: T, tri: usize, b: usize, ldb: usize, x: usize, p0: usize, p1: usize,
): void {
  assert(p0 <= p1);
  columns_in<T>(right, turned, m, n, alpha, b, ldb, x, p0, p1);
  const rows = padded(m), size = rows * 32;
  if (alpha != 0) {
    // From the last row up, so that what a row is made of has not changed yet.
    for (let blocks = (rows + MC<T>() - 1) / MC<T>(); blocks > 0; --blocks) {
      const i0 = (blocks - 1) * MC<T>(), i1 = min(rows, i0 + MC<T>());
      for (let p = p0; p < p1; ++p) {
        for (let i = i1; i > i0; ) {
          i -= ROWS;
          const panel = x + p * size;
          multiply_square<T>(tri + group_at<T>(i / ROWS) + i * ROWS * sizeof<T>(), panel + i * 32);
          if (i > i0) add<T>(i - i0, tri, i, i0, panel);
        }
      }
      for (let k: usize = 0; k < i0; k += KC) {
        for (let p = p0; p < p1; ++p) {
          for (let i = i0; i < i1; i += ROWS) add<T>(min(KC, i0 - k), tri, i, k, x + p * size);
        }
      }
    }
  }
  columns_out<T>(right, turned, m, n, b, ldb, x, p0, p1);
}

/** Rows i … i + 3 of a panel plus T's columns k … k + depth − 1 times its rows there. */
// @ts-ignore: decorator
@inline
function add<T extends number>(depth: usize, tri: usize, i: usize, k: usize, panel: usize): void {
  const t = tri + group_at<T>(i / ROWS) + k * ROWS * sizeof<T>();
  gemm_tile<T>(ROWS, COLS<T>(), depth, <T>1, t, panel + k * 32, <T>1, panel + i * 32, 32);
}

/** The square on the diagonal times four rows of a panel; zeros above the diagonal take no part, so that NaN stays in its rows. */
function multiply_square<T extends number>(square: usize, x: usize): void {
  for (let i = ROWS; i > 0; ) {
    --i;
    const d = v128.splat<T>(load<T>(square + (i * ROWS + i) * sizeof<T>()));
    let lo = v128.mul<T>(d, v128.load(x + i * 32)), hi = v128.mul<T>(d, v128.load(x + i * 32, 16));
    for (let k: usize = 0; k < i; ++k) {
      const t = v128.splat<T>(load<T>(square + (k * ROWS + i) * sizeof<T>()));
      lo = madd<T>(t, v128.load(x + k * 32), lo);
      hi = madd<T>(t, v128.load(x + k * 32, 16), hi);
    }
    v128.store(x + i * 32, lo);
    v128.store(x + i * 32, hi, 16);
  }
}
