// norms — the largest element of each row, of each column; the squares of each row summed.
//
//   row_peaks      out[i] = maxⱼ |A[i, j]|     A: m×n row-major, lda ≥ n · out: T[m], of which i0 … i1−1 are written
//   column_peaks   out[j] = maxᵢ |A[i, j]|     out: T[n]
//   row_squares    out[i] = Σⱼ A[i, j]²        out: f64[m], of which i0 … i1−1 are written
//
// NaN    anywhere in a row (column) makes its peak NaN, Inf makes it Inf or NaN: finite peaks mean a finite matrix
// Empty  rows and columns without elements have 0
// Bytes  exactly the elements named; any alignment
// Error  peaks none; row_squares relative γ = (n/4 + 4)u, sums in T   Higham, ASNA 2e, §3.1
// LAPACK xLANGE
import { dot } from "../blas/dot";

export function row_peaks<T extends number>(n: usize, a: usize, lda: usize, out: usize, i0: usize, i1: usize): void {
  assert(lda >= n);
  const end = n * sizeof<T>(), body = end & ~15, pairs = end & ~31;
  for (let i = i0; i < i1; ++i) {
    const row = a + i * lda * sizeof<T>();
    let even = v128.splat<T>(<T>0), odd = even;
    let j: usize = 0;
    for (; j < pairs; j += 32) {
      even = larger<T>(even, v128.abs<T>(v128.load(row + j)));
      odd = larger<T>(odd, v128.abs<T>(v128.load(row + j, 16)));
    }
    for (; j < body; j += 16) even = larger<T>(even, v128.abs<T>(v128.load(row + j)));
    let peak = lane_max<T>(larger<T>(even, odd));
    for (; j < end; j += sizeof<T>()) peak = max<T>(peak, abs<T>(load<T>(row + j)));
    store<T>(out + i * sizeof<T>(), peak);
  }
}

export function column_peaks<T extends number>(m: usize, n: usize, a: usize, lda: usize, out: usize): void {
  assert(lda >= n);
  const end = n * sizeof<T>(), body = end & ~15;
  memory.fill(out, 0, end);
  for (let i: usize = 0; i < m; ++i) {
    const row = a + i * lda * sizeof<T>();
    let j: usize = 0;
    for (; j < body; j += 16) v128.store(out + j, larger<T>(v128.load(out + j), v128.abs<T>(v128.load(row + j))));
    for (; j < end; j += sizeof<T>()) store<T>(out + j, max<T>(load<T>(out + j), abs<T>(load<T>(row + j))));
  }
}

/**
 * The larger of numbers that are not negative, NaN being larger than all. As integers such numbers have the same order, and the maximum of
 * integers is one instruction where that of floats, which must mind NaN and −0, is seven; there is none for 64 bits.
 */
// @ts-ignore: decorator
@inline
function larger<T extends number>(x: v128, y: v128): v128 {
  return sizeof<T>() == 4 ? v128.max<i32>(x, y) : v128.max<T>(x, y);
}

export function row_squares<T extends number>(n: usize, a: usize, lda: usize, out: usize, i0: usize, i1: usize): void {
  assert(lda >= n);
  for (let i = i0; i < i1; ++i) {
    const row = a + i * lda * sizeof<T>();
    store<f64>(out + i * sizeof<f64>(), <f64>dot<T>(n, row, row));
  }
}

function lane_max<T extends number>(x: v128): T {
  if (sizeof<T>() == 8) return max<T>(v128.extract_lane<T>(x, 0), v128.extract_lane<T>(x, 1));
  const y = v128.max<T>(x, v128.shuffle<i64>(x, x, 1, 1));
  return max<T>(v128.extract_lane<T>(y, 0), v128.extract_lane<T>(y, 1));
}
