// half — the f16 scales of quantized blocks as f32, exactly, and back: subnormals, Inf and NaN included.
//
//   h = s · eeeee · ffffffffff    0 < e < 31   (−1)^s · 2^(e − 15) · (1 + f/1024)       e = 0   (−1)^s · 2^−14 · f/1024
//                                 e = 31       ±Inf where f = 0, else NaN
//
// Scales of small weights are often subnormal in f16, and as subnormal f32 operands they would cost a hundred cycles each on some
// processors. So no f32 here is ever subnormal: with y = 2^(e − 15)·(1 + f/1024) built from the bits, the value is
//
//   min(y, 2y − 2^−14)      the first where e > 0, the second where e = 0, where y itself is worth nothing
//
// Where all of several scales are normal, which is the rule, y alone is enough, and one test finds out.
// The constants lie in memory: V8 builds a constant vector with three instructions at each use, but keeps a loaded one.

import { f16, store1 } from "../core/stored";

const BIAS: i32 = 112 << 23; // exponent bias 15 to 127

const CONSTANTS = memory.data<u32>([
  0x8fffe000, 0x8fffe000, 0x8fffe000, 0x8fffe000, // sign, three empty bits, exponent, fraction
  0x38000000, 0x38000000, 0x38000000, 0x38000000, // BIAS
  0x78000000, 0x78000000, 0x78000000, 0x78000000, // brings the normal exponents to the lower end of the signed numbers,
  0x6fffffff, 0x6fffffff, 0x6fffffff, 0x6fffffff, // and this is where they end
], 16);

/** The i-th constant of `halves`, to be loaded before a loop. */
// @ts-ignore: decorator
@inline
export function half_constant(i: usize): v128 {
  return v128.load(CONSTANTS + i * 16);
}

/** f16 at p → f32. */
// @ts-ignore: decorator
@inline
export function half(p: usize): f32 {
  const h = <u32>load<u16>(p);
  const sign = (h & 0x8000) << 16, m = h & 0x7fff;
  if (m - 0x400 < 0x7800) return reinterpret<f32>(sign | ((m << 13) + BIAS));
  if (m > 0x400) return reinterpret<f32>(sign | 0x7f800000 | (m << 13));
  return copysign<f32>(<f32>m * <f32>5.9604644775390625e-8, reinterpret<f32>(sign)); // 2^−24
}

/** x as f16 at p, to nearest, ties to even: integers alone where it is normal there. */
// @ts-ignore: decorator
@inline
export function store_half(p: usize, x: f32): void {
  const bits = reinterpret<u32>(x), m = bits & 0x7fffffff;
  const rounded = m + 0xfff + ((m >> 13) & 1) - <u32>BIAS;
  if (rounded - 0x800000 < 0xf000000 && m >= <u32>0x38800000) store<u16>(p, <u16>((rounded >> 13) | ((bits >> 16) & 0x8000)));
  else store1<f16>(p, x);
}

/** Whether one of the four f16 in the upper halves of i32 lanes is subnormal, zero, Inf or NaN; c2 and c3 are constants. */
// @ts-ignore: decorator
@inline
export function special(x: v128, c2: v128, c3: v128): bool {
  return v128.any_true(i32x4.gt_s(i32x4.add(i32x4.shl(x, 1), c2), c3));
}

/** Four normal f16 in the upper halves of i32 lanes, zero below → f32; c0 and c1 are constants. */
// @ts-ignore: decorator
@inline
export function normal_halves(x: v128, c0: v128, c1: v128): v128 {
  return i32x4.add(v128.and(i32x4.shr_s(x, 3), c0), c1);
}

/** Four f16 in the upper halves of i32 lanes, zero below → f32; c0 … c3 are the constants. */
// @ts-ignore: decorator
@inline
export function halves(x: v128, c0: v128, c1: v128, c2: v128, c3: v128): v128 {
  return special(x, c2, c3) ? any_halves(x) : normal_halves(x, c0, c1);
}

/** `halves` of whatever comes. */
// @ts-ignore: decorator
@inline
export function any_halves(x: v128): v128 {
  const magnitude = v128.and(x, i32x4.splat(0x7fff0000)), sign = v128.xor(x, magnitude);
  const bits = i32x4.shr_u(magnitude, 3);
  const y = i32x4.add(bits, i32x4.splat(BIAS));
  const z = f32x4.sub(i32x4.add(bits, i32x4.splat(113 << 23)), f32x4.splat(0.00006103515625)); // 2y − 2^−14
  const infinite = v128.and(i32x4.gt_s(magnitude, i32x4.splat(0x7bff0000)), i32x4.splat(0x7f800000));
  return v128.or(v128.or(f32x4.pmin(y, z), infinite), sign);
}

/** Four f16 at four places, in the upper halves of i32 lanes. */
// @ts-ignore: decorator
@inline
export function gather_halves(p: usize, q: usize, r: usize, s: usize): v128 {
  let x = i32x4.splat(0);
  x = v128.load_lane<u16>(p, x, 1);
  x = v128.load_lane<u16>(q, x, 3);
  x = v128.load_lane<u16>(r, x, 5);
  return v128.load_lane<u16>(s, x, 7);
}
