// low_rank_update — a stored matrix plus a low-rank product, with one rounding, and what the rounding lost.
//
//   out ← round(W + L·R)        W, out: m×n of S (f32, f16, bf16), rows dense · L: m×r · R: r×n · computed in f32
//
// left   L in panels of 4 rows, right: R in panels of 8 columns (merge/pack.ts, f32)
// i0     first row, a multiple of 4; rows i0 … i1 − 1 are written, every row on its own
// acc    Σₖ L[i,k]·R[k,j] starts from 0 and runs in the order of k; v = decode(W) + acc; out = encode(v)
// stats  four f64 for each row: Σ acc², Σ W², Σ e² with e = decode(out) − v, and how many of v or decode(out) are not finite.
//        Squares are formed in f32 and summed in f32 over at most 1024 columns, then in f64; relative error of each sum at
//        most (128 + 12)u, u = 2^−24, squares below 2^−126 aside. Where a square could overflow, f64 is used throughout.
// Bytes  reads and writes the rows to the last byte and no further; any alignment; out may be W, else nothing overlaps
// Cost   2·m·n·r flops; R is walked in blocks of columns that stay in the first-level cache while 4-row panels pass by
// Error  |v̂ − v| ≤ u|v| + γᵣ·(|L||R|)ᵢⱼ, γᵣ = ru/(1 − ru), then one rounding to S        Higham, ASNA 2e, §3.1
// BLAS   xGEMM with k = r, α = β = 1
import { hsum4, madd, madd1 } from "../core/simd";
import { bf16_rounded, f16_finite, f16_magic, f16_magnitude, load1, store1 } from "../core/stored";

/** Bytes of R that a block of columns may take: three quarters of a 32 KiB first-level cache. */
// @ts-ignore: decorator
@inline
const BLOCK_BYTES: usize = 24 << 10;

export function low_rank_update<S>(
  n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, i0: usize, i1: usize,
): void {
  assert((i0 & 3) == 0 && i0 <= i1);
  memory.fill(stats + i0 * 32, 0, (i1 - i0) * 32);
  const width = block_columns(r);
  const row = n * sizeof<S>();
  for (let j0: usize = 0; j0 < n; j0 += width) {
    const j1 = min(n, j0 + width), body = j0 + ((j1 - j0) & ~7);
    for (let i = i0; i < i1; i += 4) {
      const rows = min<usize>(4, i1 - i);
      const l = left + i * r * 4, at = i * row, s = stats + i * 32;
      let j = j0;
      if (rows == 4) {
        tiles<S>(j0, body, r, l, right, w + at, out + at, row, s);
        j = body;
      }
      for (; j < j1; j += 8) {
        const shift = at + j * sizeof<S>();
        careful_tile<S>(rows, min<usize>(8, j1 - j), r, l, right + j * r * 4, w + shift, out + shift, row, s);
      }
    }
  }
}

/** Columns of R walked at a time: whole tiles, at most 1024, and no more than BLOCK_BYTES of R where a tile allows it. */
function block_columns(r: usize): usize {
  const fit = (BLOCK_BYTES / 4 / max<usize>(1, r)) & ~7;
  return min<usize>(1024, max<usize>(8, fit));
}

