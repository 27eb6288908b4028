// lu — Gaussian elimination with partial pivoting of a panel of columns, and its exchanges of rows made elsewhere.
//
//   lu         P·A = L·U        A: m×n, m ≥ n, becomes L below the diagonal (unit, m×n) and U from it on (n×n)
//              pivots: u32[n]: at step j, row j was exchanged with row pivots[j] ≥ j, the first of the largest |a[i, j]|
//   exchange   rows j ↔ pivots[j] of another matrix, j = 0 … n−1; columns j0 … j1−1
//
// lda    elements from one row to the next
// A column that is all zero from the diagonal down keeps its zeros: u[j, j] = 0, and the elimination goes on.
// Bytes  exactly the elements named; any alignment
// Cost   n²·(m − n/3) flops: halves of the columns in turn, so that most of it updates rows with many columns at once
//        Toledo, SIMAX 18 (1997) 1065–1081
// Error  |P·A − L·U| ≤ γₙ·|L||U|        Higham, ASNA 2e, Theorem 9.3
// LAPACK xGETRF2, xLASWP
import { axpy } from "../blas/axpy";
import { madd, madd1 } from "../core/simd";
import { swap_rows } from "./pivot";

/** Columns that are eliminated one by one. */
const FEW: usize = 4;

export function lu<T extends number>(m: usize, n: usize, a: usize, lda: usize, pivots: usize): void {
  assert(m >= n && lda >= n);
  if (n <= FEW) return eliminate<T>(m, n, a, lda, pivots);
  const left = n / 2, right = n - left, step = lda * sizeof<T>();
  const above = a + left * sizeof<T>(), rest = a + left * step, corner = rest + left * sizeof<T>();
  lu<T>(m, left, a, lda, pivots);
  exchange<T>(left, pivots, above, lda, 0, right);
  for (let i: usize = 1; i < left; ++i) {
    for (let k: usize = 0; k < i; ++k) {
      axpy<T>(right, <T>-load<T>(a + i * step + k * sizeof<T>()), above + k * step, above + i * step);
    }
  }
  for (let i = left; i < m; ++i) subtract_row<T>(left, right, a + i * step, above, step, above + i * step);
  const later = pivots + left * 4;
  lu<T>(m - left, right, corner, lda, later);
  exchange<T>(right, later, rest, lda, 0, left);
  for (let j: usize = 0; j < right; ++j) store<u32>(later + j * 4, load<u32>(later + j * 4) + <u32>left);
}

export function exchange<T extends number>(n: usize, pivots: usize, a: usize, lda: usize, j0: usize, j1: usize): void {
  const step = lda * sizeof<T>();
  const from = a + j0 * sizeof<T>();
  for (let j: usize = 0; j < n; ++j) {
    const other = <usize>load<u32>(pivots + j * 4);
    if (other != j) swap_rows<T>(j1 - j0, from + j * step, from + other * step);
  }
}

/** One column after the other; n is small. */
function eliminate<T extends number>(m: usize, n: usize, a: usize, lda: usize, pivots: usize): void {
  const step = lda * sizeof<T>();
  for (let j: usize = 0; j < n; ++j) {
    const column = a + j * sizeof<T>(), row = a + j * step;
    let at = j, most = abs<T>(load<T>(column + j * step));
    for (let i = j + 1; i < m; ++i) {
      const size = abs<T>(load<T>(column + i * step));
      if (size > most) {
        most = size;
        at = i;
      }
    }
    store<u32>(pivots + j * 4, <u32>at);
    if (at != j) swap_rows<T>(n, row, a + at * step);
    if (most == <T>0) continue;
    const pivot = load<T>(column + j * step);
    for (let i = j + 1; i < m; ++i) {
      const other = a + i * step, factor = <T>(load<T>(other + j * sizeof<T>()) / pivot);
      store<T>(other + j * sizeof<T>(), factor);
      for (let k = j + 1; k < n; ++k) {
        const p = other + k * sizeof<T>();
        store<T>(p, madd1<T>(<T>-factor, load<T>(row + k * sizeof<T>()), load<T>(p)));
      }
    }
  }
}

/** c ← c − Σₖ l[k]·u[k], k = 0 … depth−1 in this order; u's rows of n elements lie `step` bytes apart. */
function subtract_row<T extends number>(depth: usize, n: usize, l: usize, u: usize, step: usize, c: usize): void {
  const end = n * sizeof<T>(), body = end & ~15, wide = end & ~63;
  let j: usize = 0;
  for (; j < wide; j += 64) {
    let c0 = v128.load(c + j), c1 = v128.load(c + j, 16), c2 = v128.load(c + j, 32), c3 = v128.load(c + j, 48);
    for (let k: usize = 0, p = u + j; k < depth; ++k, p += step) {
      const f = v128.neg<T>(v128.splat<T>(load<T>(l + k * sizeof<T>())));
      c0 = madd<T>(f, v128.load(p), c0);
      c1 = madd<T>(f, v128.load(p, 16), c1);
      c2 = madd<T>(f, v128.load(p, 32), c2);
      c3 = madd<T>(f, v128.load(p, 48), c3);
    }
    v128.store(c + j, c0);
    v128.store(c + j, c1, 16);
    v128.store(c + j, c2, 32);
    v128.store(c + j, c3, 48);
  }
  for (; j < body; j += 16) {
    let sum = v128.load(c + j);
    for (let k: usize = 0, p = u + j; k < depth; ++k, p += step) {
      sum = madd<T>(v128.neg<T>(v128.splat<T>(load<T>(l + k * sizeof<T>()))), v128.load(p), sum);
    }
    v128.store(c + j, sum);
  }
  for (; j < end; j += sizeof<T>()) {
    let sum = load<T>(c + j);
    for (let k: usize = 0, p = u + j; k < depth; ++k, p += step) {
      sum = madd1<T>(<T>-load<T>(l + k * sizeof<T>()), load<T>(p), sum);
    }
    store<T>(c + j, sum);
  }
}
