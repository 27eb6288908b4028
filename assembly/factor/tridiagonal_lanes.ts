// tridiagonal_lanes — Householder's tridiagonal form of several small symmetric matrices, side by side in lanes.
//
//   A = Q·tridiag(d, e)·Qᵀ        every element a vector of lanes: A: n×n, lower triangle · d: n · e: n, the last one 0
//
//   reduce_lanes  A → d, e; row i of A keeps the reflection that left eᵢ₋₁ alone of it: H = I − τ·v·vᵀ, v = row i up to i − 1, τ in tau[i]
//   form_lanes    r ← Qᵀ        r: n×n
//
// w      n vectors of workspace
// Range  the caller scales, so that squares do not overflow. Of a row left of e what is shorter than 1e-15 (f32), 1e-140 (f64), whose
//        squares lose digits, is zero
// Cost   4/3·n³ flops each, for each lane
// Error  as tridiagonal has it        Wilkinson, AEP, §5.35
// LAPACK xSYTD2, xORGTR with the last row first
import { madd } from "../core/simd";

// @ts-ignore: decorator
@inline
function nmadd<T>(a: v128, b: v128, c: v128): v128 {
  return madd<T>(v128.neg<T>(a), b, c);
}

export function reduce_lanes<T extends number>(n: usize, a: usize, d: usize, e: usize, tau: usize, w: usize): void {
  const row = n << 4, zero = v128.splat<T>(<T>0), one = v128.splat<T>(<T>1);
  v128.store(e + row - 16, zero);
  for (let i = n - 1; i > 0; --i) {
    const v = a + i * row, end = i << 4, last = end - 16;
    v128.store(d + end, v128.load(v + end));
    let square = zero;
    for (let j: usize = 0; j < last; j += 16) square = madd<T>(v128.load(v + j), v128.load(v + j), square);
    const alpha = v128.load(v + last);
    const moved = v128.gt<T>(square, v128.splat<T>(sizeof<T>() == 8 ? <T>1e-280 : <T>1e-30));
    const norm = v128.sqrt<T>(madd<T>(alpha, alpha, square));
    const beta = v128.bitselect(v128.bitselect(v128.neg<T>(norm), norm, v128.gt<T>(alpha, zero)), alpha, moved);
    // Lanes that are left alone divide 0 by 1.
    const factor = v128.div<T>(one, v128.bitselect(v128.sub<T>(alpha, beta), one, moved));
    const t = v128.and(v128.div<T>(v128.sub<T>(beta, alpha), v128.bitselect(beta, one, moved)), moved);
    for (let j: usize = 0; j < last; j += 16) v128.store(v + j, v128.and(v128.mul<T>(v128.load(v + j), factor), moved));
    v128.store(v + last, one);
    v128.store(e + last, beta);
    v128.store(tau + end, t);
    product<T>(i, a, row, v, w);
    let share = zero;
    for (let j: usize = 0; j < end; j += 16) share = madd<T>(v128.load(w + j), v128.load(v + j), share);
    const half = v128.mul<T>(v128.mul<T>(v128.splat<T>(<T>0.5), t), v128.mul<T>(t, share));
    for (let j: usize = 0; j < end; j += 16) v128.store(w + j, nmadd<T>(half, v128.load(v + j), v128.mul<T>(t, v128.load(w + j))));
    update<T>(i, a, row, v, w);
  }
  v128.store(d, v128.load(a));
}