/** 4 rows, columns j0 … j1 − 1, whole tiles. `w` and `out` point at column 0, rows are `row` bytes apart. */
function tiles<S>(
  j0: usize, j1: usize, r: usize, left: usize, right: usize, w: usize, out: usize, row: usize, stats: usize,
): void {
  // Sums over the block; lane i belongs to row i.
  let sum_acc = f32x4.splat(0), sum_w = f32x4.splat(0), sum_e = f32x4.splat(0);
  const depth = r * 16;
  for (let j = j0; j < j1; j += 8) {
    let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
    let c10 = f32x4.splat(0), c11 = f32x4.splat(0);
    let c20 = f32x4.splat(0), c21 = f32x4.splat(0);
    let c30 = f32x4.splat(0), c31 = f32x4.splat(0);
    let b = right + j * r * 4;
    for (let a = left, end = left + depth; a < end; a += 16, b += 32) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      const a0 = v128.load_splat<f32>(a), a1 = v128.load_splat<f32>(a, 4);
      const a2 = v128.load_splat<f32>(a, 8), a3 = v128.load_splat<f32>(a, 12);
      c00 = madd<f32>(a0, b0, c00); c01 = madd<f32>(a0, b1, c01);
      c10 = madd<f32>(a1, b0, c10); c11 = madd<f32>(a1, b1, c11);
      c20 = madd<f32>(a2, b0, c20); c21 = madd<f32>(a2, b1, c21);
      c30 = madd<f32>(a3, b0, c30); c31 = madd<f32>(a3, b1, c31);
    }
    const shift = j * sizeof<S>();
    const p0 = w + shift, p1 = p0 + row, p2 = p1 + row, p3 = p2 + row;
    const x0 = v128.load(p0), x1 = v128.load(p1), x2 = v128.load(p2), x3 = v128.load(p3);
    const w00 = first<S>(x0), w01 = second<S>(x0, p0), w10 = first<S>(x1), w11 = second<S>(x1, p1);
    const w20 = first<S>(x2), w21 = second<S>(x2, p2), w30 = first<S>(x3), w31 = second<S>(x3, p3);
    const t_acc = hsum4(squares(c00, c01), squares(c10, c11), squares(c20, c21), squares(c30, c31));
    const t_w = hsum4(squares(w00, w01), squares(w10, w11), squares(w20, w21), squares(w30, w31));
    // Everything that is not finite, or would not be, shows here before anything is written.
    if (i32x4.bitmask(f32x4.lt(f32x4.add(t_acc, t_w), f32x4.splat(limit<S>()))) != 15) {
      careful_tile<S>(4, 8, r, left, right + j * r * 4, p0, out + shift, row, stats);
      continue;
    }
    const v00 = f32x4.add(w00, c00), v01 = f32x4.add(w01, c01), v10 = f32x4.add(w10, c10), v11 = f32x4.add(w11, c11);
    const v20 = f32x4.add(w20, c20), v21 = f32x4.add(w21, c21), v30 = f32x4.add(w30, c30), v31 = f32x4.add(w31, c31);
    const q0 = out + shift, q1 = q0 + row;
    put<S>(q0, v00, v01);
    put<S>(q1, v10, v11);
    put<S>(q1 + row, v20, v21);
    put<S>(q1 + 2 * row, v30, v31);
    sum_acc = f32x4.add(sum_acc, t_acc);
    sum_w = f32x4.add(sum_w, t_w);
    if (sizeof<S>() == 2) {
      const e0 = squares(loss<S>(v00), loss<S>(v01)), e1 = squares(loss<S>(v10), loss<S>(v11));
      const e2 = squares(loss<S>(v20), loss<S>(v21)), e3 = squares(loss<S>(v30), loss<S>(v31));
      sum_e = f32x4.add(sum_e, hsum4(e0, e1, e2, e3));
    }
  }
  flush(stats, f32x4.extract_lane(sum_acc, 0), f32x4.extract_lane(sum_w, 0), f32x4.extract_lane(sum_e, 0));
  flush(stats + 32, f32x4.extract_lane(sum_acc, 1), f32x4.extract_lane(sum_w, 1), f32x4.extract_lane(sum_e, 1));
  flush(stats + 64, f32x4.extract_lane(sum_acc, 2), f32x4.extract_lane(sum_w, 2), f32x4.extract_lane(sum_e, 2));
  flush(stats + 96, f32x4.extract_lane(sum_acc, 3), f32x4.extract_lane(sum_w, 3), f32x4.extract_lane(sum_e, 3));
}

