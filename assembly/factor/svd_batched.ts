// svd_batched — singular value decompositions of many small matrices of one size.
//
//   Aₖ = Uₖ·diag(sₖ)·Vₖᵀ        given as `rows` vectors of n ≥ rows elements: the rows of wide matrices, the columns of tall ones
//
// With the vectors as X and J orthogonal, J·X = Σ·W: W belongs to the longer side of A, J to the shorter one. Matrices lie side by side in
// the lanes of vectors, 4 of f32 or 2 of f64 in a group. J begins with the eigenvectors of X·Xᵀ (tridiagonal_lanes, ql_lanes), which are
// right to u·κ² only; on what they make of X, two or three sweeps of rotations (jacobi_lanes) do what seven or eight would do on X.
//
//   a       count matrices, `each` elements apart; element j of vector i lies i·vs + j·es elements behind the first
//   s       count×rows, descending
//   long    count×rows×n, or 0 for no vectors: element j of vector i lies i·vs + j·es behind the first, as in a
//   short   count×rows×rows: element j of vector i lies i·us + j·ws behind the first
//   ranks   u32[count]: the singular values above zero; vectors of length n beyond them are zero, for the caller to complete
//   status  i32[groups]: the sweeps made, or NO_CONVERGENCE, or NOT_FINITE, where a matrix of the group holds NaN or Inf
//   g0, g1  groups done by this call · work: svd_batched_work(rows, n) bytes for each `grain` groups, 16-aligned
//   exponent  the power of two that the largest element of each matrix is scaled to; tol, tiny, most: see jacobi_lanes
//
// What comes out for a matrix does not depend on those beside it but for the number of QL steps that J begins with.
// Range   squares of X·Xᵀ's norm must not overflow: rows·n·4^exponent < 2^62 for f32, 2^510 for f64
// Cost    n·rows² + 9·rows³ + 2n·rows² flops for J and J·X, then what jacobi_lanes has for 2 or 3 sweeps
// Error   J is orthogonal to c·rows·u, so J·X has the singular values of X to that, relatively; rounding adds u·‖row‖ to each row, and a row
//         is never shorter than about u·σ₁: each sᵢ within c·n·u·max(sᵢ, u·s₁) for X = D·Y with a well-conditioned Y, within c·n·u·s₁ for any
import { madd } from "../core/simd";
import { NOT_FINITE } from "../core/status";
import { dot_lanes, jacobi_lanes } from "./jacobi_lanes";
import { LANES, load_lanes, powers_of_two } from "./lanes";
import { ql_lanes } from "./ql_lanes";
import { form_lanes, reduce_lanes } from "./tridiagonal_lanes";

export function svd_batched_work(rows: usize, n: usize): usize {
  return (2 * rows * (n + rows) + 9 * rows) * 16;
}

export function svd_batched<T extends number>(
  rows: usize, n: usize, count: usize, a: usize, vs: usize, es: usize, s: usize, long: usize, short: usize, us: usize, ws: usize,
  ranks: usize, exponent: i32, tol: T, tiny: T, most: i32, work: usize, grain: usize, status: usize, g0: usize, g1: usize,
): void {
  const size = sizeof<T>(), each = rows * n * size;
  const plain = work + (g0 / grain) * svd_batched_work(rows, n), x = plain + rows * n * 16, g = x + rows * n * 16;
  const gram = g + rows * rows * 16, squares = gram + rows * rows * 16, order = squares + rows * 16, rest = order + rows * 16;
  for (let group = g0; group < g1; ++group) {
    const first = group * LANES<T>(), members = min(LANES<T>(), count - first);
    const peak = load_group<T>(rows, n, a + first * each, vs, es, each, members, plain);
    if (v128.any_true(v128.not(v128.lt<T>(peak, v128.splat<T>(<T>Infinity))))) {
      store<i32>(status + group * 4, NOT_FINITE);
      continue;
    }
    const scale = powers_of_two<T>(peak, exponent);
    for (let at = plain; at < x; at += 16) v128.store(at, v128.mul<T>(v128.load(at), scale));
    begin<T>(rows, n, plain, gram, g, rest);
    for (let i: usize = 0; i < rows; ++i) combine<T>(rows, n, g + (rows - 1 - i) * rows * 16, plain, x + i * n * 16);
    if (long != 0) turn_over<T>(rows, g);
    store<i32>(status + group * 4, jacobi_lanes<T>(rows, n, x, long != 0 ? g : 0, squares, tol, tiny, most));
    for (let i: usize = 0; i < rows; ++i) finish<T>(n, x + i * n * 16, squares + i * 16, scale);
    for (let k: usize = 0; k < members; ++k) {
      const to = s + (first + k) * rows * size;
      store<u32>(ranks + (first + k) * 4, sort<T>(rows, squares + k * size, to, order));
      if (long == 0) continue;
      scatter<T>(rows, n, x + k * size, order, long + (first + k) * each, vs, es);
      scatter<T>(rows, rows, g + k * size, order, short + (first + k) * rows * rows * size, us, ws);
    }
  }
}

