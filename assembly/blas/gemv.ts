// gemv, gemv_t — matrix times vector.
//
//   gemv     y ← α·A·x + β·y         A: m×n row-major · x: n · y: m · elements T
//   gemv_t   y ← α·Aᵀ·x + β·y        A: m×n row-major · x: m · y: n
//
// lda     elements from one row of A to the next, ≥ n
// i0, i1  rows of y computed, each on its own: gemv rows of A, gemv_t columns of A (j0, j1)
// β = 0   y is written, never read: it may hold NaN on entry. gemv_t starts from β·y and adds (α·xᵢ)·A[i, j] in the order of i
// Bytes   reads A and x, writes y, to the last byte and no further; any alignment; y overlaps nothing
// Error   |ŷ − y| ≤ γ·(|α||A||x| + |βy|), γ = (k + 3)u/(1 − (k + 3)u), k = n, for gemv_t m        Higham, ASNA 2e, §3.1
// BLAS    xGEMV
import { hsum, madd, madd1 } from "../core/simd";

export function gemv<T extends number>(
  n: usize, alpha: T, a: usize, lda: usize, x: usize, beta: T, y: usize, i0: usize, i1: usize,
): void {
  assert(lda >= n && i0 <= i1);
  const row = lda * sizeof<T>(), body = (n * sizeof<T>()) & ~15;
  let i = i0;
  let p = a + i0 * row;
  // Four rows share each load of x; every row sums in the same order as one alone.
  for (; i + 4 <= i1; i += 4, p += 4 * row) {
    const q = p + row, r = q + row, s = r + row;
    let s0 = v128.splat<T>(<T>0), s1 = v128.splat<T>(<T>0), s2 = v128.splat<T>(<T>0), s3 = v128.splat<T>(<T>0);
    for (let j: usize = 0; j < body; j += 16) {
      const v = v128.load(x + j);
      s0 = madd<T>(v128.load(p + j), v, s0);
      s1 = madd<T>(v128.load(q + j), v, s1);
      s2 = madd<T>(v128.load(r + j), v, s2);
      s3 = madd<T>(v128.load(s + j), v, s3);
    }
    put<T>(y, i, alpha, beta, tail<T>(n, hsum<T>(s0), p, x));
    put<T>(y, i + 1, alpha, beta, tail<T>(n, hsum<T>(s1), q, x));
    put<T>(y, i + 2, alpha, beta, tail<T>(n, hsum<T>(s2), r, x));
    put<T>(y, i + 3, alpha, beta, tail<T>(n, hsum<T>(s3), s, x));
  }
  for (; i < i1; ++i, p += row) {
    let s0 = v128.splat<T>(<T>0);
    for (let j: usize = 0; j < body; j += 16) s0 = madd<T>(v128.load(p + j), v128.load(x + j), s0);
    put<T>(y, i, alpha, beta, tail<T>(n, hsum<T>(s0), p, x));
  }
}

/** sum + the products behind the last whole vector. */
// @ts-ignore: decorator
@inline
function tail<T extends number>(n: usize, sum: T, p: usize, x: usize): T {
  const end = n * sizeof<T>();
  for (let j = end & ~15; j < end; j += sizeof<T>()) sum = <T>(sum + <T>(load<T>(p + j) * load<T>(x + j)));
  return sum;
}

// @ts-ignore: decorator
@inline
function put<T extends number>(y: usize, i: usize, alpha: T, beta: T, sum: T): void {
  const at = y + i * sizeof<T>();
  store<T>(at, beta == 0 ? <T>(alpha * sum) : madd1<T>(alpha, sum, <T>(beta * load<T>(at))));
}

export function gemv_t<T extends number>(
  m: usize, alpha: T, a: usize, lda: usize, x: usize, beta: T, y: usize, j0: usize, j1: usize,
): void {
  assert(j0 <= j1);
  const row = lda * sizeof<T>();
  for (let j = j0; j < j1; ++j) {
    const at = y + j * sizeof<T>();
    store<T>(at, beta == 0 ? <T>0 : <T>(beta * load<T>(at)));
  }
  a += j0 * sizeof<T>();
  y += j0 * sizeof<T>();
  const end = (j1 - j0) * sizeof<T>(), body = end & ~15;
  let i: usize = 0;
  // Four rows for each pass over y, added one after the other.
  for (; i + 4 <= m; i += 4, a += 4 * row) {
    const b = a + row, c = b + row, d = c + row;
    const f0 = factor<T>(alpha, x, i), f1 = factor<T>(alpha, x, i + 1), f2 = factor<T>(alpha, x, i + 2), f3 = factor<T>(alpha, x, i + 3);
    const g0 = v128.splat<T>(f0), g1 = v128.splat<T>(f1), g2 = v128.splat<T>(f2), g3 = v128.splat<T>(f3);
    let j: usize = 0;
    for (; j < body; j += 16) {
      const s = madd<T>(g1, v128.load(b + j), madd<T>(g0, v128.load(a + j), v128.load(y + j)));
      v128.store(y + j, madd<T>(g3, v128.load(d + j), madd<T>(g2, v128.load(c + j), s)));
    }
    for (; j < end; j += sizeof<T>()) {
      const s = madd1<T>(f1, load<T>(b + j), madd1<T>(f0, load<T>(a + j), load<T>(y + j)));
      store<T>(y + j, madd1<T>(f3, load<T>(d + j), madd1<T>(f2, load<T>(c + j), s)));
    }
  }
  for (; i < m; ++i, a += row) {
    const f = factor<T>(alpha, x, i), g = v128.splat<T>(f);
    let j: usize = 0;
    for (; j < body; j += 16) v128.store(y + j, madd<T>(g, v128.load(a + j), v128.load(y + j)));
    for (; j < end; j += sizeof<T>()) store<T>(y + j, madd1<T>(f, load<T>(a + j), load<T>(y + j)));
  }
}

// @ts-ignore: decorator
@inline
function factor<T extends number>(alpha: T, x: usize, i: usize): T {
  return <T>(alpha * load<T>(x + i * sizeof<T>()));
}
