// bidiagonalize — the leading columns and rows of a matrix reduced to bidiagonal form, what they do to the rest left as a product.
//
//   H₀ … H₍ₙᵦ₋₁₎·A·G₀ … G₍ₙᵦ₋₁₎ = [ B  e·e₀ᵀ ]     A: m×n row-major, m ≥ n ≥ nb · B: nb×nb upper bidiagonal, d its diagonal, e above it
//                                 [ 0   A′   ]     A′ = A[nb…, nb…] − Lᵀ[nb…]·R[…, nb…]: by gemm, not here
//
//   Hᵢ = I − tau_qᵢ·vᵢ·vᵢᵀ      vᵢ: m, zero above i, 1 at i: row i of v
//   Gᵢ = I − tau_pᵢ·uᵢ·uᵢᵀ      uᵢ: n, zero up to i, 1 at i + 1; row i of A holds what lies behind
//   l    rows 2i: vᵢ, 2i + 1: xᵢ      2nb × m · r  rows 2i: yᵢ, 2i + 1: uᵢ      2nb × n: after i steps what A is by now is A − Lᵀ·R
//
// In step i (in this order, each reading what the one before wrote):
//   bidiagonal_left    column i of A by now → vᵢ
//   bidiagonal_pass    blocks b0 … b1−1 of WIDTH columns (there are bidiagonal_blocks(n)): y = tau_q·Aᵀ·v there, row i, and A times it, a block of A staying in the cache
//                      for both products; each block writes to itself and to its own row of `work`
//   bidiagonal_right   row i → uᵢ; xᵢ = tau_p·A·u from the products with the row before it was scaled: A·u = (A·r − β·A·e₀)/(r₀ − β)
//   bidiagonal_panel   all steps, on one thread; to the same bits
//
// v      nb×m, ldv ≥ m · d, e, tau_q, tau_p: T[nb]; e[i] and tau_p[i] are 0 where i is the last column
// work   bidiagonal_work(m, n, nb) bytes
// Bytes  of A, elements in rows and columns ≥ i are read, those behind column i + 1 in row i written; exactly the elements named
// Cost   4·m·n·nb flops in matrix–vector products; A is read once for each column, where LAPACK reads it twice
// Error  A + ΔA with ‖ΔA‖ ≤ c·(m + n)·u·‖A‖ is what is orthogonally equivalent to the result   Higham, ASNA 2e, §19.3, Theorem 19.4
// LAPACK xLABRD    Papers  Dongarra, Sorensen & Hammarling, JCAM 27 (1989) 215–227; Howell et al., ACM TOMS 34 (2008) 14 (one pass)
import { axpy } from "../blas/axpy";
import { gemv, gemv_t } from "../blas/gemv";
import { scal } from "../blas/scal";
import { reflect } from "./householder";

/** Columns of a block: its rows are whole cache lines, and so many of them that the line fetched ahead is wanted too. */
// @ts-ignore: decorator
@inline
const WIDTH: usize = 128;

/** Blocks that hold columns 0 … n−1. */
export function bidiagonal_blocks(n: usize): usize {
  return (n + WIDTH - 1) / WIDTH;
}

/** Bytes of workspace: the current column, each block's share of the product, two short vectors. */
export function bidiagonal_work<T extends number>(m: usize, n: usize, nb: usize): usize {
  return (m + bidiagonal_blocks(n) * m + 4 * nb + 1) * sizeof<T>();
}

export function bidiagonal_left<T extends number>(
  i: usize, m: usize, n: usize, a: usize, lda: usize, v: usize, ldv: usize, l: usize, ldl: usize, r: usize, ldr: usize,
  d: usize, tau_q: usize, work: usize,
): void {
  const rest = m - i, taken: usize = 2 * i;
  const column = work, short = shorts<T>(m, n, work), across = short + taken * sizeof<T>();
  if (i == 0) copy_column<T>(m, a, lda, column);
  for (let q: usize = 0; q < taken; ++q) store<T>(short + q * sizeof<T>(), load<T>(r + (q * ldr + i) * sizeof<T>()));
  gemv_t<T>(taken, <T>-1, l, ldl, short, <T>1, column, i, m);
  const x = column + i * sizeof<T>();
  store<T>(tau_q + i * sizeof<T>(), reflect<T>(rest, x));
  store<T>(d + i * sizeof<T>(), load<T>(x));
  store<T>(x, <T>1);
  put_vector<T>(i, rest, x, v + i * ldv * sizeof<T>());
  put_vector<T>(i, rest, x, l + taken * ldl * sizeof<T>());
  gemv<T>(rest, <T>1, l + i * sizeof<T>(), ldl, x, <T>0, short, 0, taken);
  for (let q: usize = 0; q <= taken; ++q) store<T>(across + q * sizeof<T>(), load<T>(l + (q * ldl + i) * sizeof<T>()));
}

