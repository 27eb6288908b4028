// tridiagonal — the steps between two products of a symmetric matrix and a vector, while it is brought to tridiagonal form.
//
//   A = Q·tridiag(d, e)·Qᵀ        A: n×n symmetric, upper triangle row-major, lda ≥ n · Q = H₀·H₁ … H₍ₙ₋₂₎
//                                 Hₖ = I − τₖ·vₖ·vₖᵀ, vₖ zero up to its element k and 1 in k + 1: row k of A, right of the diagonal
//
// A panel of `width` rows is taken at once: what its reflections do to the rest of A is A − V·Wᵀ − W·Vᵀ, and is done by the caller with
// two products. Row k of A is brought up to date when its turn comes. With m = n − k − 1 and j = k − first:
//
//   tridiagonal_row      row k ← row k − Σ over i < j of (V[i, k]·Wᵢ + W[i, k]·Vᵢ), then reflected: d[k], e[k], tau[k] and Vⱼ
//   tridiagonal_product  Wⱼ holds A·v of the A that the panel began with; it becomes what the updated A gives, less half its share of v:
//                        w ← τ·(A·v − Σ ((Wᵢ·v)·Vᵢ + (Vᵢ·v)·Wᵢ)), w ← w − ½τ·(w·v)·v
//
// panel  3·width rows of ldp ≥ n: V, W, and V once more, so that [V; W] and [W; V] both lie there as one matrix. A column of the
//        panel is a column of A; columns up to k of row j are neither written nor read
// d, e   f64[n], f64[n − 1] · tau T[n − 1] · work 2·width elements
// Range  the caller scales the largest element to about 1; of a row right of e what is shorter than 1e-15 (f32), 1e-140 (f64) is zero
// Bytes  as said; of A the row k from its diagonal on
// Cost   16·j·m flops for both, beside the 2m² of the product
// Error  Q·T·Qᵀ = A + ΔA with an exactly orthogonal Q, ‖ΔA‖ ≤ c·n²·u·‖A‖ (in practice about √n·u)   Wilkinson, AEP, §5.35
// LAPACK xLATRD        Paper  Dongarra, Hammarling & Sorensen, J. Comput. Appl. Math. 27 (1989) 215–227
import { axpy } from "../blas/axpy";
import { dot } from "../blas/dot";
import { gemv, gemv_t } from "../blas/gemv";
import { scal } from "../blas/scal";
import { reflect } from "./householder";

export function tridiagonal_row<T extends number>(
  n: usize, k: usize, first: usize, width: usize, a: usize, lda: usize, panel: usize, ldp: usize,
  d: usize, e: usize, tau: usize, work: usize,
): void {
  assert(k < n && first <= k && k - first < width && lda >= n && ldp >= n);
  const j = k - first, size = sizeof<T>();
  const row = a + (k * lda + k) * size;
  const v = panel + k * size, w = v + width * ldp * size;
  if (j > 0) {
    for (let i: usize = 0; i < j; ++i) {
      store<T>(work + i * size, load<T>(w + i * ldp * size));
      store<T>(work + (width + i) * size, load<T>(v + i * ldp * size));
    }
    gemv_t<T>(j, <T>-1, v, ldp, work, <T>1, row, 0, n - k);
    gemv_t<T>(j, <T>-1, w, ldp, work + width * size, <T>1, row, 0, n - k);
  }
  store<f64>(d + k * 8, <f64>load<T>(row));
  if (k + 1 == n) return;
  const x = row + size, tail = (n - k - 2) * size;
  // Squares that lose digits would make a reflection that is none; what is dropped is far below u beside elements of size 1.
  if (k + 2 < n && dot<T>(n - k - 2, x + size, x + size) < (size == 8 ? <T>1e-280 : <T>1e-30)) memory.fill(x + size, 0, tail);
  store<T>(tau + k * size, reflect<T>(n - k - 1, x));
  store<f64>(e + k * 8, <f64>load<T>(x));
  store<T>(x, <T>1);
  const to = v + (j * ldp + 1) * size, bytes = (n - k - 1) * size;
  memory.copy(to, x, bytes);
  memory.copy(to + 2 * width * ldp * size, x, bytes);
}

export function tridiagonal_product<T extends number>(
  n: usize, k: usize, first: usize, width: usize, panel: usize, ldp: usize, tau: usize, work: usize,
): void {
  assert(k + 1 < n && first <= k && k - first < width && ldp >= n);
  const j = k - first, m = n - k - 1, size = sizeof<T>();
  const vs = panel + (k + 1) * size, ws = vs + width * ldp * size;
  const v = vs + j * ldp * size, w = ws + j * ldp * size;
  const t = load<T>(tau + k * size);
  if (t == <T>0) return memory.fill(w, 0, m * size);
  if (j > 0) {
    gemv<T>(m, <T>1, ws, ldp, v, <T>0, work, 0, j);
    gemv<T>(m, <T>1, vs, ldp, v, <T>0, work + width * size, 0, j);
    gemv_t<T>(j, <T>-1, vs, ldp, work, <T>1, w, 0, m);
    gemv_t<T>(j, <T>-1, ws, ldp, work + width * size, <T>1, w, 0, m);
  }
  scal<T>(m, t, w);
  axpy<T>(m, <T>(<T>-0.5 * t * dot<T>(m, w, v)), v, w);
}