/** Up to 4 rows × 8 columns, element by element: edges, and tiles with values that overflow. The same bits as `tiles`. */
function careful_tile<S>(
  rows: usize, columns: usize, r: usize, left: usize, right: usize, w: usize, out: usize, row: usize, stats: usize,
): void {
  for (let i: usize = 0; i < rows; ++i) {
    let sum_acc: f64 = 0, sum_w: f64 = 0, sum_e: f64 = 0, bad: f64 = 0;
    for (let j: usize = 0; j < columns; ++j) {
      let acc: f32 = 0;
      for (let k: usize = 0; k < r; ++k) {
        acc = madd1<f32>(load<f32>(left + (4 * k + i) * 4), load<f32>(right + (8 * k + j) * 4), acc);
      }
      const x = load1<S>(w + j * sizeof<S>());
      const v = x + acc;
      store1<S>(out + j * sizeof<S>(), v);
      const e = load1<S>(out + j * sizeof<S>()) - v; // NaN or Inf where v or out is not finite
      sum_acc += <f64>acc * <f64>acc;
      sum_w += <f64>x * <f64>x;
      if (e - e == 0) sum_e += <f64>e * <f64>e;
      else bad += 1;
    }
    flush(stats, sum_acc, sum_w, sum_e);
    store<f64>(stats, load<f64>(stats, 24) + bad, 24);
    w += row;
    out += row;
    stats += 32;
  }
}

function flush(stats: usize, acc: f64, w: f64, e: f64): void {
  store<f64>(stats, load<f64>(stats) + acc);
  store<f64>(stats, load<f64>(stats, 8) + w, 8);
  store<f64>(stats, load<f64>(stats, 16) + e, 16);
}

/**
 * While Σ acc² + Σ W² of a tile's row stays below, v and its rounding are finite and no square overflows.
 * f16: decoding without special cases gives at least 2^16 for Inf and NaN, and v ≥ 65520 needs acc² + W² ≥ 65520²/2 > 2^30.
 */
// @ts-ignore: decorator
@inline
function limit<S>(): f32 {
  return sizeof<S>() == 2 && isSigned<S>() ? 1073741824 : f32.MAX_VALUE;
}

/** Columns 0–3 of a tile's row; `x` holds the first 16 bytes of it. */
// @ts-ignore: decorator
@inline
function first<S>(x: v128): v128 {
  if (sizeof<S>() == 4) return x;
  const y = v128.shuffle<i16>(i32x4.splat(0), x, 0, 8, 1, 9, 2, 10, 3, 11); // into the upper halves of i32 lanes
  return isSigned<S>() ? f16_finite(y) : y;
}

/** Columns 4–7. */
// @ts-ignore: decorator
@inline
function second<S>(x: v128, p: usize): v128 {
  if (sizeof<S>() == 4) return v128.load(p, 16);
  const y = v128.shuffle<i16>(i32x4.splat(0), x, 4, 12, 5, 13, 6, 14, 7, 15);
  return isSigned<S>() ? f16_finite(y) : y;
}

/** Rounds and writes 8 columns, all within the range of S. */
// @ts-ignore: decorator
@inline
function put<S>(p: usize, x: v128, y: v128): void {
  if (sizeof<S>() == 4) {
    v128.store(p, x);
    v128.store(p, y, 16);
  } else if (isSigned<S>()) {
    const signs = v128.and(i16x8.narrow_i32x4_s(i32x4.shr_s(x, 16), i32x4.shr_s(y, 16)), i16x8.splat(<i16>0x8000));
    v128.store(p, v128.or(signs, i16x8.narrow_i32x4_u(f16_magnitude(magnitude(x)), f16_magnitude(magnitude(y)))));
  } else {
    v128.store(p, i16x8.narrow_i32x4_u(i32x4.shr_u(bf16_rounded(x), 16), i32x4.shr_u(bf16_rounded(y), 16)));
  }
}

/** decode(encode(x)) − x, up to its sign. */
// @ts-ignore: decorator
@inline
function loss<S>(x: v128): v128 {
  if (!isSigned<S>()) return f32x4.sub(v128.and(bf16_rounded(x), i32x4.splat(<i32>0xffff0000)), x);
  const a = magnitude(x), c = f16_magic(a);
  return f32x4.sub(f32x4.sub(f32x4.add(a, c), c), a);
}

// @ts-ignore: decorator
@inline
function magnitude(x: v128): v128 {
  return v128.and(x, i32x4.splat(0x7fffffff));
}

// @ts-ignore: decorator
@inline
function squares(x: v128, y: v128): v128 {
  return madd<f32>(x, x, f32x4.mul(y, y));
}
