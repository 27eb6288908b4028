// gemm_few, gemm_few_t — a product with few rows, by which B passes once: copying B into panels would cost more than the product.
//
//   gemm_few     C ← α·A·B + β·C         A: m×k · B: k×n · C: m×n, all row-major, elements T
//   gemm_few_t   C ← α·A·Bᵀ + β·C        B stored n×k
//
// lda, ldb, ldc   elements from one stored row to the next, at least the stored row's length
// j0, j1  columns of C computed, each on its own: how they are split cannot be seen, nor which rows of A come together
// β = 0   C is written, never read: it may hold NaN on entry
// Bytes   reads and writes matrices to the last element and no further; any alignment; C overlaps nothing
// Cost    2·m·n·k flops; B is read from memory once, A and C again and again, from a cache
// Error   |Ĉ − C| ≤ γ·(|α||A||B| + |βC|), γ = (k + 4)u/(1 − (k + 4)u)        Higham, ASNA 2e, §3.5
import { hsum, madd, madd1 } from "../core/simd";
import { gemv_t } from "./gemv";

/** Rows of B, and bytes of each, that stay in the second-level cache while all rows of A pass by; a page is read in one go. */
const DEPTH: usize = 32;
const STRIP: usize = 4096;

export function gemm_few<T extends number>(
  m: usize, k: usize, alpha: T, a: usize, lda: usize, b: usize, ldb: usize, beta: T, c: usize, ldc: usize, j0: usize, j1: usize,
): void {
  assert(lda >= k && j0 <= j1);
  const width: usize = STRIP / sizeof<T>();
  for (let j = j0; j < j1; j += width) {
    for (let k0: usize = 0; k0 == 0 || k0 < k; k0 += DEPTH) {
      const depth = min(DEPTH, k - k0), from = b + k0 * ldb * sizeof<T>();
      for (let i: usize = 0; i < m; ++i) {
        const x = a + (i * lda + k0) * sizeof<T>();
        gemv_t<T>(depth, alpha, from, ldb, x, k0 == 0 ? beta : <T>1, c + i * ldc * sizeof<T>(), j, min(j + width, j1));
      }
    }
  }
}

export function gemm_few_t<T extends number>(
  m: usize, k: usize, alpha: T, a: usize, lda: usize, b: usize, ldb: usize, beta: T, c: usize, ldc: usize, j0: usize, j1: usize,
): void {
  assert(lda >= k && ldb >= k && j0 <= j1);
  lda *= sizeof<T>();
  ldb *= sizeof<T>();
  ldc *= sizeof<T>();
  for (let j = j0; j < j1; j += 4) {
    const count = min(4, j1 - j), q = b + j * ldb, at = c + j * sizeof<T>();
    let i: usize = 0;
    for (; i + 2 < m; i += 4) {
      const rows = min(4, m - i), p = a + i * lda;
      tile<T>(rows, count, k, alpha, p, lda, q, ldb, beta, at + i * ldc, ldc, sizeof<T>());
      if (count > 2) tile<T>(rows, count - 2, k, alpha, p, lda, q + 2 * ldb, ldb, beta, at + i * ldc + 2 * sizeof<T>(), ldc, sizeof<T>());
    }
    if (i < m) tile<T>(count, m - i, k, alpha, q, ldb, a + i * lda, lda, beta, at + i * ldc, sizeof<T>(), ldc);
  }
}

/**
 * Inner products of up to four rows with up to two others, which share their loads; to C by its distances `down` and `across`. Where
 * there are fewer, the last is taken again and its sums are dropped. Distances are bytes.
 */
function tile<T extends number>(
  rows: usize, others: usize, k: usize, alpha: T, a0: usize, lda: usize, b0: usize, ldb: usize, beta: T,
  c: usize, down: usize, across: usize,
): void {
  const end = k * sizeof<T>(), body = end & ~15, two = others > 1;
  const a1 = rows > 1 ? a0 + lda : a0, a2 = rows > 2 ? a1 + lda : a1, a3 = rows > 3 ? a2 + lda : a2, b1 = two ? b0 + ldb : b0;
  let c00 = v128.splat<T>(<T>0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  for (let p: usize = 0; p < body; p += 16) {
    const x = v128.load(b0 + p), y = v128.load(b1 + p);
    const s = v128.load(a0 + p), t = v128.load(a1 + p), u = v128.load(a2 + p), v = v128.load(a3 + p);
    c00 = madd<T>(s, x, c00); c01 = madd<T>(s, y, c01);
    c10 = madd<T>(t, x, c10); c11 = madd<T>(t, y, c11);
    c20 = madd<T>(u, x, c20); c21 = madd<T>(u, y, c21);
    c30 = madd<T>(v, x, c30); c31 = madd<T>(v, y, c31);
  }
  put<T>(c00, body, end, a0, b0, alpha, beta, c);
  if (two) put<T>(c01, body, end, a0, b1, alpha, beta, c + across);
  if (rows == 1) return;
  c += down;
  put<T>(c10, body, end, a1, b0, alpha, beta, c);
  if (two) put<T>(c11, body, end, a1, b1, alpha, beta, c + across);
  if (rows == 2) return;
  c += down;
  put<T>(c20, body, end, a2, b0, alpha, beta, c);
  if (two) put<T>(c21, body, end, a2, b1, alpha, beta, c + across);
  if (rows == 3) return;
  c += down;
  put<T>(c30, body, end, a3, b0, alpha, beta, c);
  if (two) put<T>(c31, body, end, a3, b1, alpha, beta, c + across);
}

/** The lanes' sum, and the products behind the last whole vector. */
function put<T extends number>(lanes: v128, body: usize, end: usize, a: usize, b: usize, alpha: T, beta: T, c: usize): void {
  let sum = hsum<T>(lanes);
  for (let p = body; p < end; p += sizeof<T>()) sum = madd1<T>(load<T>(a + p), load<T>(b + p), sum);
  store<T>(c, beta == 0 ? <T>(alpha * sum) : madd1<T>(alpha, sum, <T>(beta * load<T>(c))));
}
