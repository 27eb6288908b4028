// qr — Householder QR of a matrix given by its columns, and its factor Q.
//
//   A = Q·R        A: m×n, given as at = Aᵀ: n×m row-major, so that columns lie contiguous · p = min(m, n) reflections
//                  Q = H₀·H₁ … H₍ₚ₋₁₎: m×m · R: p×n upper triangular (trapezoidal when m < n)
//
//   qr             row j of at becomes column j of R up to the diagonal, then the reflection's v₁ … (see householder)
//                  at: n×m, ldat ≥ m · tau: p
//   form_q         rows i0 … i1−1 of (Q·E)ᵀ, where E is the first `rows` columns of I₍ₘ₎
//                  qt: rows×m row-major, ldq ≥ m · rows ≤ m
//   apply_q        rows i0 … i1−1 of W ← W·Qᵀ, that is each row is multiplied by Q as a column
//                  w: rows×m row-major, ldw ≥ m
//
// Empty  m = 0 or n = 0 does nothing.
// Bytes  exactly the elements named; form_q and apply_q read at and tau only, so threads may share them
// Cost   qr 2n²(m − n/3) · form_q 4·rows·m·p less what is known to be zero · apply_q 4·rows·p·(m − p/2) flops
// Error  A + ΔA = Q·R with exactly orthogonal Q and ‖Δaⱼ‖ ≤ γ·‖aⱼ‖ for each column, γ = c·m·n·u   Higham, ASNA 2e, Theorem 19.4
// LAPACK xGEQRF, xORGQR, xORMQR
import { reflect, reflect_rows } from "./householder";

export function qr<T extends number>(m: usize, n: usize, at: usize, ldat: usize, tau: usize): void {
  assert(ldat >= m);
  const p = min(m, n);
  for (let k: usize = 0; k < p; ++k) {
    const v = at + (k * ldat + k) * sizeof<T>();
    const t = reflect<T>(m - k, v);
    store<T>(tau + k * sizeof<T>(), t);
    reflect_rows<T>(n - k - 1, m - k, v, t, v + ldat * sizeof<T>(), ldat);
  }
}

export function form_q<T extends number>(
  m: usize, p: usize, at: usize, ldat: usize, tau: usize, qt: usize, ldq: usize, i0: usize, i1: usize,
): void {
  assert(p <= m && ldat >= m && ldq >= m && i1 <= m);
  for (let i = i0; i < i1; ++i) {
    const row = qt + i * ldq * sizeof<T>();
    memory.fill(row, 0, m * sizeof<T>());
    store<T>(row + i * sizeof<T>(), <T>1);
  }
  for (let i = i0; i < i1; i += PANEL) {
    const next = min(i + PANEL, i1);
    // Hₖ leaves eⱼ with j < k alone, so a panel begins with the reflection of its last row.
    apply_panel<T>(next - i, m, min(p, next), at, ldat, tau, qt + i * ldq * sizeof<T>(), ldq);
  }
}

export function apply_q<T extends number>(
  m: usize, p: usize, at: usize, ldat: usize, tau: usize, w: usize, ldw: usize, i0: usize, i1: usize,
): void {
  assert(p <= m && ldat >= m && ldw >= m);
  for (let i = i0; i < i1; i += PANEL) {
    apply_panel<T>(min(PANEL, i1 - i), m, p, at, ldat, tau, w + i * ldw * sizeof<T>(), ldw);
  }
}

/** Rows that stay in the first-level cache while all reflections pass over them; a multiple of the four that share a load. */
const PANEL: usize = 4;

function apply_panel<T extends number>(
  rows: usize, m: usize, p: usize, at: usize, ldat: usize, tau: usize, w: usize, ldw: usize,
): void {
  for (let k = p; k > 0; ) {
    --k;
    reflect_rows<T>(rows, m - k, at + (k * ldat + k) * sizeof<T>(), load<T>(tau + k * sizeof<T>()), w + k * sizeof<T>(), ldw);
  }
}
