// q5_0 — 32 weights of five bits under one f16 scale.
//
//   w = d·(q − 16)      d ← w* / −16, w* the weight of the largest magnitude      q ← min(31, ⌊w/d + 16.5⌋)
//
//   byte  0       2                6                                22
//         ┌───────┬────────────────┬────────────────────────────────┐
//         │ d f16 │ q >> 4, a bit  │ q0 | q16<<4  …  q15 | q31<<4   │
//         │       │ each, of 0…31  │ the low four bits              │
//         └───────┴────────────────┴────────────────────────────────┘
//
// encode   the bits of ggml's reference, which divides by multiplying with 1/d; special blocks: encode32.ts
//          d is negative where w* is positive, and −0 for a block of zeros
// Error    |w − d·(q − 16)| ≤ |d|·(1 + 2^−7), of which 16·2^−11 comes from rounding d to f16, where d is normal in f16; the full |d|
//          only near −w*, which would need q = 32, else half of it
// Source   ggml, block_q5_0
import { codes, fifth_bits, inverse, NAN_HALF, nibbles, NOT_FINITE, peak32_bits, signed_peak } from "./encode32";
import { half, store_half } from "./half";
import { five_bit_lanes, nibbles16, sixteens16 } from "./unpack";

@unmanaged
export class Q5_0 {
  // @ts-ignore: decorator
  @inline get bytes(): usize { return 22; }
  // @ts-ignore: decorator
  @inline get size(): usize { return 32; }
  // @ts-ignore: decorator
  @inline get run(): usize { return 32; }
  // @ts-ignore: decorator
  @inline get affine(): bool { return false; }
  // @ts-ignore: decorator
  @inline get four(): bool { return false; }
  // @ts-ignore: decorator
  @inline get narrow(): bool { return true; }
  // @ts-ignore: decorator
  @inline get offset(): i16 { return 16; }
  // @ts-ignore: decorator
  @inline get d(): f32 { return half(changetype<usize>(this)); }
  // @ts-ignore: decorator
  @inline get dm(): f32 { return 0; }
  // @ts-ignore: decorator
  @inline scale(r: usize, d: f32): f32 { return d; }
  // @ts-ignore: decorator
  @inline shift(r: usize, dm: f32): f32 { return dm; }
  // @ts-ignore: decorator
  @inline raw(r: usize, c: usize, fifteen: v128): v128 { return five_bit_lanes(changetype<usize>(this) + 6, changetype<usize>(this) + 2, c, fifteen); }
  // @ts-ignore: decorator
  @inline raw16(c: usize, fifteen: v128): v128 { return v128.or(nibbles16(changetype<usize>(this) + 6, c, fifteen), sixteens16(changetype<usize>(this) + 2 + c * 2)); }

  encode(x: usize): void {
    const p = changetype<usize>(this);
    const bits = peak32_bits(x);
    if (bits >= NOT_FINITE) {
      store<u16>(p, NAN_HALF);
      memory.fill(p + 2, 0, 20);
      return;
    }
    const d = <f32>(signed_peak(x, bits) / -16);
    const m = i32x4.splat(0), r = f32x4.splat(inverse(d)), h = f32x4.splat(16.5), top = f32x4.splat(31);
    const a = codes(x, m, r, h, top), b = codes(x + 64, m, r, h, top);
    store_half(p, d);
    store<u16>(p, <u16>fifth_bits(a), 2);
    store<u16>(p, <u16>fifth_bits(b), 4);
    v128.store(p, nibbles(a, b), 6);
  }
}
