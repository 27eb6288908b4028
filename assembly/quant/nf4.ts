// nf4 — blocks of 64 weights as four-bit indices of normal quantiles, under one f32 each (QLoRA, bitsandbytes).
//
//   w = a·L[q]      a = max|w| of the block      q ← the nearest level to w·(1/a), the lower one of two
//
//   L   16 levels from −1 to 1, among them 0: quantiles of the normal distribution
//
//   byte  0                              32          the a of all blocks form an array of their own
//         ┌──────────────────────────────┐
//         │ q0<<4 | q1  …  q62<<4 | q63  │
//         └──────────────────────────────┘
//
//   decode_nf4   (src, absmax, dst)      dst[64i + j] ← L[q]·absmax[i]
//   encode_nf4   (src, dst, absmax)
//
// i0, i1   blocks; n elements in all: the last block may be short, and an odd last element leaves the low half of its byte as 7
// Special  a block of zeros gets the codes of 0 and a = 0; one that holds NaN or Inf gets a = NaN, so that it decodes to NaN
// Bytes    reads and writes the range to the last byte and no further; any alignment; src, dst and absmax do not overlap
// Error    |w − ŵ| ≤ 0.152·a + 2^−23·a: half the widest gap between levels, from −1 to −0.696
// Paper    Dettmers et al., QLoRA, arXiv 2305.14314, §3 and appendix E
import { inverse, NOT_FINITE, peak_bits } from "./encode32";

const LEVELS = memory.data<f32>([
  -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453,
  -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
  0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
  0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
], 16);

/** Halfway from each level to the next, as f32. */
const MIDDLES = memory.data<f32>([
  -0.8480963706970215, -0.6106328964233398, -0.4599952697753906, -0.33967941999435425,
  -0.23460739850997925, -0.13791173696517944, -0.045525018125772476, 0.03979014977812767,
  0.120255246758461, 0.2035212516784668, 0.2920137643814087, 0.3893125355243683,
  0.5016634464263916, 0.6427869200706482, 0.8614784479141235,
], 16);

const ZERO: u32 = 7; // index of the level 0

export function decode_nf4(n: usize, src: usize, absmax: usize, dst: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1);
  const p0 = plane(0), p1 = plane(1), p2 = plane(2), p3 = plane(3);
  for (let i = i0; i < i1; ++i) {
    const a = load<f32>(absmax + i * 4), scale = f32x4.splat(a), end = min<usize>(n, (i + 1) * 64);
    let j = i * 64;
    for (; j + 16 <= end; j += 16) {
      const q = codes8(v128.load_ext<u8>(src + (j >> 1))), y = dst + j * 4;
      // Byte k of the 16 levels, then bytes 0 and 1, 2 and 3, then all four side by side.
      const b0 = i8x16.swizzle(p0, q), b1 = i8x16.swizzle(p1, q), b2 = i8x16.swizzle(p2, q), b3 = i8x16.swizzle(p3, q);
      const l01 = low_bytes(b0, b1), l23 = low_bytes(b2, b3), h01 = high_bytes(b0, b1), h23 = high_bytes(b2, b3);
      v128.store(y, f32x4.mul(v128.shuffle<i16>(l01, l23, 0, 8, 1, 9, 2, 10, 3, 11), scale));
      v128.store(y, f32x4.mul(v128.shuffle<i16>(l01, l23, 4, 12, 5, 13, 6, 14, 7, 15), scale), 16);
      v128.store(y, f32x4.mul(v128.shuffle<i16>(h01, h23, 0, 8, 1, 9, 2, 10, 3, 11), scale), 32);
      v128.store(y, f32x4.mul(v128.shuffle<i16>(h01, h23, 4, 12, 5, 13, 6, 14, 7, 15), scale), 48);
    }
    for (; j < end; ++j) {
      const byte = <usize>load<u8>(src + (j >> 1));
      store<f32>(dst + j * 4, <f32>(load<f32>(LEVELS + (j & 1 ? byte & 15 : byte >> 4) * 4) * a));
    }
  }
}

export function encode_nf4(n: usize, src: usize, dst: usize, absmax: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1);
  for (let i = i0; i < i1; ++i) {
    const begin = i * 64, end = min<usize>(n, begin + 64);
    const bits = peak(src + begin * 4, end - begin);
    const a = bits < NOT_FINITE ? reinterpret<f32>(bits) : NaN;
    store<f32>(absmax + i * 4, a);
    const r = inverse(a), scale = f32x4.splat(r);
    let j = begin;
    for (; j + 16 <= end; j += 16) {
      const x = src + j * 4;
      const x0 = f32x4.mul(v128.load(x), scale), x1 = f32x4.mul(v128.load(x, 16), scale);
      const x2 = f32x4.mul(v128.load(x, 32), scale), x3 = f32x4.mul(v128.load(x, 48), scale);
      let q0 = i32x4.splat(0), q1 = q0, q2 = q0, q3 = q0;
      for (let k: usize = 0; k < 60; k += 4) {
        const m = v128.load_splat<u32>(MIDDLES + k);
        q0 = i32x4.sub(q0, f32x4.gt(x0, m));
        q1 = i32x4.sub(q1, f32x4.gt(x1, m));
        q2 = i32x4.sub(q2, f32x4.gt(x2, m));
        q3 = i32x4.sub(q3, f32x4.gt(x3, m));
      }
      const q = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(q0, q1), i16x8.narrow_i32x4_u(q2, q3));
      const pairs = v128.and(v128.or(i16x8.shl(q, 4), i16x8.shr_u(q, 8)), i16x8.splat(255));
      v128.store_lane<u64>(dst + (j >> 1), i8x16.narrow_i16x8_u(pairs, pairs), 0);
    }
    for (; j < end; j += 2) {
      const low = j + 1 < end ? nearest_level(<f32>(load<f32>(src + j * 4, 4) * r)) : ZERO;
      store<u8>(dst + (j >> 1), <u8>((nearest_level(<f32>(load<f32>(src + j * 4) * r)) << 4) | low));
    }
  }
}

/** 8 bytes in i16 lanes → 16 codes in order: the upper half of each byte first. */
// @ts-ignore: decorator
@inline
function codes8(x: v128): v128 {
  return v128.or(i16x8.shr_u(x, 4), v128.and(i16x8.shl(x, 8), i16x8.splat(0x0f00)));
}

/** Byte k of each level. */
function plane(k: i32): v128 {
  const mask = i32x4.splat(255);
  const a = v128.and(i32x4.shr_u(v128.load(LEVELS), k * 8), mask), b = v128.and(i32x4.shr_u(v128.load(LEVELS, 16), k * 8), mask);
  const c = v128.and(i32x4.shr_u(v128.load(LEVELS, 32), k * 8), mask), d = v128.and(i32x4.shr_u(v128.load(LEVELS, 48), k * 8), mask);
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

// @ts-ignore: decorator
@inline
function low_bytes(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function high_bytes(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Bits of the largest |x| of n. */
function peak(x: usize, n: usize): u32 {
  const body = n & ~3;
  let bits = body ? peak_bits(x, body) : 0;
  for (let j = body; j < n; ++j) bits = max<u32>(bits, load<u32>(x + j * 4) & 0x7fffffff);
  return bits;
}

/** Index of the level nearest to x, of two the lower. */
function nearest_level(x: f32): u32 {
  let q: u32 = 0;
  for (let k: usize = 0; k < 60; k += 4) q += <u32>(x > load<f32>(MIDDLES + k));
  return q;
}