export function bidiagonal_pass<T extends number>(
  i: usize, m: usize, n: usize, a: usize, lda: usize, v: usize, ldv: usize, r: usize, ldr: usize,
  tau_q: usize, work: usize, b0: usize, b1: usize,
): void {
  const taken: usize = 2 * i, short = shorts<T>(m, n, work), across = short + taken * sizeof<T>();
  const y = r + taken * ldr * sizeof<T>(), row = y + ldr * sizeof<T>();
  const from = a + i * lda * sizeof<T>(), below = from + lda * sizeof<T>();
  const tau = load<T>(tau_q + i * sizeof<T>());
  for (let b = b0; b < b1; ++b) {
    const j0 = max(i + 1, b * WIDTH), j1 = min(n, (b + 1) * WIDTH);
    if (j0 >= j1) continue;
    const at = j0 * sizeof<T>();
    gemv_t<T>(m - i, <T>1, from, lda, v + (i * ldv + i) * sizeof<T>(), <T>0, y, j0, j1);
    gemv_t<T>(taken, <T>-1, r, ldr, short, <T>1, y, j0, j1);
    scal<T>(j1 - j0, tau, y + at);
    memory.copy(row + at, from + at, (j1 - j0) * sizeof<T>());
    gemv_t<T>(taken + 1, <T>-1, r, ldr, across, <T>1, row, j0, j1);
    gemv<T>(j1 - j0, <T>1, below + at, lda, row + at, <T>0, share<T>(m, work, b) + (i + 1) * sizeof<T>(), 0, m - i - 1);
  }
}

export function bidiagonal_right<T extends number>(
  i: usize, m: usize, n: usize, a: usize, lda: usize, l: usize, ldl: usize, r: usize, ldr: usize,
  e: usize, tau_p: usize, work: usize,
): void {
  const taken: usize = 2 * i, first = i + 1, rest = n - first, column = work, short = shorts<T>(m, n, work);
  const x = l + (taken + 1) * ldl * sizeof<T>(), row = r + (taken + 1) * ldr * sizeof<T>();
  store<T>(e + i * sizeof<T>(), <T>0);
  store<T>(tau_p + i * sizeof<T>(), <T>0);
  memory.fill(x, 0, m * sizeof<T>());
  if (rest == 0) return;
  memory.fill(row, 0, first * sizeof<T>());
  memory.fill(row - ldr * sizeof<T>(), 0, first * sizeof<T>());
  const u = row + first * sizeof<T>();
  const alpha = load<T>(u), tau = reflect<T>(rest, u), beta = load<T>(u);
  store<T>(e + i * sizeof<T>(), beta);
  store<T>(tau_p + i * sizeof<T>(), tau);
  store<T>(u, <T>1);
  memory.copy(a + (i * lda + first + 1) * sizeof<T>(), u + sizeof<T>(), (rest - 1) * sizeof<T>());
  copy_column<T>(m, a + first * sizeof<T>(), lda, column);
  if (tau == <T>0) return;
  const to = x + first * sizeof<T>(), b0 = first / WIDTH, b1 = bidiagonal_blocks(n);
  memory.copy(to, share<T>(m, work, b0) + first * sizeof<T>(), (m - first) * sizeof<T>());
  for (let b = b0 + 1; b < b1; ++b) axpy<T>(m - first, <T>1, share<T>(m, work, b) + first * sizeof<T>(), to);
  axpy<T>(m - first, -beta, column + first * sizeof<T>(), to);
  scal<T>(m - first, <T>(tau / (alpha - beta)), to);
  gemv<T>(rest, tau, r + first * sizeof<T>(), ldr, u, <T>0, short, 0, taken + 1);
  gemv_t<T>(taken + 1, <T>-1, l, ldl, short, <T>1, x, first, m);
}

export function bidiagonal_panel<T extends number>(
  m: usize, n: usize, nb: usize, a: usize, lda: usize, v: usize, ldv: usize, l: usize, ldl: usize, r: usize, ldr: usize,
  d: usize, e: usize, tau_q: usize, tau_p: usize, work: usize,
): void {
  assert(m >= n && n >= nb && lda >= n && ldv >= m && ldl >= m && ldr >= n);
  for (let i: usize = 0; i < nb; ++i) {
    bidiagonal_left<T>(i, m, n, a, lda, v, ldv, l, ldl, r, ldr, d, tau_q, work);
    bidiagonal_pass<T>(i, m, n, a, lda, v, ldv, r, ldr, tau_q, work, 0, bidiagonal_blocks(n));
    bidiagonal_right<T>(i, m, n, a, lda, l, ldl, r, ldr, e, tau_p, work);
  }
}

// @ts-ignore: decorator
@inline
function share<T>(m: usize, work: usize, b: usize): usize {
  return work + (b + 1) * m * sizeof<T>();
}

// @ts-ignore: decorator
@inline
function shorts<T>(m: usize, n: usize, work: usize): usize {
  return work + (bidiagonal_blocks(n) + 1) * m * sizeof<T>();
}

function copy_column<T>(m: usize, a: usize, lda: usize, to: usize): void {
  for (let k: usize = 0; k < m; ++k) store<T>(to + k * sizeof<T>(), load<T>(a + k * lda * sizeof<T>()));
}

/** A vector that begins with `zeros` of them. */
function put_vector<T>(zeros: usize, n: usize, x: usize, to: usize): void {
  memory.fill(to, 0, zeros * sizeof<T>());
  memory.copy(to + zeros * sizeof<T>(), x, n * sizeof<T>());
}
