// cholesky — the factor of a small symmetric positive definite matrix, in place.
//
//   A = L·Lᵀ        A: n×n, of which the lower triangle is read and becomes L; the upper one is neither read nor written
//
// → n, or the first i whose pivot a[i, i] − Σ l[i, k]² is no positive finite number; rows from i on are then not finished.
// lda    elements from one row to the next, ≥ n
// Bytes  the lower triangle alone; any alignment
// Cost   n³/3 flops in inner products of rows: for blocks on the diagonal, whose size is chosen by whoever calls it
// Error  |A − L·Lᵀ| ≤ γₙ₊₁·|L||Lᵀ|        Higham, ASNA 2e, Theorem 10.3
// LAPACK xPOTF2
import { dot } from "../blas/dot";

export function cholesky<T extends number>(n: usize, a: usize, lda: usize): usize {
  assert(lda >= n);
  const step = lda * sizeof<T>();
  for (let i: usize = 0; i < n; ++i) {
    const row = a + i * step;
    for (let j: usize = 0; j < i; ++j) {
      const other = a + j * step, at = row + j * sizeof<T>();
      store<T>(at, <T>(<T>(load<T>(at) - dot<T>(j, row, other)) / load<T>(other + j * sizeof<T>())));
    }
    const at = row + i * sizeof<T>(), pivot = <T>(load<T>(at) - dot<T>(i, row, row));
    if (!(pivot > <T>0 && pivot < <T>Infinity)) return i;
    store<T>(at, sqrt<T>(pivot));
  }
  return n;
}
