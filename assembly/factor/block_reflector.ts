// block_reflector — several elementary reflections as one: I − Vᵀ·T·V, so that applying them is products of matrices.
//
//   H₀·H₁ … H₍ₙᵦ₋₁₎ = I − Vᵀ·T·V      Hⱼ = I − tauⱼ·vⱼᵀ·vⱼ, vⱼ row j of V: nb×n · T: nb×nb upper triangular
//
//   unit_reflectors   V in full: out[j] ← (0 … 0, 1, x[j, j+1] … x[j, n−1]), the 1 at j     x: nb×n, ldx ≥ n · out: nb×n, ldo ≥ n
//   block_triangle    T[j, j] = tauⱼ, T[0…j, j] = −tauⱼ·T[0…j, 0…j]·G[0…j, j], zero below   G = V·Vᵀ: nb×nb, ldg ≥ nb · t: nb×nb, ldt ≥ nb
//
// Bytes  exactly the elements named (of G those above its diagonal); inputs and outputs do not overlap
// Error  I − Vᵀ·T·V is orthogonal to c·nb·n·u, as the reflections one by one are   Higham, ASNA 2e, §19.5
// LAPACK xLARFT (compact WY form)    Paper  Schreiber & Van Loan, SIAM J. Sci. Stat. Comput. 10 (1989) 53–57

export function unit_reflectors<T extends number>(nb: usize, n: usize, x: usize, ldx: usize, out: usize, ldo: usize): void {
  assert(nb <= n && ldx >= n && ldo >= n);
  for (let j: usize = 0; j < nb; ++j) {
    const to = out + j * ldo * sizeof<T>(), at = (j + 1) * sizeof<T>();
    memory.fill(to, 0, j * sizeof<T>());
    store<T>(to + j * sizeof<T>(), <T>1);
    memory.copy(to + at, x + j * ldx * sizeof<T>() + at, (n - j - 1) * sizeof<T>());
  }
}

export function block_triangle<T extends number>(nb: usize, g: usize, ldg: usize, tau: usize, t: usize, ldt: usize): void {
  assert(ldg >= nb && ldt >= nb);
  for (let i: usize = 0; i < nb; ++i) {
    const row = t + i * ldt * sizeof<T>();
    memory.fill(row, 0, i * sizeof<T>());
    store<T>(row + i * sizeof<T>(), load<T>(tau + i * sizeof<T>()));
    for (let j = i + 1; j < nb; ++j) {
      let sum: T = <T>0;
      for (let k = i; k < j; ++k) sum += load<T>(row + k * sizeof<T>()) * load<T>(g + (k * ldg + j) * sizeof<T>());
      store<T>(row + j * sizeof<T>(), <T>(-load<T>(tau + j * sizeof<T>()) * sum));
    }
  }
}
