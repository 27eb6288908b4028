// qr_pivot — Householder QR with column pivoting, the rank-revealing form.
//
//   A·P = Q·R        A: m×n with m ≥ n, given as at = Aᵀ: n×m row-major · R: n×n upper triangular, |r₀₀| ≥ |r₁₁| ≥ …
//
// at     on return row j holds column j of R and the reflections, as in qr; rows are moved
// pivot  u32[n]: column j of A·P is column pivot[j] of A
// tau    T[n] · work f64[2n], see qr_pivot_work
// tiny   columns whose norm is ≤ tiny count as zero
// Result the rank ρ: R's rows from ρ on are zero, and rows ρ … n−1 of at hold nothing beyond their first ρ elements
// Bytes  exactly the elements named
// Cost   that of qr, and 4 operations for each element of R to keep the norms
// Error  as qr. With the rows of A in descending order of their largest elements it is small for each row as well, so the
//        factors of D₁·B·D₂ with diagonal D are as accurate as those of B   Higham, ASNA 2e, §19.4; Lin. Alg. Appl. 309 (2000) 153–174
// Norms  are downdated, and taken anew when too little of them is left   Drmač & Bujanović, ACM TOMS 35 (2008) art. 12
// LAPACK xGEQP3
import { dot } from "../blas/dot";
import { reflect, reflect_rows } from "./householder";
import { argmax, swap, swap_rows } from "./pivot";

export function qr_pivot_work(n: usize): usize {
  return 2 * n * sizeof<f64>();
}

export function qr_pivot<T extends number>(
  m: usize, n: usize, at: usize, ldat: usize, pivot: usize, tau: usize, tiny: f64, work: usize,
): i32 {
  assert(m >= n && ldat >= m);
  const norm = work, seen = work + n * sizeof<f64>(); // what is left of each column, and when that was last computed in full
  for (let j: usize = 0; j < n; ++j) {
    store<u32>(pivot + j * 4, <u32>j);
    measure<T>(m, at + j * ldat * sizeof<T>(), norm + j * 8, seen + j * 8);
  }
  for (let k: usize = 0; k < n; ++k) {
    const largest = argmax(k, n, norm);
    if (load<f64>(norm + largest * 8) <= tiny) return cut<T>(k, m, n, at, ldat, tau);
    if (largest != k) {
      swap_rows<T>(m, at + k * ldat * sizeof<T>(), at + largest * ldat * sizeof<T>());
      swap<u32>(pivot, k, largest);
      swap<f64>(norm, k, largest);
      swap<f64>(seen, k, largest);
    }
    const v = at + (k * ldat + k) * sizeof<T>();
    const t = reflect<T>(m - k, v);
    store<T>(tau + k * sizeof<T>(), t);
    reflect_rows<T>(n - k - 1, m - k, v, t, v + ldat * sizeof<T>(), ldat);
    for (let j = k + 1; j < n; ++j) downdate<T>(m - k, at + (j * ldat + k) * sizeof<T>(), norm + j * 8, seen + j * 8);
  }
  return <i32>n;
}

function measure<T extends number>(n: usize, x: usize, norm: usize, seen: usize): void {
  const length = sqrt<f64>(<f64>dot<T>(n, x, x));
  store<f64>(norm, length);
  store<f64>(seen, length);
}

/** The norm of x without its first element, from the norm with it. */
function downdate<T extends number>(n: usize, x: usize, norm: usize, seen: usize): void {
  const length = load<f64>(norm);
  if (length == 0) return;
  const part = abs<f64>(<f64>load<T>(x)) / length;
  const left = max<f64>(0, (1 + part) * (1 - part));
  const since = length / load<f64>(seen);
  // Half of the digits may go before the rest is computed anew.
  const enough: f64 = sizeof<T>() == 8 ? 1.5e-8 : 3.5e-4;
  if (left * since * since <= enough) measure<T>(n - 1, x + sizeof<T>(), norm, seen);
  else store<f64>(norm, length * sqrt<f64>(left));
}

/** Rank k: what is left below counts as zero. */
function cut<T extends number>(k: usize, m: usize, n: usize, at: usize, ldat: usize, tau: usize): i32 {
  for (let j = k; j < n; ++j) {
    memory.fill(at + (j * ldat + k) * sizeof<T>(), 0, (m - k) * sizeof<T>());
    store<T>(tau + j * sizeof<T>(), <T>0);
  }
  return <i32>k;
}
