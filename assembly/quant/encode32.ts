// encode32 — what the encoders of 32-element blocks share: extremes and codes of the 32 f32 at x.
//
// A block that holds NaN or Inf has no scale. It becomes a block of NaN: scale NaN, codes 0. Nothing is lost silently.
// Where 1/d overflows (|x| below 2^−121, far under the least f16 scale), the codes are those of zeros.
import { high } from "../core/simd";

export const NAN_HALF: u16 = 0x7e00;
export const NOT_FINITE: u32 = 0x7f800000; // bits of |x| from here on are Inf or NaN

export const NO_K_BLOCK: u32 = (127 + 30) << 23; // 2^30: more than the scales and codes of any K-block reach, 2^28; up to here no sum overflows

/** Bits of the largest |x|; Inf and NaN are larger than every number. */
// @ts-ignore: decorator
@inline
export function peak_bits(x: usize, n: usize): u32 {
  const mask = i32x4.splat(0x7fffffff);
  let a = v128.and(v128.load(x), mask);
  for (let j: usize = 16; j < n * 4; j += 16) a = i32x4.max_s(a, v128.and(v128.load(x + j), mask));
  a = i32x4.max_s(a, high(a));
  return <u32>i32x4.extract_lane(i32x4.max_s(a, v128.shuffle<i32>(a, a, 1, 1, 1, 1)), 0);
}

/** The same for 32: no loop, short chains. */
// @ts-ignore: decorator
@inline
export function peak32_bits(x: usize): u32 {
  const a = magnitudes(x, x + 16), b = magnitudes(x + 32, x + 48), c = magnitudes(x + 64, x + 80), d = magnitudes(x + 96, x + 112);
  let e = i32x4.max_s(i32x4.max_s(a, b), i32x4.max_s(c, d));
  e = i32x4.max_s(e, high(e));
  return <u32>i32x4.extract_lane(i32x4.max_s(e, v128.shuffle<i32>(e, e, 1, 1, 1, 1)), 0);
}

// @ts-ignore: decorator
@inline
function magnitudes(p: usize, q: usize): v128 {
  const mask = i32x4.splat(0x7fffffff);
  return i32x4.max_s(v128.and(v128.load(p), mask), v128.and(v128.load(q), mask));
}

/** Smallest of the 32; the first of equal ones, which matters for ±0. */
export function least(x: usize): f32 {
  let a = v128.load(x);
  for (let j: usize = 16; j < 128; j += 16) a = f32x4.pmin(a, v128.load(x + j));
  a = f32x4.pmin(a, high(a));
  const m = f32x4.extract_lane(f32x4.pmin(a, v128.shuffle<i32>(a, a, 1, 1, 1, 1)), 0);
  if (m != 0) return m;
  while (load<f32>(x) != 0) x += 4;
  return load<f32>(x);
}

/** Largest of the 32. */
export function greatest(x: usize): f32 {
  let a = v128.load(x);
  for (let j: usize = 16; j < 128; j += 16) a = f32x4.pmax(a, v128.load(x + j));
  a = f32x4.pmax(a, high(a));
  return f32x4.extract_lane(f32x4.pmax(a, v128.shuffle<i32>(a, a, 1, 1, 1, 1)), 0);
}

/** The element of the largest magnitude, with its sign; of x and −x the first. `bits` are those of the magnitude. */
export function signed_peak(x: usize, bits: u32): f32 {
  if (!bits) return 0;
  const a = reinterpret<f32>(bits);
  const p = greatest(x) == a, n = least(x) == -a;
  if (p && n) while (abs<f32>(load<f32>(x)) != a) x += 4;
  return p ? (n ? load<f32>(x) : a) : -a;
}

/** 1/d, or 0 where that is no number. */
// @ts-ignore: decorator
@inline
export function inverse(d: f32): f32 {
  const r = <f32>1 / d;
  return abs<f32>(r) < Infinity ? r : 0;
}

/** 16 codes as bytes: min(trunc((x − m)·r + h), top), for values of at least 0. */
// @ts-ignore: decorator
@inline
export function codes(x: usize, m: v128, r: v128, h: v128, top: v128): v128 {
  const a = code4(v128.load(x), m, r, h, top), b = code4(v128.load(x, 16), m, r, h, top);
  const c = code4(v128.load(x, 32), m, r, h, top), d = code4(v128.load(x, 48), m, r, h, top);
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

// @ts-ignore: decorator
@inline
function code4(x: v128, m: v128, r: v128, h: v128, top: v128): v128 {
  const y = f32x4.add(f32x4.mul(f32x4.sub(x, m), r), h);
  const integer = f32x4.add(f32x4.pmin(f32x4.trunc(y), top), f32x4.splat(8388608)); // 2^23: the integer is in the low bits
  return v128.xor(integer, i32x4.splat(0x4b000000));
}

/** Bit 4 of 16 codes. */
// @ts-ignore: decorator
@inline
export function fifth_bits(codes: v128): i32 {
  return i8x16.bitmask(i16x8.shl(codes, 3));
}

/** 16 bytes: a in the lower halves, b in the upper, of codes of which the low four bits count. */
// @ts-ignore: decorator
@inline
export function nibbles(a: v128, b: v128): v128 {
  const mask = i8x16.splat(15);
  return v128.or(v128.and(a, mask), i16x8.shl(v128.and(b, mask), 4));
}
