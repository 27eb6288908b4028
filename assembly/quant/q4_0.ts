// q4_0 — 32 weights of four bits under one f16 scale.
//
//   w = d·(q − 8)      d ← w* / −8, w* the weight of the largest magnitude      q ← min(15, ⌊w/d + 8.5⌋)
//
//   byte  0       2                                18
//         ┌───────┬────────────────────────────────┐
//         │ d f16 │ q0 | q16<<4  …  q15 | q31<<4   │
//         └───────┴────────────────────────────────┘
//
// encode   the bits of ggml's reference, which divides by multiplying with 1/d; special blocks: encode32.ts
//          d is negative where w* is positive, and −0 for a block of zeros
// Error    |w − d·(q − 8)| ≤ |d|·(1 + 2^−8), of which 8·2^−11 comes from rounding d to f16, where d is normal in f16; the full |d|
//          only near −w*, which would need q = 16, else half of it
// Source   ggml, block_q4_0
import { integers, squares } from "../core/simd";
import { fit_half, inverses, put_scales, signed_peaks, unsigned_peaks } from "./encode4";
import { codes, inverse, NAN_HALF, nibbles, NOT_FINITE, peak32_bits, signed_peak } from "./encode32";
import { half, store_half } from "./half";
import { nibble_lanes, nibbles16 } from "./unpack";

@unmanaged
export class Q4_0 {
  // @ts-ignore: decorator
  @inline get bytes(): usize { return 18; }
  // @ts-ignore: decorator
  @inline get size(): usize { return 32; }
  // @ts-ignore: decorator
  @inline get run(): usize { return 32; }
  // @ts-ignore: decorator
  @inline get affine(): bool { return false; }
  // @ts-ignore: decorator
  @inline get four(): bool { return true; }
  // @ts-ignore: decorator
  @inline get narrow(): bool { return true; }
  // @ts-ignore: decorator
  @inline get offset(): i16 { return 8; }
  // @ts-ignore: decorator
  @inline get d(): f32 { return half(changetype<usize>(this)); }
  // @ts-ignore: decorator
  @inline get dm(): f32 { return 0; }
  // @ts-ignore: decorator
  @inline scale(r: usize, d: f32): f32 { return d; }
  // @ts-ignore: decorator
  @inline shift(r: usize, dm: f32): f32 { return dm; }
  // @ts-ignore: decorator
  @inline raw(r: usize, c: usize, fifteen: v128): v128 { return nibble_lanes(changetype<usize>(this) + 2, c, fifteen); }
  // @ts-ignore: decorator
  @inline raw16(c: usize, fifteen: v128): v128 { return nibbles16(changetype<usize>(this) + 2, c, fifteen); }

  encode(x: usize): void {
    const p = changetype<usize>(this);
    const bits = peak32_bits(x);
    if (bits >= NOT_FINITE) {
      store<u16>(p, NAN_HALF);
      v128.store(p, i32x4.splat(0), 2);
      return;
    }
    const d = <f32>(signed_peak(x, bits) / -8);
    const m = i32x4.splat(0), r = f32x4.splat(inverse(d)), h = f32x4.splat(8.5), top = f32x4.splat(15);
    store_half(p, d);
    v128.store(p, nibbles(codes(x, m, r, h, top), codes(x + 64, m, r, h, top)), 2);
  }

  /**
   * Four blocks of the 128 f32 at x; answers Σ (decoded − x)² in four sums, or NaN where one of them is not finite. `work`: 64 bytes.
   * The same bytes as `encode`.
   */
  // @ts-ignore: decorator
  @inline encode4(x: usize, work: usize): v128 {
    const p = changetype<usize>(this), sign = i32x4.splat(<i32>0x80000000);
    // Of each block, the largest number ≥ 0 and the largest magnitude of a negative one, in two parts each.
    for (let k: usize = 0; k < 4; ++k) {
      const a = signed_peaks(x + k * 128), b = v128.xor(unsigned_peaks(x + k * 128), sign);
      v128.store(work + k * 16, i32x4.max_s(v128.shuffle<i64>(a, b, 0, 2), v128.shuffle<i64>(a, b, 1, 3)));
    }
    const ab0 = v128.load(work), ab1 = v128.load(work, 16), ab2 = v128.load(work, 32), ab3 = v128.load(work, 48);
    const u = i32x4.max_s(v128.shuffle<i32>(ab0, ab1, 0, 2, 4, 6), v128.shuffle<i32>(ab0, ab1, 1, 3, 5, 7)); // + and − of two blocks
    const v = i32x4.max_s(v128.shuffle<i32>(ab2, ab3, 0, 2, 4, 6), v128.shuffle<i32>(ab2, ab3, 1, 3, 5, 7));
    const plus = v128.shuffle<i32>(u, v, 0, 2, 4, 6), minus = v128.shuffle<i32>(u, v, 1, 3, 5, 7);
    const peaks = i32x4.max_s(i32x4.max_s(plus, minus), i32x4.splat(0)), d = f32x4.mul(peaks, f32x4.splat(0.125));
    const both = v128.and(i32x4.eq(plus, minus), i32x4.ne(peaks, i32x4.splat(0))); // which of w and −w comes first is to be seen
    if (!fit_half(d) || v128.any_true(both)) {
      for (let k: usize = 0; k < 4; ++k) changetype<Q4_0>(p + k * 18).encode(x + k * 128);
      return f32x4.splat(NaN);
    }
    const scale = v128.or(d, v128.and(i32x4.eq(plus, peaks), sign)); // negative where the peak is positive
    const scale0 = v128.or(scale, v128.and(i32x4.eq(peaks, i32x4.splat(0)), sign)); // −0 for zeros
    v128.store(work, inverses(scale0));
    v128.store(work, put_scales(p, 18, scale0), 16);
    let q = p + 2, sum = f32x4.splat(0);
    for (const end = work + 16; work < end; work += 4, q += 2, x += 64) {
      const r = v128.load_splat<u32>(work), s = v128.load_splat<u32>(work, 16);
      for (const last = q + 16; q < last; q += 8, x += 32) {
        const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 64), x3 = v128.load(x, 80);
        const y0 = whole4(x0, r), y1 = whole4(x1, r), y2 = whole4(x2, r), y3 = whole4(x3, r);
        const low = i16x8.narrow_i32x4_s(integers(y0), integers(y1)), high = i16x8.narrow_i32x4_s(integers(y2), integers(y3));
        const pairs = v128.or(low, i16x8.shl(high, 4));
        v128.store_lane<u64>(q, i8x16.narrow_i16x8_u(pairs, pairs), 0);
        sum = f32x4.add(sum, f32x4.add(squares(loss4(y0, s, x0), loss4(y1, s, x1)), squares(loss4(y2, s, x2), loss4(y3, s, x3))));
      }
    }
    return sum;
  }
}

/** min(trunc(x·r + 8.5), 15), for values of at least 0. */
// @ts-ignore: decorator
@inline
function whole4(x: v128, r: v128): v128 {
  return f32x4.pmin(f32x4.trunc(f32x4.add(f32x4.mul(x, r), f32x4.splat(8.5))), f32x4.splat(15));
}

// @ts-ignore: decorator
@inline
function loss4(y: v128, s: v128, x: v128): v128 {
  return f32x4.sub(f32x4.mul(f32x4.sub(y, f32x4.splat(8)), s), x);
}
