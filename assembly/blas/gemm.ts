// gemm — matrix product.
//
//   C ← α·op(A)·op(B) + β·C        op(A): m×k · op(B): k×n · C: m×n, all row-major, elements T
//
// transA, transB  0: op(X) = X; else op(X) = Xᵀ, so A is stored k×m, B n×k
// lda, ldb, ldc   elements from one stored row to the next, at least the stored row's length
// β = 0           C is written, never read: it may hold NaN on entry
// α = 0, k = 0    C ← β·C; A and B are not read
// Work            gemm_work(m, n, k) bytes, 16-aligned: B packed whole, then one block of A for each block of rows
// In parts        gemm does all of it on one thread. To split it: gemm_pack over the panels of B, ⌈n/P⌉ of them (P = 8 for
//                 f32, 4 for f64), then gemm_rows over the rows of C, i0 a multiple of 4. How it is split cannot be seen.
// Bytes           reads and writes matrices to the last element and no further; any alignment; C and work overlap nothing
// Cost            2·m·n·k flops; sizes of the blocks: blocking.ts
// Error           |Ĉ − C| ≤ γ·(|α||A||B| + |βC|), γ = (k + k/256 + 4)u/(1 − …)        Higham, ASNA 2e, §3.5
// BLAS            xGEMM        Paper  Goto & van de Geijn, ACM TOMS 34 (2008)
import { COLS, KC, MC, ROWS } from "./blocking";
import { gemm_tile } from "./gemm_micro";
import { gemm_pack_a, gemm_pack_b } from "./gemm_pack";
import { scal } from "./scal";

/** Bytes of workspace. */
export function gemm_work<T extends number>(m: usize, n: usize, k: usize): usize {
  return panels(n, COLS<T>()) * k * 32 + panels(m, ROWS) * ROWS * min(k, KC) * sizeof<T>();
}

/** Panels that `size` rows or columns take. */
// @ts-ignore: decorator
@inline
function panels(size: usize, width: usize): usize {
  return (size + width - 1) / width;
}

export function gemm<T extends number>(
  transA: i32, transB: i32, m: usize, n: usize, k: usize, alpha: T, a: usize, lda: usize, b: usize, ldb: usize,
  beta: T, c: usize, ldc: usize, work: usize,
): void {
  if (alpha != 0) gemm_pack_b<T>(transB, k, n, b, ldb, work, 0, panels(n, COLS<T>()));
  gemm_rows<T>(transA, n, k, alpha, a, lda, beta, c, ldc, work, 0, m);
}

/** Rows i0 … i1 − 1 of C, once B is packed. */
export function gemm_rows<T extends number>(
  transA: i32, n: usize, k: usize, alpha: T, a: usize, lda: usize, beta: T, c: usize, ldc: usize, work: usize,
  i0: usize, i1: usize,
): void {
  assert((i0 & 3) == 0 && i0 <= i1 && ldc >= n);
  if (alpha == 0 || k == 0) return scale_rows<T>(n, beta, c, ldc, i0, i1);
  const packed_a = work + panels(n, COLS<T>()) * k * 32;
  for (let i = i0; i < i1; i += MC<T>()) {
    const rows = min(MC<T>(), i1 - i);
    const block = packed_a + i * min(k, KC) * sizeof<T>(); // rows of A, so no two calls share it
    for (let k0: usize = 0; k0 < k; k0 += KC) {
      const depth = min(KC, k - k0);
      gemm_pack_a<T>(transA, rows, depth, a, lda, i, k0, block);
      multiply<T>(rows, n, depth, alpha, block, work + k0 * 32, k * 32, k0 == 0 ? beta : <T>1, c + i * ldc * sizeof<T>(), ldc);
    }
  }
}

/** A block of packed rows times all panels of B, which are `stride` bytes apart; a panel of B stays while A's pass by. */
function multiply<T extends number>(
  rows: usize, n: usize, depth: usize, alpha: T, a: usize, b: usize, stride: usize, beta: T, c: usize, ldc: usize,
): void {
  for (let j: usize = 0; j < n; j += COLS<T>(), b += stride) {
    const cols = min(COLS<T>(), n - j);
    for (let i: usize = 0, p = a; i < rows; i += ROWS, p += ROWS * depth * sizeof<T>()) {
      gemm_tile<T>(min(ROWS, rows - i), cols, depth, alpha, p, b, beta, c + (i * ldc + j) * sizeof<T>(), ldc * sizeof<T>());
    }
  }
}

/** C ← β·C. */
function scale_rows<T extends number>(n: usize, beta: T, c: usize, ldc: usize, i0: usize, i1: usize): void {
  for (let i = i0; i < i1; ++i) {
    const p = c + i * ldc * sizeof<T>();
    if (beta == 0) memory.fill(p, 0, n * sizeof<T>());
    else scal<T>(n, beta, p);
  }
}
