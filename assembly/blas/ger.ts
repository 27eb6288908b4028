// ger — a matrix plus an outer product.
//
//   A ← α·x·yᵀ + A        A: m×n row-major · x: m · y: n · elements T
//
// lda     elements from one row of A to the next, ≥ n
// i0, i1  rows changed, every row on its own
// Bytes   reads x and y, reads and writes A, to the last byte and no further; any alignment; nothing overlaps
// Error   |Â − A| ≤ u|A| + 2u|α x yᵀ|
// BLAS    xGER
import { axpy } from "./axpy";

export function ger<T extends number>(n: usize, alpha: T, x: usize, y: usize, a: usize, lda: usize, i0: usize, i1: usize): void {
  assert(lda >= n && i0 <= i1);
  for (let i = i0; i < i1; ++i) {
    axpy<T>(n, <T>(alpha * load<T>(x + i * sizeof<T>())), y, a + i * lda * sizeof<T>());
  }
}