/** The matrices of a group, in lanes, and the largest absolute value of each. */
function load_group<T extends number>(
  rows: usize, n: usize, a: usize, vs: usize, es: usize, each: usize, members: usize, to: usize,
): v128 {
  let peak = v128.splat<T>(<T>0);
  for (let i: usize = 0; i < rows; ++i) {
    for (let j: usize = 0; j < n; ++j, to += 16) {
      const x = load_lanes<T>(a + (i * vs + j * es) * sizeof<T>(), each, members);
      peak = v128.max<T>(peak, v128.abs<T>(x));
      v128.store(to, x);
    }
  }
  return peak;
}

/** g ← the eigenvectors of X·Xᵀ in rows, about in ascending order. Whatever becomes of the iteration, they are orthonormal. */
function begin<T extends number>(rows: usize, n: usize, x: usize, gram: usize, g: usize, work: usize): void {
  const row = rows * 16, d = work, e = d + row, tau = e + row, scratch = tau + row, turns = scratch + row;
  for (let i: usize = 0; i < rows; ++i) {
    for (let j: usize = 0; j <= i; ++j) v128.store(gram + i * row + j * 16, dot_lanes<T>(n, x + i * n * 16, x + j * n * 16));
  }
  reduce_lanes<T>(rows, gram, d, e, tau, scratch);
  form_lanes<T>(rows, gram, tau, g);
  ql_lanes<T>(rows, d, e, g, turns, sizeof<T>() == 8 ? <T>1e-150 : <T>1e-18);
}

/** out ← Σ gᵢ·xᵢ, four columns at a time. */
function combine<T extends number>(rows: usize, n: usize, g: usize, x: usize, out: usize): void {
  const zero = v128.splat<T>(<T>0), step = n * 16, last = g + rows * 16;
  let j: usize = 0;
  for (; j + 4 <= n; j += 4) {
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    for (let p = g, y = x + j * 16; p < last; p += 16, y += step) {
      const f = v128.load(p);
      s0 = madd<T>(f, v128.load(y), s0);
      s1 = madd<T>(f, v128.load(y, 16), s1);
      s2 = madd<T>(f, v128.load(y, 32), s2);
      s3 = madd<T>(f, v128.load(y, 48), s3);
    }
    v128.store(out + j * 16, s0);
    v128.store(out + j * 16, s1, 16);
    v128.store(out + j * 16, s2, 32);
    v128.store(out + j * 16, s3, 48);
  }
  for (; j < n; ++j) {
    let s0 = zero;
    for (let p = g, y = x + j * 16; p < last; p += 16, y += step) s0 = madd<T>(v128.load(p), v128.load(y), s0);
    v128.store(out + j * 16, s0);
  }
}

/** The rows in the opposite order: descending. */
function turn_over<T extends number>(rows: usize, g: usize): void {
  const row = rows * 16;
  for (let i: usize = 0; i < rows >> 1; ++i) {
    const x = g + i * row, y = g + (rows - 1 - i) * row;
    for (let j: usize = 0; j < row; j += 16) {
      const t = v128.load(x + j);
      v128.store(x + j, v128.load(y + j));
      v128.store(y + j, t);
    }
  }
}

/** A row over its norm, and its norm in the size of A in the place of its square. */
function finish<T extends number>(n: usize, x: usize, square: usize, scale: v128): void {
  const zero = v128.splat<T>(<T>0), one = v128.splat<T>(<T>1);
  const norm = v128.sqrt<T>(v128.load(square)), some = v128.gt<T>(norm, zero);
  const factor = v128.and(v128.div<T>(one, v128.bitselect(norm, one, some)), some);
  for (let end = x + n * 16; x < end; x += 16) v128.store(x, v128.mul<T>(v128.load(x), factor));
  v128.store(square, v128.div<T>(norm, scale));
}

/** One lane's norms descending, and where they come from; how many are not zero. */
function sort<T extends number>(rows: usize, norms: usize, s: usize, order: usize): u32 {
  let rank: u32 = 0;
  for (let i: usize = 0; i < rows; ++i) {
    const value = load<T>(norms + i * 16);
    if (value > 0) ++rank;
    let at = i;
    for (; at > 0 && load<T>(s + (at - 1) * sizeof<T>()) < value; --at) {
      store<T>(s + at * sizeof<T>(), load<T>(s + (at - 1) * sizeof<T>()));
      store<u32>(order + at * 4, load<u32>(order + (at - 1) * 4));
    }
    store<T>(s + at * sizeof<T>(), value);
    store<u32>(order + at * 4, <u32>i);
  }
  return rank;
}

/** One lane's vectors, in order. */
function scatter<T extends number>(rows: usize, n: usize, x: usize, order: usize, out: usize, vs: usize, es: usize): void {
  for (let i: usize = 0; i < rows; ++i) {
    const row = x + <usize>load<u32>(order + i * 4) * n * 16, to = out + i * vs * sizeof<T>();
    for (let j: usize = 0; j < n; ++j) store<T>(to + j * es * sizeof<T>(), load<T>(row + j * 16));
  }
}
