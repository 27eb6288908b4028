// simd — what differs between the builds, and the few lane operations that the instruction set lacks.
//
// madd   a·b + c, lane by lane. Two roundings (multiply, then add) in the plain builds, which is what makes their results
//        the same everywhere; in the relaxed builds one rounding where the host has a fused instruction, else two.
// integers   of whole numbers, which the relaxed builds convert by one instruction; the same everywhere.
// hsum   the sum of the lanes, in one fixed order.
//
// This file alone looks at ASC_FEATURE_RELAXED_SIMD.

/** a·b + c in every lane. */
// @ts-ignore: decorator
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** a·b + c of single numbers, rounded exactly as a lane of `madd` is. */
// @ts-ignore: decorator
@inline
export function madd1<T extends number>(a: T, b: T, c: T): T {
  if (ASC_FEATURE_RELAXED_SIMD) {
    return v128.extract_lane<T>(madd<T>(v128.splat<T>(a), v128.splat<T>(b), v128.splat<T>(c)), 0);
  }
  return <T>(<T>(a * b) + c);
}

/** x² + y² in every lane. */
// @ts-ignore: decorator
@inline
export function squares(x: v128, y: v128): v128 {
  return madd<f32>(x, x, f32x4.mul(y, y));
}

/** Whole numbers below 2^22 in f32 lanes → i32 lanes. */
// @ts-ignore: decorator
@inline
export function integers(x: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_trunc_f32x4_s(x);
  return i32x4.sub(f32x4.add(x, f32x4.splat(12582912)), i32x4.splat(0x4b400000)); // 1.5 · 2^23: the integer is in the low bits
}

/** Lane sum: f32 (x0 + x2) + (x1 + x3), f64 x0 + x1. */
// @ts-ignore: decorator
@inline
export function hsum<T extends number>(x: v128): T {
  if (sizeof<T>() == 8) return <T>(v128.extract_lane<T>(x, 0) + v128.extract_lane<T>(x, 1));
  const y = f32x4.add(x, high(x));
  return <T>(f32x4.extract_lane(y, 0) + f32x4.extract_lane(y, 1));
}

/** The four lanes of a sum, added in f64. */
// @ts-ignore: decorator
@inline
export function across(s: v128): f64 {
  return (<f64>f32x4.extract_lane(s, 0) + <f64>f32x4.extract_lane(s, 1)) + (<f64>f32x4.extract_lane(s, 2) + <f64>f32x4.extract_lane(s, 3));
}

/** The upper 64 bits moved to the lower half. */
// @ts-ignore: decorator
@inline
export function high(x: v128): v128 {
  return v128.shuffle<i64>(x, x, 1, 1);
}
