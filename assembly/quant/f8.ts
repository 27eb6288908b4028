// f8 — floating point in eight bits, elements i0 … i1 − 1.
//
//               s eeee fff / s eeeee ff     bias   largest   least            special
//   f8_e4m3      1 sign · 4 exponent · 3    7      448       2^−9 = 1/8·2^−6  0x7f and 0xff are NaN, no Inf
//   f8_e5m2      1 sign · 5 exponent · 2    15     57344     2^−16            exponent 31: Inf and NaN, as in f16
//   f8_e4m3fnuz  1 sign · 4 exponent · 3    8      240       2^−10            0x80 is NaN, no Inf, no −0
//   f8_e5m2fnuz  1 sign · 5 exponent · 2    16     57344     2^−17            0x80 is NaN, no Inf, no −0
//
//   decode   exact
//   encode   to nearest, ties to even, subnormals kept. What rounds beyond the largest value becomes NaN, in e5m2 ±Inf: as torch
//            and ml_dtypes convert. To clamp is the caller's choice, before. NaN stays NaN; −0 becomes +0 in the fnuz types
//
// With F fraction bits and bias B: |x| + C, where C is the power of two whose last place is worth the last place of x in the type,
// rounds x, as in core/stored.ts. Decoding builds y = 2^(e − B)·(1 + f/2^F) from the bits; min(y, 2y − 2^(1 − B)) is the value also
// where e = 0 (see half.ts), and no f32 is ever subnormal: weights in f8 are often subnormal in f8.
//
// Bytes    reads and writes the range to the last byte and no further; any alignment; src and dst do not overlap
// Error    encoding: half a unit in the last place: |x|·2^−(F + 1), or 2^−(B + F) where that is more
// Source   Micikevicius et al., FP8 formats for deep learning, arXiv 2209.05433; Noune et al., arXiv 2206.02915 (fnuz)

/** The four types, told apart at compile time by standing for integers: signed are the fnuz types, narrow have three fraction bits. */
export type f8_e4m3 = u8;
export type f8_e5m2 = u16;
export type f8_e4m3fnuz = i8;
export type f8_e5m2fnuz = i16;

// @ts-ignore: decorator
@inline
function fractionBits<F>(): i32 {
  return sizeof<F>() == 1 ? 3 : 2;
}

// @ts-ignore: decorator
@inline
function bias<F>(): i32 {
  return (sizeof<F>() == 1 ? 7 : 15) + (isSigned<F>() ? 1 : 0);
}

/** The pattern of the largest value. */
// @ts-ignore: decorator
@inline
function top<F>(): i32 {
  return isSigned<F>() ? 0x7f : sizeof<F>() == 1 ? 0x7e : 0x7b;
}

export function decode_f8<F>(src: usize, dst: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1);
  let i = i0;
  for (; i + 4 <= i1; i += 4) v128.store(dst + i * 4, load4_f8<F>(src + i));
  for (; i < i1; ++i) store<f32>(dst + i * 4, load1_f8<F>(src + i));
}

export function encode_f8<F>(src: usize, dst: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1);
  let i = i0;
  for (; i + 4 <= i1; i += 4) {
    const h = i16x8.narrow_i32x4_u(encode4<F>(v128.load(src + i * 4)), i32x4.splat(0));
    v128.store_lane<u32>(dst + i, i8x16.narrow_i16x8_u(h, h), 0);
  }
  for (; i < i1; ++i) store<u8>(dst + i, <u8>i32x4.extract_lane(encode4<F>(v128.load_splat<u32>(src + i * 4)), 0));
}

/** Reads 4 values at p. */
// @ts-ignore: decorator
@inline
export function load4_f8<F>(p: usize): v128 {
  return decode4<F>(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load_zero<u32>(p))));
}

/** Reads one value at p. */
// @ts-ignore: decorator
@inline
export function load1_f8<F>(p: usize): f32 {
  return f32x4.extract_lane(decode4<F>(i32x4.splat(<i32>load<u8>(p))), 0);
}

/** Four patterns in i32 lanes → f32. */
// @ts-ignore: decorator
@inline
function decode4<F>(x: v128): v128 {
  const magnitude = v128.and(x, i32x4.splat(0x7f));
  const bits = i32x4.shl(magnitude, 23 - fractionBits<F>());
  const y = i32x4.add(bits, i32x4.splat((127 - bias<F>()) << 23));
  const base = i32x4.splat((128 - bias<F>()) << 23); // 2^(1 − B), and what doubles y when added to its exponent
  const z = f32x4.sub(i32x4.add(bits, base), base);
  const value = v128.or(f32x4.pmin(y, z), i32x4.shl(v128.xor(x, magnitude), 24));
  if (isSigned<F>()) return v128.bitselect(i32x4.splat(0x7fc00000), value, i32x4.eq(x, i32x4.splat(0x80)));
  // e4m3: everything above the largest is NaN; e5m2: the exponent of Inf and NaN, the fraction is there already.
  const special = i32x4.gt_s(magnitude, i32x4.splat(top<F>()));
  return v128.or(value, v128.and(special, i32x4.splat(sizeof<F>() == 1 ? 0x7fc00000 : 0x7f800000)));
}

/** Four f32 → patterns in i32 lanes. */
// @ts-ignore: decorator
@inline
function encode4<F>(x: v128): v128 {
  const f = 23 - fractionBits<F>(), b = bias<F>();
  const magnitude = v128.and(x, i32x4.splat(0x7fffffff));
  // Beyond 2^17 every type has overflown; the limit keeps the sums below in range, NaN included.
  const a = i32x4.min_s(magnitude, i32x4.splat(144 << 23));
  const exponent = i32x4.max_s(v128.and(a, i32x4.splat(0x7f800000)), i32x4.splat((128 - b) << 23));
  const c = i32x4.add(exponent, i32x4.splat(f << 23));
  const units = i32x4.sub(f32x4.add(a, c), c); // x in units of its last place, the hidden bit included
  const bits = i32x4.add(units, i32x4.shr_u(i32x4.sub(exponent, i32x4.splat((128 - b) << 23)), f));
  const over = i32x4.gt_s(bits, i32x4.splat(top<F>())), nan = f32x4.ne(x, x);
  const sign = v128.and(i32x4.shr_u(x, 24), i32x4.splat(0x80));
  if (isSigned<F>()) {
    const signed = v128.or(bits, v128.and(sign, i32x4.ne(bits, i32x4.splat(0)))); // there is no −0
    return v128.bitselect(i32x4.splat(0x80), signed, v128.or(over, nan));
  }
  const high = sizeof<F>() == 1 ? i32x4.splat(0x7f) : v128.bitselect(i32x4.splat(0x7e), i32x4.splat(0x7c), nan);
  return v128.or(v128.bitselect(high, bits, v128.or(over, nan)), sign);
}
