// encode4 — what encoding four blocks of 32 at once shares: the scales of four blocks stand in one vector.
//
// One block alone is a long chain: the peak, two divisions, then 32 products with what came of them. Of four blocks the peaks are found
// one behind the other without waiting, and the divisions and the rounding to f16 are done once.

/** From here on a scale becomes Inf as f16. */
const TOO_LARGE: f32 = 65520;

/** Bits of the largest magnitude of 32 f32 at x, in four parts. */
// @ts-ignore: decorator
@inline
export function magnitude_peaks(x: usize): v128 {
  const m = i32x4.splat(0x7fffffff);
  const a = i32x4.max_s(v128.and(v128.load(x), m), v128.and(v128.load(x, 16), m));
  const b = i32x4.max_s(v128.and(v128.load(x, 32), m), v128.and(v128.load(x, 48), m));
  const c = i32x4.max_s(v128.and(v128.load(x, 64), m), v128.and(v128.load(x, 80), m));
  const d = i32x4.max_s(v128.and(v128.load(x, 96), m), v128.and(v128.load(x, 112), m));
  return i32x4.max_s(i32x4.max_s(a, b), i32x4.max_s(c, d));
}

/** Largest of the bits of 32 f32 at x as signed integers, in four parts: the largest number ≥ 0, or else what is negative. */
// @ts-ignore: decorator
@inline
export function signed_peaks(x: usize): v128 {
  const a = i32x4.max_s(v128.load(x), v128.load(x, 16)), b = i32x4.max_s(v128.load(x, 32), v128.load(x, 48));
  const c = i32x4.max_s(v128.load(x, 64), v128.load(x, 80)), d = i32x4.max_s(v128.load(x, 96), v128.load(x, 112));
  return i32x4.max_s(i32x4.max_s(a, b), i32x4.max_s(c, d));
}

/** The same of them as unsigned: the negative number of the largest magnitude, or else the largest number. */
// @ts-ignore: decorator
@inline
export function unsigned_peaks(x: usize): v128 {
  const a = i32x4.max_u(v128.load(x), v128.load(x, 16)), b = i32x4.max_u(v128.load(x, 32), v128.load(x, 48));
  const c = i32x4.max_u(v128.load(x, 64), v128.load(x, 80)), d = i32x4.max_u(v128.load(x, 96), v128.load(x, 112));
  return i32x4.max_u(i32x4.max_u(a, b), i32x4.max_u(c, d));
}

/** Four vectors of integers to one: lane i is the largest of the lanes of the i-th. */
// @ts-ignore: decorator
@inline
export function maxima4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.max_s(v128.shuffle<i64>(a, b, 0, 2), v128.shuffle<i64>(a, b, 1, 3));
  const cd = i32x4.max_s(v128.shuffle<i64>(c, d, 0, 2), v128.shuffle<i64>(c, d, 1, 3));
  return i32x4.max_s(v128.shuffle<i32>(ab, cd, 0, 2, 4, 6), v128.shuffle<i32>(ab, cd, 1, 3, 5, 7));
}

/** Whether four scales all are finite as f16. */
// @ts-ignore: decorator
@inline
export function fit_half(magnitudes: v128): bool {
  return i32x4.bitmask(f32x4.lt(magnitudes, f32x4.splat(TOO_LARGE))) == 15;
}

/** 1/d, or 0 where that is no number. */
// @ts-ignore: decorator
@inline
export function inverses(d: v128): v128 {
  const r = f32x4.div(f32x4.splat(1), d);
  return v128.and(r, f32x4.lt(f32x4.abs(r), f32x4.splat(Infinity)));
}

/**
 * Writes four scales that fit as f16, `step` bytes apart, and answers what they decode to. No f32 on the way is subnormal: with
 * |d| + C as in core/stored.ts, the integer of the sum is that of C and |d| in units of its last place as f16.
 */
// @ts-ignore: decorator
@inline
export function put_scales(p: usize, step: usize, d: v128): v128 {
  const least = i32x4.splat(113 << 23), sign = v128.and(d, i32x4.splat(<i32>0x80000000)), m = v128.xor(d, sign);
  const exponent = i32x4.max_u(v128.and(m, i32x4.splat(0x7f800000)), least), c = i32x4.add(exponent, i32x4.splat(13 << 23));
  const sum = f32x4.add(m, c);
  const bits = i32x4.add(i32x4.sub(sum, c), i32x4.shr_u(i32x4.sub(exponent, least), 13));
  const all = v128.or(bits, i32x4.shr_u(sign, 16));
  store<u16>(p, <u16>i32x4.extract_lane(all, 0));
  store<u16>(p + step, <u16>i32x4.extract_lane(all, 1));
  store<u16>(p + 2 * step, <u16>i32x4.extract_lane(all, 2));
  store<u16>(p + 3 * step, <u16>i32x4.extract_lane(all, 3));
  return v128.or(f32x4.sub(sum, c), sign);
}
