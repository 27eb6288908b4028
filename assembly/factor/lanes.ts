// lanes — several small matrices side by side: element (i, j) of each in one lane of a vector.
//
//   LANES           matrices in a vector: 4 of f32, 2 of f64
//   load_lanes      the element at p of the first matrix and those `step` bytes apart, of which there are `count`: missing lanes repeat the last
//   store_lane      one lane stored
//   lane            one lane as a number
//   powers_of_two   2^(exponent − ⌊log₂ x⌋) for each lane x ≥ 0, kept within the normal numbers of T; 0, NaN and Inf: what the rule makes of them
//
// Bytes  exactly the elements named; any alignment

// @ts-ignore: decorator
@inline
export function LANES<T>(): usize {
  return 16 / sizeof<T>();
}

// @ts-ignore: decorator
@inline
export function load_lanes<T extends number>(p: usize, step: usize, count: usize): v128 {
  const p1 = count > 1 ? p + step : p;
  if (sizeof<T>() == 8) return v128.load_lane<f64>(p1, v128.load_splat<f64>(p), 1);
  const p2 = count > 2 ? p1 + step : p1, p3 = count > 3 ? p2 + step : p2;
  return v128.load_lane<f32>(p3, v128.load_lane<f32>(p2, v128.load_lane<f32>(p1, v128.load_splat<f32>(p), 1), 2), 3);
}

// @ts-ignore: decorator
@inline
export function lane<T extends number>(x: v128, k: usize): T {
  if (sizeof<T>() == 8) return k == 0 ? v128.extract_lane<T>(x, 0) : v128.extract_lane<T>(x, 1);
  if (k < 2) return k == 0 ? v128.extract_lane<T>(x, 0) : v128.extract_lane<T>(x, 1);
  return k == 2 ? <T>f32x4.extract_lane(x, 2) : <T>f32x4.extract_lane(x, 3);
}

// @ts-ignore: decorator
@inline
export function powers_of_two<T extends number>(x: v128, exponent: i32): v128 {
  if (sizeof<T>() == 4) {
    const biased = i32x4.sub(i32x4.splat(254 + exponent), i32x4.shr_u(x, 23));
    return i32x4.shl(i32x4.max_s(i32x4.splat(1), i32x4.min_s(i32x4.splat(254), biased)), 23);
  }
  const e0 = <i64>(2046 + exponent) - (i64x2.extract_lane(x, 0) >> 52), e1 = <i64>(2046 + exponent) - (i64x2.extract_lane(x, 1) >> 52);
  const b0 = max<i64>(1, min<i64>(2046, e0)), b1 = max<i64>(1, min<i64>(2046, e1));
  return i64x2.replace_lane(i64x2.splat(b0 << 52), 1, b1 << 52);
}
