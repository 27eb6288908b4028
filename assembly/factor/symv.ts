// symv — a symmetric matrix times a vector; the matrix is read once, and only its upper triangle.
//
//   y ← A·x, as a sum of parts        A: n×n symmetric, upper triangle row-major, lda ≥ n · x, y: n · elements T
//
//   symv        parts p0 … p1−1: what the rows of part p add, y[p·ldy + j] for j ≥ symv_start(p), the columns it can reach
//   symv_sum    y[j] ← the sum of all parts, in their order
//   symv_start  the first row of part p: rows are cut where the areas of the triangle are about equal, at multiples of 4
//
// y      parts rows of ldy ≥ n; part 0 is the result. With one part symv alone is the product
// Split  the parts, and so the rounding, depend on n and `parts` only: threads may take one part each
// Bytes  the upper triangle of A, its diagonal with it; x; y as said
// Cost   2n² flops, n²/2 elements of A read
// Error  |ŷ − y| ≤ γ·|A||x|, γ = (n + parts)u/(1 − …)        Higham, ASNA 2e, §3.1
// BLAS   xSYMV
import { hsum, madd, madd1 } from "../core/simd";

export function symv_start(n: usize, parts: usize, p: usize): usize {
  if (p >= parts) return n;
  return <usize>(<f64>n * (1 - sqrt<f64>(<f64>(parts - p) / <f64>parts))) & ~3;
}

export function symv<T extends number>(
  n: usize, parts: usize, a: usize, lda: usize, x: usize, y: usize, ldy: usize, p0: usize, p1: usize,
): void {
  assert(lda >= n && ldy >= n && p1 <= parts);
  for (let p = p0; p < p1; ++p) {
    const first = symv_start(n, parts, p), end = symv_start(n, parts, p + 1);
    const out = y + p * ldy * sizeof<T>();
    memory.fill(out + first * sizeof<T>(), 0, (n - first) * sizeof<T>());
    let i = first;
    for (; i + 4 <= end; i += 4) rows_4<T>(n, i, a + i * lda * sizeof<T>(), lda * sizeof<T>(), x, out);
    for (; i < end; ++i) rows_1<T>(n, i, a + i * lda * sizeof<T>(), x, out);
  }
}

export function symv_sum<T extends number>(n: usize, parts: usize, y: usize, ldy: usize): void {
  for (let p: usize = 1; p < parts; ++p) {
    const part = y + p * ldy * sizeof<T>();
    for (let j = symv_start(n, parts, p); j < n; ++j) {
      store<T>(y + j * sizeof<T>(), <T>(load<T>(y + j * sizeof<T>()) + load<T>(part + j * sizeof<T>())));
    }
  }
}

/** Four rows share each load of x and y. */
function rows_4<T extends number>(n: usize, i: usize, r0: usize, row: usize, x: usize, y: usize): void {
  const r1 = r0 + row, r2 = r1 + row, r3 = r2 + row;
  const size = sizeof<T>(), at = i * size;
  const x0 = load<T>(x + at), x1 = load<T>(x + at + size), x2 = load<T>(x + at + 2 * size), x3 = load<T>(x + at + 3 * size);
  const v0 = v128.splat<T>(x0), v1 = v128.splat<T>(x1), v2 = v128.splat<T>(x2), v3 = v128.splat<T>(x3);
  let a0 = v128.splat<T>(<T>0), a1 = a0, a2 = a0, a3 = a0;
  const end = n * size, begin = at + 4 * size, body = begin + ((end - begin) & ~15);
  let j = begin;
  for (; j < body; j += 16) {
    const b0 = v128.load(r0 + j), b1 = v128.load(r1 + j), b2 = v128.load(r2 + j), b3 = v128.load(r3 + j);
    const xx = v128.load(x + j);
    a0 = madd<T>(b0, xx, a0);
    a1 = madd<T>(b1, xx, a1);
    a2 = madd<T>(b2, xx, a2);
    a3 = madd<T>(b3, xx, a3);
    v128.store(y + j, madd<T>(b3, v3, madd<T>(b2, v2, madd<T>(b1, v1, madd<T>(b0, v0, v128.load(y + j))))));
  }
  let s0 = hsum<T>(a0), s1 = hsum<T>(a1), s2 = hsum<T>(a2), s3 = hsum<T>(a3);
  for (; j < end; j += size) {
    const b0 = load<T>(r0 + j), b1 = load<T>(r1 + j), b2 = load<T>(r2 + j), b3 = load<T>(r3 + j), xx = load<T>(x + j);
    s0 = madd1<T>(b0, xx, s0);
    s1 = madd1<T>(b1, xx, s1);
    s2 = madd1<T>(b2, xx, s2);
    s3 = madd1<T>(b3, xx, s3);
    store<T>(y + j, madd1<T>(b3, x3, madd1<T>(b2, x2, madd1<T>(b1, x1, madd1<T>(b0, x0, load<T>(y + j))))));
  }
  // The 4×4 block on the diagonal, of which the upper triangle alone is read.
  const m01 = load<T>(r0 + at + size), m02 = load<T>(r0 + at + 2 * size), m03 = load<T>(r0 + at + 3 * size);
  const m12 = load<T>(r1 + at + 2 * size), m13 = load<T>(r1 + at + 3 * size), m23 = load<T>(r2 + at + 3 * size);
  s0 = madd1<T>(m03, x3, madd1<T>(m02, x2, madd1<T>(m01, x1, madd1<T>(load<T>(r0 + at), x0, s0))));
  s1 = madd1<T>(m13, x3, madd1<T>(m12, x2, madd1<T>(m01, x0, madd1<T>(load<T>(r1 + at + size), x1, s1))));
  s2 = madd1<T>(m23, x3, madd1<T>(m12, x1, madd1<T>(m02, x0, madd1<T>(load<T>(r2 + at + 2 * size), x2, s2))));
  s3 = madd1<T>(m23, x2, madd1<T>(m13, x1, madd1<T>(m03, x0, madd1<T>(load<T>(r3 + at + 3 * size), x3, s3))));
  add<T>(y + at, s0);
  add<T>(y + at + size, s1);
  add<T>(y + at + 2 * size, s2);
  add<T>(y + at + 3 * size, s3);
}

function rows_1<T extends number>(n: usize, i: usize, row: usize, x: usize, y: usize): void {
  const at = i * sizeof<T>();
  const xi = load<T>(x + at);
  let sum = <T>(load<T>(row + at) * xi);
  for (let j = at + sizeof<T>(); j < n * sizeof<T>(); j += sizeof<T>()) {
    const b = load<T>(row + j);
    sum = madd1<T>(b, load<T>(x + j), sum);
    store<T>(y + j, madd1<T>(b, xi, load<T>(y + j)));
  }
  add<T>(y + at, sum);
}

// @ts-ignore: decorator
@inline
function add<T extends number>(y: usize, value: T): void {
  store<T>(y, <T>(load<T>(y) + value));
}