/** w ← A·v for the leading m×m part, each element of the triangle read once, two rows at a time. */
function product<T extends number>(m: usize, a: usize, row: usize, v: usize, w: usize): void {
  let r: usize = 0;
  for (; r + 2 <= m; r += 2) {
    const x = a + r * row, y = x + row, at = r << 4;
    const vx = v128.load(v + at), vy = v128.load(v + at, 16), corner = v128.load(y + at);
    let sx = v128.mul<T>(v128.load(x + at), vx), sy = madd<T>(v128.load(y + at, 16), vy, v128.mul<T>(corner, vx));
    sx = madd<T>(corner, vy, sx);
    for (let j: usize = 0; j < at; j += 16) {
      const ax = v128.load(x + j), ay = v128.load(y + j), vj = v128.load(v + j);
      sx = madd<T>(ax, vj, sx);
      sy = madd<T>(ay, vj, sy);
      v128.store(w + j, madd<T>(ay, vy, madd<T>(ax, vx, v128.load(w + j))));
    }
    v128.store(w + at, sx);
    v128.store(w + at, sy, 16);
  }
  if (r < m) {
    const x = a + r * row, at = r << 4, vx = v128.load(v + at);
    let sx = v128.mul<T>(v128.load(x + at), vx);
    for (let j: usize = 0; j < at; j += 16) {
      const ax = v128.load(x + j);
      sx = madd<T>(ax, v128.load(v + j), sx);
      v128.store(w + j, madd<T>(ax, vx, v128.load(w + j)));
    }
    v128.store(w + at, sx);
  }
}

/** A ← A − v·wᵀ − w·vᵀ, lower triangle of the leading m×m part; of a pair of rows one element above the diagonal goes along. */
function update<T extends number>(m: usize, a: usize, row: usize, v: usize, w: usize): void {
  let r: usize = 0;
  for (; r + 2 <= m; r += 2) {
    const x = a + r * row, y = x + row, at = r << 4;
    const vx = v128.neg<T>(v128.load(v + at)), vy = v128.neg<T>(v128.load(v + at, 16));
    const wx = v128.neg<T>(v128.load(w + at)), wy = v128.neg<T>(v128.load(w + at, 16));
    for (let j: usize = 0; j < at + 32; j += 16) {
      const vj = v128.load(v + j), wj = v128.load(w + j);
      v128.store(x + j, madd<T>(wx, vj, madd<T>(vx, wj, v128.load(x + j))));
      v128.store(y + j, madd<T>(wy, vj, madd<T>(vy, wj, v128.load(y + j))));
    }
  }
  if (r < m) {
    const x = a + r * row, at = r << 4;
    const vx = v128.neg<T>(v128.load(v + at)), wx = v128.neg<T>(v128.load(w + at));
    for (let j: usize = 0; j <= at; j += 16) {
      v128.store(x + j, madd<T>(wx, v128.load(v + j), madd<T>(vx, v128.load(w + j), v128.load(x + j))));
    }
  }
}

export function form_lanes<T extends number>(n: usize, a: usize, tau: usize, r: usize): void {
  const row = n << 4, one = v128.splat<T>(<T>1);
  memory.fill(r, 0, n * row);
  for (let i: usize = 0; i < n; ++i) v128.store(r + i * (row + 16), one);
  // H₁ · H₂ · …: a reflection meets rows that are still zero behind its own length.
  for (let i: usize = 2; i < n; ++i) {
    const v = a + i * row, end = i << 4, t = v128.neg<T>(v128.load(tau + end));
    let p: usize = 0;
    for (; p + 2 <= i; p += 2) {
      const x = r + p * row, y = x + row;
      let sx = v128.splat<T>(<T>0), sy = sx;
      for (let j: usize = 0; j < end; j += 16) {
        const vj = v128.load(v + j);
        sx = madd<T>(v128.load(x + j), vj, sx);
        sy = madd<T>(v128.load(y + j), vj, sy);
      }
      sx = v128.mul<T>(sx, t);
      sy = v128.mul<T>(sy, t);
      for (let j: usize = 0; j < end; j += 16) {
        const vj = v128.load(v + j);
        v128.store(x + j, madd<T>(sx, vj, v128.load(x + j)));
        v128.store(y + j, madd<T>(sy, vj, v128.load(y + j)));
      }
    }
    if (p < i) {
      const x = r + p * row;
      let sx = v128.splat<T>(<T>0);
      for (let j: usize = 0; j < end; j += 16) sx = madd<T>(v128.load(x + j), v128.load(v + j), sx);
      sx = v128.mul<T>(sx, t);
      for (let j: usize = 0; j < end; j += 16) v128.store(x + j, madd<T>(sx, v128.load(v + j), v128.load(x + j)));
    }
  }
}
