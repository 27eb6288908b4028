// q4_1 — 32 weights of four bits between the least and the greatest, under two f16 numbers.
//
//   w = d·q + m      m ← min w      d ← (max w − min w) / 15      q ← min(15, ⌊(w − m)/d + 1/2⌋)
//
//   byte  0       2       4                                20
//         ┌───────┬───────┬────────────────────────────────┐
//         │ d f16 │ m f16 │ q0 | q16<<4  …  q15 | q31<<4   │
//         └───────┴───────┴────────────────────────────────┘
//
// encode   the bits of ggml's reference, which divides by multiplying with 1/d; special blocks: encode32.ts
// Error    |w − (d·q + m)| ≤ d·(1/2 + 2^−7) + |m|·2^−11, the latter two from rounding d and m to f16, where both are normal in f16
// Source   ggml, block_q4_1
import { codes, greatest, inverse, least, NAN_HALF, nibbles, NOT_FINITE, peak32_bits } from "./encode32";
import { half, store_half } from "./half";
import { nibble_lanes, nibbles16 } from "./unpack";

@unmanaged
export class Q4_1 {
  // @ts-ignore: decorator
  @inline get bytes(): usize { return 20; }
  // @ts-ignore: decorator
  @inline get size(): usize { return 32; }
  // @ts-ignore: decorator
  @inline get run(): usize { return 32; }
  // @ts-ignore: decorator
  @inline get affine(): bool { return true; }
  // @ts-ignore: decorator
  @inline get four(): bool { return false; }
  // @ts-ignore: decorator
  @inline get narrow(): bool { return true; }
  // @ts-ignore: decorator
  @inline get offset(): i16 { return 0; }
  // @ts-ignore: decorator
  @inline get d(): f32 { return half(changetype<usize>(this)); }
  // @ts-ignore: decorator
  @inline get dm(): f32 { return half(changetype<usize>(this) + 2); }
  // @ts-ignore: decorator
  @inline scale(r: usize, d: f32): f32 { return d; }
  // @ts-ignore: decorator
  @inline shift(r: usize, dm: f32): f32 { return dm; }
  // @ts-ignore: decorator
  @inline raw(r: usize, c: usize, fifteen: v128): v128 { return nibble_lanes(changetype<usize>(this) + 4, c, fifteen); }
  // @ts-ignore: decorator
  @inline raw16(c: usize, fifteen: v128): v128 { return nibbles16(changetype<usize>(this) + 4, c, fifteen); }

  encode(x: usize): void {
    const p = changetype<usize>(this);
    const low = least(x), d = <f32>(<f32>(greatest(x) - low) / 15);
    if (peak32_bits(x) >= NOT_FINITE || d == Infinity) {
      store<u32>(p, (<u32>NAN_HALF << 16) | NAN_HALF);
      v128.store(p, i32x4.splat(0), 4);
      return;
    }
    const m = f32x4.splat(low), r = f32x4.splat(inverse(d)), h = f32x4.splat(0.5), top = f32x4.splat(15);
    store_half(p, d);
    store_half(p + 2, low);
    v128.store(p, nibbles(codes(x, m, r, h, top), codes(x + 64, m, r, h, top)), 4);
  }
}
