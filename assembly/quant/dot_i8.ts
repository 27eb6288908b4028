// dot_i8 — products of small integers, summed exactly: the same number in every build.
//
// In the plain builds codes are widened to i16 and multiplied by i32x4.dot_i16x8_s. The relaxed builds have products of bytes
// (i16x8.relaxed_dot_i8x16_i7x16_s), which are exact while the second operand has seven bits: unsigned codes of at most 63 here. A
// pair of products is then at most 2·127·63 in magnitude, and two pairs still fit i16.

const SPLATS = memory.data<u16>([15, 15, 15, 15, 15, 15, 15, 15, 1, 1, 1, 1, 1, 1, 1, 1], 16);

/** i16 lanes of 15; loaded, since V8 builds a constant vector with three instructions at each use, but keeps a loaded one. */
// @ts-ignore: decorator
@inline
export function fifteens(): v128 {
  return v128.load(SPLATS);
}

/** i16 lanes of 1, loaded. */
// @ts-ignore: decorator
@inline
export function loaded_ones(): v128 {
  return v128.load(SPLATS, 16);
}

/** Σ a·b of eight i16, in four sums. */
// @ts-ignore: decorator
@inline
export function dot8(a: v128, b: v128): v128 {
  return i32x4.dot_i16x8_s(a, b);
}

/** Σ a·x of four pairs of eight i16, in four sums. */
// @ts-ignore: decorator
@inline
export function dot32(a: v128, x: v128, b: v128, y: v128, c: v128, z: v128, d: v128, w: v128): v128 {
  return i32x4.add(i32x4.add(dot8(a, x), dot8(b, y)), i32x4.add(dot8(c, z), dot8(d, w)));
}

/** Σ a·b + Σ c·d of 16 i8 each, in eight i16 sums; 0 ≤ b, d ≤ 63. Relaxed builds only. */
// @ts-ignore: decorator
@inline
export function dot16x2(a: v128, b: v128, c: v128, d: v128): v128 {
  return i16x8.add(i16x8.relaxed_dot_i8x16_i7x16_s(a, b), i16x8.relaxed_dot_i8x16_i7x16_s(c, d));
}

/** Four i32 vectors to one: lane i is the sum of the lanes of the i-th. */
// @ts-ignore: decorator
@inline
export function sums4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i64>(a, b, 0, 2), v128.shuffle<i64>(a, b, 1, 3));
  const cd = i32x4.add(v128.shuffle<i64>(c, d, 0, 2), v128.shuffle<i64>(c, d, 1, 3));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 2, 4, 6), v128.shuffle<i32>(ab, cd, 1, 3, 5, 7));
}

/** Sum of the lanes of an i32 vector. */
// @ts-ignore: decorator
@inline
export function sum1(a: v128): i32 {
  const b = i32x4.add(a, v128.shuffle<i64>(a, a, 1, 1));
  return i32x4.extract_lane(b, 0) + i32x4.extract_lane(b, 1);
}
