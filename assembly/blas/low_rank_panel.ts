// low_rank_panel — up to four rows of a stored matrix plus a low-rank product, some columns of them.
//
//   out ← round(W + L·R)        W, out: 4×n of S (f32, f16, bf16), of which rows 0 … rows − 1, columns j0 … j1 − 1 · L: 4×r · R: r×n
//
// left   one panel of 4 rows, right: panels of 8 columns from column 0 on (merge/pack.ts, f32); j0 is a multiple of 8
// w, out point at column 0; their rows are `row` bytes apart. The same place, or nothing overlaps
// acc    Σₖ L[i,k]·R[k,j] starts from 0 and runs in the order of k; v = decode(W) + acc; out = encode(v)
// stats  four f64 for each row, added to: Σ acc², Σ W², Σ e² with e = decode(out) − v, and how many of v or decode(out) are not
//        finite. The sums of whole tiles are those of all rows together and go to row 0, the counts are each row's own
// Bytes  reads and writes the columns to the last byte and no further; any alignment
// Error  |v̂ − v| ≤ u|v| + γᵣ·(|L||R|)ᵢⱼ, γᵣ = ru/(1 − ru), then one rounding to S. Squares are formed and summed in f32, in four lanes,
//        then in f64: (j1 − j0)/2 + 12 roundings        Higham, ASNA 2e, §3.1
import { across, madd, madd1, squares } from "../core/simd";
import { bf16_rounded, f16_bits, f16_rounded, f16_value, load1, store1 } from "../core/stored";

export function low_rank_panel<S>(
  rows: usize, j0: usize, j1: usize, r: usize, left: usize, right: usize, w: usize, out: usize, row: usize, stats: usize,
): void {
  const body = rows == 4 ? j0 + ((j1 - j0) & ~7) : j0;
  let j = j0;
  while (j < j1) {
    let k: usize = 0; // first row that is left to do
    if (j < body) {
      const done = tiles<S>(j, body, r, left, right, w, out, row, stats);
      j = done & ~7;
      k = done & 7;
      if (j == body) continue;
    }
    for (; k < rows; ++k) {
      const at = k * row + j * sizeof<S>();
      careful_row<S>(min<usize>(8, j1 - j), r, left + 4 * k, right + j * r * 4, w + at, out + at, stats + 32 * k);
    }
    j += 8;
  }
}

/**
 * 4 rows, columns j0 … j1 − 1, whole tiles. `w` and `out` point at column 0, rows are `row` bytes apart.
 * Gives j1, or j + k where row k of the tile at column j is the first that holds something not finite, or would: it and the
 * rows behind it are not written. These branches also keep V8 from computing all rows at once, for which registers are too few.
 */
