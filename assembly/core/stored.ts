// stored — the number types that tensors are stored in, read and written as f32 lanes.
//
//   f64   IEEE binary64       written exactly, read rounded to f32
//   f32   IEEE binary32
//   f16   IEEE binary16       1 sign · 5 exponent · 10 fraction bits
//   bf16  upper half of f32   1 sign · 8 exponent · 7 fraction bits
//
// The 16-bit types are told apart at compile time by standing for integers: f16 is i16, bf16 is u16.
// Writing rounds to nearest, ties to even; what is too large becomes ±Inf; subnormals are kept; NaN stays NaN, quiet.
//
//   bf16  add half a unit of the last kept bit (0x7fff, plus that bit itself for ties), then cut. A NaN would carry into the
//         sign, so it is replaced.
//   f16   (|x| + C) − C, where C is the power of two whose last place is worth what the last place of the result is worth: the
//         addition rounds. Times 2^−112 the result has the exponent of an f16, subnormals included, and its bits only need
//         to be shifted. Reading goes the same way back.    Paper  Giesen, "float->half variants", 2012
import { high } from "./simd";

export type f16 = i16;
export type bf16 = u16;

// @ts-ignore: decorator
@inline
const TO_F16: i32 = 15 << 23; // 2^−112 as f32: moves the exponent bias from 127 to 15

// @ts-ignore: decorator
@inline
const FROM_F16: i32 = 239 << 23; // 2^112

/** f16 bits, sign in bit 31 and magnitude from bit 13 on, → f32 lanes. Inf and NaN come out as finite values of at least 65536. */
// @ts-ignore: decorator
@inline
export function f16_value(bits: v128): v128 {
  return f32x4.mul(bits, i32x4.splat(FROM_F16));
}

/** Four values in the upper halves of i32 lanes → f32 lanes. */
// @ts-ignore: decorator
@inline
function decode4<S>(x: v128): v128 {
  if (!isSigned<S>()) return x; // bf16 is the upper half of an f32
  const y = f16_value(v128.and(i32x4.shr_s(x, 3), i32x4.splat(<i32>0x8fffe000)));
  const top = i32x4.splat(0x7c000000);
  const special = i32x4.eq(v128.and(x, top), top);
  return v128.or(y, v128.and(special, i32x4.splat(0x7f800000)));
}

/** f32 lanes → the rounded bits in the lower halves of i32 lanes, zero above. */
// @ts-ignore: decorator
@inline
function encode4<S>(x: v128): v128 {
  const nan = f32x4.ne(x, x);
  if (!isSigned<S>()) {
    const bits = i32x4.shr_u(bf16_rounded(x), 16);
    return v128.bitselect(v128.or(i32x4.shr_u(x, 16), i32x4.splat(0x40)), bits, nan);
  }
  // From 65536 up everything is Inf; what lies between 65520 and that rounds there by itself.
  const magnitude = i32x4.min_u(v128.and(x, i32x4.splat(0x7fffffff)), i32x4.splat(0x47800000));
  const bits = v128.bitselect(i32x4.splat(0x7e00), f16_bits(f16_rounded(magnitude)), nan);
  return v128.or(bits, v128.and(i32x4.shr_u(x, 16), i32x4.splat(0x8000)));
}

/** f32 bits of which the upper half is x rounded to bf16 (x not NaN); the lower half is waste. */
// @ts-ignore: decorator
@inline
export function bf16_rounded(x: v128): v128 {
  const last = i32x4.shr_u(i32x4.shl(x, 15), 31);
  return i32x4.add(i32x4.add(x, i32x4.splat(0x7fff)), last);
}

/** 0 ≤ x ≤ 65536 rounded to what an f16 can hold, as f32. */
// @ts-ignore: decorator
@inline
export function f16_rounded(x: v128): v128 {
  const exponent = i32x4.max_u(v128.and(x, i32x4.splat(0x7f800000)), i32x4.splat(113 << 23)); // at least that of 2^−14
  const c = i32x4.add(exponent, i32x4.splat(13 << 23));
  return f32x4.sub(f32x4.add(x, c), c);
}

/** The bits of a value of f16 ≥ 0. */
// @ts-ignore: decorator
@inline
export function f16_bits(x: v128): v128 {
  return i32x4.shr_u(f32x4.mul(x, i32x4.splat(TO_F16)), 13);
}

/** Reads 4 values at p. */
// @ts-ignore: decorator
@inline
export function load4<S>(p: usize): v128 {
  if (sizeof<S>() == 8) return join(f32x4.demote_f64x2_zero(v128.load(p)), f32x4.demote_f64x2_zero(v128.load(p, 16)));
  if (sizeof<S>() == 4) return v128.load(p);
  return decode4<S>(i32x4.shl(v128.load_ext<u16>(p), 16));
}

/** Writes 4 values at p. */
// @ts-ignore: decorator
@inline
export function store4<S>(p: usize, x: v128): void {
  if (sizeof<S>() == 8) {
    v128.store(p, f64x2.promote_low_f32x4(x));
    v128.store(p, f64x2.promote_low_f32x4(high(x)), 16);
  } else if (sizeof<S>() == 4) {
    v128.store(p, x);
  } else {
    const bits = encode4<S>(x);
    v128.store_lane<i64>(p, i16x8.narrow_i32x4_u(bits, bits), 0);
  }
}

/** Reads one value at p. */
// @ts-ignore: decorator
@inline
export function load1<S>(p: usize): f32 {
  if (sizeof<S>() == 8) return <f32>load<f64>(p);
  if (sizeof<S>() == 4) return load<f32>(p);
  return f32x4.extract_lane(decode4<S>(i32x4.splat(<i32>load<u16>(p) << 16)), 0);
}

/** Writes one value at p. */
// @ts-ignore: decorator
@inline
export function store1<S>(p: usize, x: f32): void {
  if (sizeof<S>() == 8) store<f64>(p, <f64>x);
  else if (sizeof<S>() == 4) store<f32>(p, x);
  else store<u16>(p, <u16>i32x4.extract_lane(encode4<S>(f32x4.splat(x)), 0));
}

/** Lower halves of two vectors. */
// @ts-ignore: decorator
@inline
function join(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 0, 2);
}
