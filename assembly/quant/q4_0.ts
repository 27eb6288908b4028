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
import { f16, store1 } from "../core/stored";
import { codes, inverse, NAN_HALF, nibbles, NOT_FINITE, peak_bits, signed_peak } from "./encode32";
import { half } from "./half";
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
    const bits = peak_bits(x, 32);
    if (bits >= NOT_FINITE) {
      store<u16>(p, NAN_HALF);
      v128.store(p, i32x4.splat(0), 2);
      return;
    }
    const d = <f32>(signed_peak(x, bits) / -8);
    const m = i32x4.splat(0), r = f32x4.splat(inverse(d)), h = f32x4.splat(8.5), top = f32x4.splat(15);
    store1<f16>(p, d);
    v128.store(p, nibbles(codes(x, m, r, h, top), codes(x + 64, m, r, h, top)), 2);
  }
}