function tiles<S>(
  j0: usize, j1: usize, r: usize, left: usize, right: usize, w: usize, out: usize, row: usize, stats: usize,
): usize {
  let sa = f32x4.splat(0), sw = f32x4.splat(0), se = f32x4.splat(0); // Σ acc², Σ W², Σ e² of all four rows
  const depth = r * 16;
  let j = j0, done = j1;
  for (; j < j1; j += 8) {
    let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
    let c10 = f32x4.splat(0), c11 = f32x4.splat(0);
    let c20 = f32x4.splat(0), c21 = f32x4.splat(0);
    let c30 = f32x4.splat(0), c31 = f32x4.splat(0);
    for (let a = left, b = right + j * r * 4, end = left + depth; a < end; a += 16, b += 32) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      const a0 = v128.load_splat<f32>(a), a1 = v128.load_splat<f32>(a, 4);
      const a2 = v128.load_splat<f32>(a, 8), a3 = v128.load_splat<f32>(a, 12);
      c00 = madd<f32>(a0, b0, c00); c01 = madd<f32>(a0, b1, c01);
      c10 = madd<f32>(a1, b0, c10); c11 = madd<f32>(a1, b1, c11);
      c20 = madd<f32>(a2, b0, c20); c21 = madd<f32>(a2, b1, c21);
      c30 = madd<f32>(a3, b0, c30); c31 = madd<f32>(a3, b1, c31);
    }
    let p = w + j * sizeof<S>(), q = out + j * sizeof<S>();

    const x0 = v128.load(p), w00 = first<S>(x0), w01 = second<S>(x0, p);
    const a0s = squares(c00, c01), w0s = squares(w00, w01);
    if (beyond<S>(f32x4.add(a0s, w0s))) {
      done = j + 0;
      break;
    }
    const v00 = f32x4.add(w00, c00), v01 = f32x4.add(w01, c01);
    put<S>(q, v00, v01);
    sa = f32x4.add(sa, a0s);
    sw = f32x4.add(sw, w0s);
    if (sizeof<S>() == 2) se = f32x4.add(se, losses<S>(v00, v01));
    p += row;
    q += row;

    const x1 = v128.load(p), w10 = first<S>(x1), w11 = second<S>(x1, p);
    const a1s = squares(c10, c11), w1s = squares(w10, w11);
    if (beyond<S>(f32x4.add(a1s, w1s))) {
      done = j + 1;
      break;
    }
    const v10 = f32x4.add(w10, c10), v11 = f32x4.add(w11, c11);
    put<S>(q, v10, v11);
    sa = f32x4.add(sa, a1s);
    sw = f32x4.add(sw, w1s);
    if (sizeof<S>() == 2) se = f32x4.add(se, losses<S>(v10, v11));
    p += row;
    q += row;

    const x2 = v128.load(p), w20 = first<S>(x2), w21 = second<S>(x2, p);
    const a2s = squares(c20, c21), w2s = squares(w20, w21);
    if (beyond<S>(f32x4.add(a2s, w2s))) {
      done = j + 2;
      break;
    }
    const v20 = f32x4.add(w20, c20), v21 = f32x4.add(w21, c21);
    put<S>(q, v20, v21);
    sa = f32x4.add(sa, a2s);
    sw = f32x4.add(sw, w2s);
    if (sizeof<S>() == 2) se = f32x4.add(se, losses<S>(v20, v21));
    p += row;
    q += row;

    const x3 = v128.load(p), w30 = first<S>(x3), w31 = second<S>(x3, p);
    const a3s = squares(c30, c31), w3s = squares(w30, w31);
    if (beyond<S>(f32x4.add(a3s, w3s))) {
      done = j + 3;
      break;
    }
    const v30 = f32x4.add(w30, c30), v31 = f32x4.add(w31, c31);
    put<S>(q, v30, v31);
    sa = f32x4.add(sa, a3s);
    sw = f32x4.add(sw, w3s);
    if (sizeof<S>() == 2) se = f32x4.add(se, losses<S>(v30, v31));
  }
  add(stats, across(sa));
  add(stats + 8, across(sw));
  if (sizeof<S>() == 2) add(stats + 16, across(se));
  return done;
}

/** Up to 8 columns of a row, element by element: edges, and rows with values that overflow. The same bits as `tiles`. */
function careful_row<S>(columns: usize, r: usize, left: usize, panel: usize, w: usize, out: usize, stats: usize): void {
  let sum_acc: f64 = 0, sum_w: f64 = 0, sum_e: f64 = 0, bad: f64 = 0;
  for (let j: usize = 0; j < columns; ++j) {
    let acc: f32 = 0;
    for (let k: usize = 0; k < r; ++k) acc = madd1<f32>(load<f32>(left + k * 16), load<f32>(panel + (8 * k + j) * 4), acc);
    const x = load1<S>(w + j * sizeof<S>());
    const v = x + acc;
    store1<S>(out + j * sizeof<S>(), v);
    const e = load1<S>(out + j * sizeof<S>()) - v; // NaN or Inf where v or out is not finite
    sum_acc += <f64>acc * <f64>acc;
    sum_w += <f64>x * <f64>x;
    if (e - e == 0) sum_e += <f64>e * <f64>e;
    else bad += 1;
  }
  add(stats, sum_acc);
  add(stats + 8, sum_w);
  add(stats + 16, sum_e);
  add(stats + 24, bad);
}

