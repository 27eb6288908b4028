// compact_wy — reflections of neighbouring rows as one: H₀·H₁ … H₍ₖ₋₁₎ = I − Vᵀ·T·V.
//
//   v    k×m row-major, ldv ≥ m ≥ k: row i holds vᵢ from column i on, 1 first; what lies before becomes zero here
//   tau  k · t: k×k upper triangular, ldt ≥ k, zero below its diagonal
//
//   T[i, i] = τᵢ        T[0 … i−1, i] = −τᵢ·T[0 … i−1, 0 … i−1]·(V·vᵢ)
//
// Bytes  exactly the elements named
// Cost   k²·m + k³/3 flops
// Error  T within γ·|T| of the exact one's, γ = c·m·u, and I − Vᵀ·T·V orthogonal to c·m·u   Higham, ASNA 2e, §19.5
// LAPACK xLARFT        Paper  Schreiber & Van Loan, SISSC 10 (1989) 53–57
import { dot } from "../blas/dot";

export function compact_wy<T extends number>(k: usize, m: usize, v: usize, ldv: usize, tau: usize, t: usize, ldt: usize): void {
  assert(k <= m && ldv >= m && ldt >= k);
  const size = sizeof<T>();
  for (let i: usize = 0; i < k; ++i) {
    const row = v + i * ldv * size;
    memory.fill(row, 0, i * size);
    memory.fill(t + i * ldt * size, 0, k * size);
    const factor = load<T>(tau + i * size);
    const tail = row + i * size;
    for (let p: usize = 0; p < i; ++p) {
      store<T>(t + (p * ldt + i) * size, <T>(-factor * dot<T>(m - i, v + (p * ldv + i) * size, tail)));
    }
    // The triangle times this column, from the top: a row needs what lies below it, as it was.
    for (let p: usize = 0; p < i; ++p) {
      let sum = <T>0;
      for (let q = p; q < i; ++q) sum = <T>(sum + <T>(load<T>(t + (p * ldt + q) * size) * load<T>(t + (q * ldt + i) * size)));
      store<T>(t + (p * ldt + i) * size, sum);
    }
    store<T>(t + (i * ldt + i) * size, factor);
  }
}
