// finish — an accumulated update put onto its base, rounded to the stored type, and what the rounding lost.
//
//   v = c·W + acc        out ← encode(v)        W, acc: m×n of T · out: m×n of S (f32, f16, bf16), all dense
//
// For T = f64, v is rounded to f32 and then to S (core/stored.ts): the result is that of f64 math in a runtime whose tensors
// are f32, which is how reference merges are made.
// i0, i1  rows written, every row on its own
// stats   four f64 for each row: Σ Δ², Σ W², Σ e², and how many of v or decode(out) are not finite, where Δ = v − W and
//         e = (decode(out) − decode(encode(W))) − Δ. Differences are rounded to T, squares and sums are f64, in four
//         partial sums, column j in sum j mod 4; relative error of each sum at most (n/4 + 5)·2^−53 for the rounded Δ and e
// Bytes   reads and writes the rows to the last byte and no further; any alignment; out may be W or acc where S is T,
//         else nothing overlaps
// Error   v: u|v| + u|c·W| (half of it in relaxed builds with fused multiply–add), then the roundings above
import { hsum, high, madd, madd1 } from "../core/simd";
import { load1, load4, store1, store4 } from "../core/stored";

export function finish<T extends number, S>(
  n: usize, w: usize, c: T, acc: usize, out: usize, stats: usize, i0: usize, i1: usize,
): void {
  assert(i0 <= i1);
  for (let i = i0; i < i1; ++i) {
    const at = i * n * sizeof<T>();
    finish_row<T, S>(n, w + at, c, acc + at, out + i * n * sizeof<S>(), stats + i * 32);
  }
}

function finish_row<T extends number, S>(n: usize, w: usize, c: T, acc: usize, out: usize, stats: usize): void {
  // Each sum has four parts: columns 0, 1 and columns 2, 3 of every group of four.
  let d0 = f64x2.splat(0), d1 = f64x2.splat(0), w0 = f64x2.splat(0), w1 = f64x2.splat(0);
  let e0 = f64x2.splat(0), e1 = f64x2.splat(0);
  let bad = 0;
  const cs = v128.splat<T>(c), body = n & ~3;
  let j: usize = 0;
  for (; j < body; j += 4) {
    const p = w + j * sizeof<T>(), a = acc + j * sizeof<T>(), q = out + j * sizeof<S>();
    if (sizeof<T>() == 4) {
      const x = v128.load(p), v = madd<f32>(cs, x, v128.load(a));
      const before = rounded<S>(q, x), after = rounded<S>(q, v);
      const d = f32x4.sub(v, x), e = f32x4.sub(f32x4.sub(after, before), d);
      bad += not_finite(after);
      d0 = add_square(low_f64(d), d0);
      d1 = add_square(high_f64(d), d1);
      w0 = add_square(low_f64(x), w0);
      w1 = add_square(high_f64(x), w1);
      e0 = add_square(low_f64(e), e0);
      e1 = add_square(high_f64(e), e1);
    } else {
      const x0 = v128.load(p), x1 = v128.load(p, 16);
      const v0 = madd<f64>(cs, x0, v128.load(a)), v1 = madd<f64>(cs, x1, v128.load(a, 16));
      const before = rounded<S>(q, narrow(x0, x1)), after = rounded<S>(q, narrow(v0, v1));
      const y0 = f64x2.sub(v0, x0), y1 = f64x2.sub(v1, x1);
      bad += not_finite(after);
      d0 = add_square(y0, d0);
      d1 = add_square(y1, d1);
      w0 = add_square(x0, w0);
      w1 = add_square(x1, w1);
      e0 = add_square(f64x2.sub(f64x2.sub(low_f64(after), low_f64(before)), y0), e0);
      e1 = add_square(f64x2.sub(f64x2.sub(high_f64(after), high_f64(before)), y1), e1);
    }
  }
  let sum_d = hsum<f64>(f64x2.add(d0, d1)), sum_w = hsum<f64>(f64x2.add(w0, w1)), sum_e = hsum<f64>(f64x2.add(e0, e1));
  for (; j < n; ++j) {
    const q = out + j * sizeof<S>();
    const x = load<T>(w + j * sizeof<T>()), v = madd1<T>(c, x, load<T>(acc + j * sizeof<T>()));
    store1<S>(q, <f32>x);
    const before = <T>load1<S>(q);
    store1<S>(q, <f32>v);
    const after = <T>load1<S>(q);
    const d = <T>(v - x), e = <T>(<T>(after - before) - d);
    if (after - after != <T>0) bad += 1;
    sum_d += <f64>d * <f64>d;
    sum_w += <f64>x * <f64>x;
    sum_e += <f64>e * <f64>e;
  }
  store<f64>(stats, sum_d);
  store<f64>(stats, sum_w, 8);
  store<f64>(stats, sum_e, 16);
  store<f64>(stats, <f64>bad, 24);
}

/** Writes 4 values at p and gives back what was written. */
// @ts-ignore: decorator
@inline
function rounded<S>(p: usize, x: v128): v128 {
  store4<S>(p, x);
  return load4<S>(p);
}

/** How many of 4 lanes are NaN or Inf. */
// @ts-ignore: decorator
@inline
function not_finite(x: v128): i32 {
  const zero = f32x4.sub(x, x);
  return popcnt<i32>(i32x4.bitmask(f32x4.ne(zero, zero)));
}

// @ts-ignore: decorator
@inline
function add_square(x: v128, sum: v128): v128 {
  return madd<f64>(x, x, sum);
}

// @ts-ignore: decorator
@inline
function low_f64(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

// @ts-ignore: decorator
@inline
function high_f64(x: v128): v128 {
  return f64x2.promote_low_f32x4(high(x));
}

// @ts-ignore: decorator
@inline
function narrow(x: v128, y: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(x), f32x4.demote_f64x2_zero(y), 0, 2);
}
