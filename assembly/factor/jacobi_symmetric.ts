// jacobi_symmetric — one sweep of two-sided Jacobi rotations over a symmetric matrix.
//
//   A ← J·A·Jᵀ, V ← J·V        A: n×n symmetric, both triangles, lda ≥ n · V: n rows of `width` ≤ ldv elements, or v = 0 for none
//                              J orthogonal, a product of plane rotations
//
// Every element off the diagonal is made zero in its turn, unless |a[p, q]| ≤ tol·√(|a[p, p]|·|a[q, q]|) already. Repeated until a sweep
// rotates nothing, the diagonal holds the eigenvalues, and V, begun with the identity, their eigenvectors in rows.
//
//   peak    f64, on return the largest |a[p, q]| that an element had when its turn came
//   Result  the rotations made
//
// Order   by rows
// Bytes   exactly the elements named
// Cost    8n + 8·width flops for each rotation
// Error   each eigenvalue of a positive definite A = D·B·D, D diagonal, to c·n·u·κ(B) of itself, whatever D; of any A to c·n·u·‖A‖
//         Demmel & Veselić, SIMAX 13 (1992) 1204–1245
// Paper   Rutishauser, Numer. Math. 9 (1966) 1–10
import { givens } from "./givens";

export function jacobi_symmetric<T extends number>(
  n: usize, a: usize, lda: usize, v: usize, ldv: usize, width: usize, tol: f64, peak: usize,
): i32 {
  assert(lda >= n && (v == 0 || ldv >= width));
  const step = lda * sizeof<T>(), size = sizeof<T>();
  let rotations: i32 = 0;
  let most: f64 = 0;
  for (let p: usize = 0; p + 1 < n; ++p) {
    const x = a + p * step;
    for (let q = p + 1; q < n; ++q) {
      const off = <f64>load<T>(x + q * size);
      if (off == 0) continue;
      const y = a + q * step;
      const ap = <f64>load<T>(x + p * size), aq = <f64>load<T>(y + q * size);
      most = max<f64>(most, abs<f64>(off));
      if (abs<f64>(off) <= tol * sqrt<f64>(abs<f64>(ap)) * sqrt<f64>(abs<f64>(aq))) continue;
      const t = tangent((aq - ap) / (2 * off));
      const c = 1 / sqrt<f64>(1 + t * t), s = c * t;
      const ns = <T>(-s), nt = <T>(-s / (1 + c));
      givens<T>(n, x, y, ns, nt);
      // What the second half of J·A·Jᵀ does to the four elements where both halves meet, and to the columns, by symmetry.
      store<T>(x + p * size, <T>(ap - t * off));
      store<T>(y + q * size, <T>(aq + t * off));
      store<T>(x + q * size, <T>0);
      store<T>(y + p * size, <T>0);
      for (let j: usize = 0; j < n; ++j) {
        const row = a + j * step;
        store<T>(row + p * size, load<T>(x + j * size));
        store<T>(row + q * size, load<T>(y + j * size));
      }
      if (v != 0) givens<T>(width, v + p * ldv * size, v + q * ldv * size, ns, nt);
      ++rotations;
    }
  }
  store<f64>(peak, most);
  return rotations;
}

/** tan of the smaller angle whose double has the cotangent θ. */
function tangent(theta: f64): f64 {
  const size = abs<f64>(theta);
  const t = size > 1e150 ? 0.5 / size : 1 / (size + sqrt<f64>(1 + size * size));
  return theta < 0 ? -t : t;
}