// @ts-ignore: decorator
@inline
function add(p: usize, x: f64): void {
  store<f64>(p, load<f64>(p) + x);
}

/**
 * Whether these sums of acc² and W² leave open that all is finite. While each stays below the largest f32, |acc| and |W|
 * stay below 2^64, so v and its rounding to f32 or bf16 are finite. f16: decoding without special cases gives at least 2^16
 * for Inf and NaN, and |v| ≥ 65520 needs acc² or W² ≥ 65520²/4 > 2^29.
 */
// @ts-ignore: decorator
@inline
function beyond<S>(sums: v128): bool {
  const limit: f32 = sizeof<S>() == 2 && isSigned<S>() ? 536870912 : f32.MAX_VALUE;
  return i32x4.bitmask(f32x4.lt(sums, f32x4.splat(limit))) != 15;
}

/** Columns 0–3 of a tile's row; `x` holds the first 16 bytes of it. */
// @ts-ignore: decorator
@inline
function first<S>(x: v128): v128 {
  if (sizeof<S>() == 4) return x;
  const y = v128.shuffle<i16>(lower<S>(x), upper<S>(x), 0, 8, 1, 9, 2, 10, 3, 11);
  return isSigned<S>() ? f16_value(y) : y;
}

/** Columns 4–7. */
// @ts-ignore: decorator
@inline
function second<S>(x: v128, p: usize): v128 {
  if (sizeof<S>() == 4) return v128.load(p, 16);
  const y = v128.shuffle<i16>(lower<S>(x), upper<S>(x), 4, 12, 5, 13, 6, 14, 7, 15);
  return isSigned<S>() ? f16_value(y) : y;
}

/** Lower halves of the f32 bits, or of what f16_value takes. */
// @ts-ignore: decorator
@inline
function lower<S>(x: v128): v128 {
  return isSigned<S>() ? i16x8.shl(x, 13) : i16x8.splat(0);
}

/** Upper halves. */
// @ts-ignore: decorator
@inline
function upper<S>(x: v128): v128 {
  return isSigned<S>() ? v128.and(i16x8.shr_s(x, 3), i16x8.splat(<i16>0x8fff)) : x;
}

/** Rounds and writes 8 columns, all within the range of S. */
// @ts-ignore: decorator
@inline
function put<S>(p: usize, x: v128, y: v128): void {
  if (sizeof<S>() == 4) {
    v128.store(p, x);
    v128.store(p, y, 16);
  } else if (isSigned<S>()) {
    const signs = v128.and(i16x8.narrow_i32x4_s(x, y), i16x8.splat(<i16>0x8000)); // saturated, so the sign alone is right
    const bits = i16x8.narrow_i32x4_u(f16_bits(f16_rounded(magnitude(x))), f16_bits(f16_rounded(magnitude(y))));
    v128.store(p, v128.or(signs, bits));
  } else {
    v128.store(p, i16x8.narrow_i32x4_u(i32x4.shr_u(bf16_rounded(x), 16), i32x4.shr_u(bf16_rounded(y), 16)));
  }
}

/** Squares of what rounding loses, of 8 columns. */
// @ts-ignore: decorator
@inline
function losses<S>(x: v128, y: v128): v128 {
  return squares(loss<S>(x), loss<S>(y));
}

/** decode(encode(x)) − x, up to its sign. */
// @ts-ignore: decorator
@inline
function loss<S>(x: v128): v128 {
  if (!isSigned<S>()) return f32x4.sub(i32x4.shl(i32x4.shr_u(bf16_rounded(x), 16), 16), x);
  return f32x4.sub(f16_rounded(magnitude(x)), magnitude(x));
}

// @ts-ignore: decorator
@inline
function magnitude(x: v128): v128 {
  return v128.and(x, i32x4.splat(0x7fffffff));
}
