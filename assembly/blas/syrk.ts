// syrk — one triangle of a matrix times its own transpose.
//
//   C ← α·op(A)·op(A)ᵀ + β·C        op(A): n×k · C: n×n, of which one triangle and the diagonal are computed
//
// upper   0: C's lower triangle, else its upper one; the other is neither read nor written
// trans   0: op(A) = A, stored n×k; else op(A) = Aᵀ, A stored k×n
// β = 0   C is written, never read: it may hold NaN on entry
// α = 0, k = 0   the triangle ← β·C; A is not read
// work    syrk_work(n, k) bytes, 16-aligned. First gemm_pack writes op(A)ᵀ there, as the right factor: gemm_pack(1 − trans, k, n, A, lda, work)
// i0, i1  rows of C, i0 a multiple of 4. How they are split cannot be seen.
// Bytes   reads A, reads and writes the triangle of C to the last element and no further; any alignment; C and work overlap nothing
// Cost    n²·k flops, on the tiles of gemm: each element has the bits that gemm gives it
// Error   |Ĉ − C| ≤ γ·(|α||A||Aᵀ| + |βC|), γ = (k + k/256 + 4)u/(1 − …)        Higham, ASNA 2e, §3.5
// BLAS    xSYRK
import { COLS, KC, MC, ROWS } from "./blocking";
import { madd1 } from "../core/simd";
import { gemm_work } from "./gemm";
import { gemm_tile } from "./gemm_micro";
import { gemm_pack_a } from "./gemm_pack";
import { scal } from "./scal";

/** Bytes of workspace: that of gemm, and 32 for each row, of which a tile that the diagonal crosses takes four. */
export function syrk_work<T extends number>(n: usize, k: usize): usize {
  return gemm_work<T>(n, n, k) + (n + ROWS) * 32;
}

export function syrk_rows<T extends number>(
  upper: i32, trans: i32, n: usize, k: usize, alpha: T, a: usize, lda: usize, beta: T, c: usize, ldc: usize, work: usize,
  i0: usize, i1: usize,
): void {
  assert(i0 % ROWS == 0 && i0 <= i1 && ldc >= n);
  if (alpha == 0 || k == 0) return scale_triangle<T>(upper, n, beta, c, ldc, i0, i1);
  const packed_a = work + (n + COLS<T>() - 1) / COLS<T>() * k * 32;
  for (let i = i0; i < i1; i += MC<T>()) {
    const rows = min(MC<T>(), i1 - i);
    const block = packed_a + i * min(k, KC) * sizeof<T>(); // rows of A, so no two calls share it
    const tile = work + gemm_work<T>(n, n, k) + i * 32;
    for (let k0: usize = 0; k0 < k; k0 += KC) {
      const depth = min(KC, k - k0);
      gemm_pack_a<T>(trans, rows, depth, a, lda, i, k0, block);
      multiply<T>(upper, i, rows, n, depth, alpha, block, work + k0 * 32, k * 32, k0 == 0 ? beta : <T>1, c, ldc, tile);
    }
  }
}

/** Rows i0 … i0 + rows − 1: the panels of B, `stride` bytes apart, that the triangle has there. */
function multiply<T extends number>(
  upper: i32, i0: usize, rows: usize, n: usize, depth: usize, alpha: T, a: usize, b: usize, stride: usize, beta: T,
  c: usize, ldc: usize, tile: usize,
): void {
  const width = COLS<T>();
  const from = upper ? i0 / width : 0, to = ((upper ? n : i0 + rows) + width - 1) / width;
  for (let q = from; q < to; ++q) {
    const j = q * width, cols = min(width, n - j);
    for (let r: usize = 0, p = a; r < rows; r += ROWS, p += ROWS * depth * sizeof<T>()) {
      const i = i0 + r, count = min(ROWS, rows - r), at = c + (i * ldc + j) * sizeof<T>();
      const firstRow = i, lastRow = i + count - 1, lastCol = j + cols - 1;
      if (upper ? lastCol < firstRow : j > lastRow) continue;
      if (upper ? j >= lastRow : lastCol <= firstRow) {
        gemm_tile<T>(count, cols, depth, alpha, p, b + q * stride, beta, at, ldc * sizeof<T>());
      } else {
        gemm_tile<T>(count, cols, depth, alpha, p, b + q * stride, <T>0, tile, 32);
        put_triangle<T>(upper, i, count, j, cols, tile, beta, at, ldc * sizeof<T>());
      }
    }
  }
}

/** Of a tile that the diagonal crosses, what lies in the triangle. */
function put_triangle<T extends number>(
  upper: i32, i: usize, rows: usize, j: usize, cols: usize, tile: usize, beta: T, c: usize, ldc: usize,
): void {
  for (let r: usize = 0; r < rows; ++r) {
    for (let s: usize = 0; s < cols; ++s) {
      if (upper ? j + s < i + r : j + s > i + r) continue;
      const at = c + r * ldc + s * sizeof<T>(), sum = load<T>(tile + r * 32 + s * sizeof<T>());
      store<T>(at, beta == 0 ? sum : madd1<T>(beta, load<T>(at), sum));
    }
  }
}

/** The triangle's rows i0 … i1 − 1 times β. */
function scale_triangle<T extends number>(upper: i32, n: usize, beta: T, c: usize, ldc: usize, i0: usize, i1: usize): void {
  for (let i = i0; i < i1; ++i) {
    const p = c + (i * ldc + (upper ? i : 0)) * sizeof<T>(), count = upper ? n - i : i + 1;
    if (beta == 0) memory.fill(p, 0, count * sizeof<T>());
    else scal<T>(count, beta, p);
  }
}
