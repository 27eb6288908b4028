// eigh_batched — eigenvalues and eigenvectors of many small symmetric matrices of one size.
//
//   Aₖ = Vₖ·diag(wₖ)·Vₖᵀ        A: count matrices n×n, row-major, one behind the other; the triangle that rs and cs make the lower one is read
//                               w: count×n, ascending · v: count×n×n, eigenvectors in columns, or 0 for none
//
// Matrices lie side by side in the lanes of vectors, 4 of f32 or 2 of f64 in a group, and take every step together (tridiagonal_lanes,
// ql_lanes), so that there are no lengths too short for vectors. What comes out for a matrix does not depend on those beside it but for
// the number of its QL steps: more of them than needed change it within the error.
//
//   g0, g1  groups done by this call; share the rest
//   work    eigh_batched_work(n) bytes for each `grain` groups, 16-aligned: a call takes the piece of its first group
//   status  i32[groups]: ≥ 0, the QL steps made; or NO_CONVERGENCE; or NOT_FINITE, where a triangle of the group holds NaN or Inf
//
// rs, cs  elements from one row, one column of a matrix to the next: (n, 1) reads the lower triangle, (1, n) the upper one
// Range   every matrix is scaled by a power of two of its own
// Cost    about 9n³ flops for each matrix with vectors, n³·4/3 without
// Error   as eigh has it: c·n·u·‖Aₖ‖ for each eigenvalue, c·n·u for the vectors
import { NOT_FINITE } from "../core/status";
import { LANES, lane, load_lanes, powers_of_two } from "./lanes";
import { ql_lanes } from "./ql_lanes";
import { form_lanes, reduce_lanes } from "./tridiagonal_lanes";

export function eigh_batched_work(n: usize): usize {
  return (2 * n * n + 7 * n) * 16;
}

export function eigh_batched<T extends number>(
  n: usize, count: usize, a: usize, rs: usize, cs: usize, w: usize, v: usize, work: usize, grain: usize, status: usize,
  g0: usize, g1: usize,
): void {
  const size = sizeof<T>(), each = n * n * size;
  work += (g0 / grain) * eigh_batched_work(n);
  const r = work + n * n * 16, d = r + n * n * 16, e = d + n * 16, tau = e + n * 16, scratch = tau + n * 16, turns = scratch + n * 16;
  // Far from both ends for squares, and `tiny` squared is still a number.
  const exponent: i32 = sizeof<T>() == 8 ? 300 : 30;
  const tiny = sizeof<T>() == 8 ? <T>1e-150 : <T>1e-18;
  for (let g = g0; g < g1; ++g) {
    const first = g * LANES<T>(), members = min(LANES<T>(), count - first);
    const peak = load_triangle<T>(n, a + first * each, rs, cs, each, members, work);
    const finite = v128.lt<T>(peak, v128.splat<T>(<T>Infinity));
    if (v128.any_true(v128.not(finite))) {
      store<i32>(status + g * 4, NOT_FINITE);
      continue;
    }
    const scale = powers_of_two<T>(peak, exponent);
    for (let i: usize = 0; i < n; ++i) {
      for (let at = work + i * n * 16, end = at + (i + 1) * 16; at < end; at += 16) v128.store(at, v128.mul<T>(v128.load(at), scale));
    }
    reduce_lanes<T>(n, work, d, e, tau, scratch);
    if (v != 0) form_lanes<T>(n, work, tau, r);
    store<i32>(status + g * 4, ql_lanes<T>(n, d, e, v != 0 ? r : 0, turns, tiny));
    for (let i: usize = 0; i < n; ++i) v128.store(d + i * 16, v128.div<T>(v128.load(d + i * 16), scale));
    for (let k: usize = 0; k < members; ++k) {
      write<T>(n, d + k * size, r + k * size, w + (first + k) * n * size, v != 0 ? v + (first + k) * each : 0, scratch);
    }
  }
}

/** The lower triangles of a group, in lanes, and the largest absolute value of each. */
function load_triangle<T extends number>(n: usize, a: usize, rs: usize, cs: usize, each: usize, members: usize, to: usize): v128 {
  let peak = v128.splat<T>(<T>0);
  for (let i: usize = 0; i < n; ++i) {
    for (let j: usize = 0; j <= i; ++j) {
      const x = load_lanes<T>(a + (i * rs + j * cs) * sizeof<T>(), each, members);
      peak = v128.max<T>(peak, v128.abs<T>(x));
      v128.store(to + (i * n + j) * 16, x);
    }
  }
  return peak;
}

/** One lane's eigenvalues ascending, and its eigenvectors in columns. d and r point to the lane in the first vector. */
function write<T extends number>(n: usize, d: usize, r: usize, w: usize, v: usize, order: usize): void {
  for (let i: usize = 0; i < n; ++i) {
    const value = load<T>(d + i * 16);
    let at = i;
    for (; at > 0 && load<T>(w + (at - 1) * sizeof<T>()) > value; --at) {
      store<T>(w + at * sizeof<T>(), load<T>(w + (at - 1) * sizeof<T>()));
      store<u32>(order + at * 4, load<u32>(order + (at - 1) * 4));
    }
    store<T>(w + at * sizeof<T>(), value);
    store<u32>(order + at * 4, <u32>i);
  }
  if (v == 0) return;
  for (let i: usize = 0; i < n; ++i) {
    const row = r + <usize>load<u32>(order + i * 4) * n * 16, to = v + i * sizeof<T>();
    for (let j: usize = 0; j < n; ++j) store<T>(to + j * n * sizeof<T>(), load<T>(row + j * 16));
  }
}
