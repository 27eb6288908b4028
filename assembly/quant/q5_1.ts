// q5_1 — 32 weights of five bits between the least and the greatest, under two f16 numbers.
//
//   w = d·q + m      m ← min w      d ← (max w − min w) / 31      q ← ⌊(w − m)/d + 1/2⌋
//
//   byte  0       2       4                8                                24
//         ┌───────┬───────┬────────────────┬────────────────────────────────┐
//         │ d f16 │ m f16 │ q >> 4, a bit  │ q0 | q16<<4  …  q15 | q31<<4   │
//         │       │       │ each, of 0…31  │ the low four bits              │
//         └───────┴───────┴────────────────┴────────────────────────────────┘
//
// encode   the bits of ggml's reference, which divides by multiplying with 1/d; special blocks: encode32.ts
// Error    |w − (d·q + m)| ≤ d·(1/2 + 2^−6) + |m|·2^−11, the latter two from rounding d and m to f16, where both are normal in f16
// Source   ggml, block_q5_1
import { codes, fifth_bits, greatest, inverse, least, NAN_HALF, nibbles, NOT_FINITE, peak32_bits } from "./encode32";
import { half, store_half } from "./half";
import { five_bit_lanes, nibbles16, sixteens16 } from "./unpack";

@unmanaged
export class Q5_1 {
  // @ts-ignore: decorator
  @inline get bytes(): usize { return 24; }
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
  @inline raw(r: usize, c: usize, fifteen: v128): v128 { return five_bit_lanes(changetype<usize>(this) + 8, changetype<usize>(this) + 4, c, fifteen); }
  // @ts-ignore: decorator
  @inline raw16(c: usize, fifteen: v128): v128 { return v128.or(nibbles16(changetype<usize>(this) + 8, c, fifteen), sixteens16(changetype<usize>(this) + 4 + c * 2)); }

  encode(x: usize): void {
    const p = changetype<usize>(this);
    const low = least(x), d = <f32>(<f32>(greatest(x) - low) / 31);
    if (peak32_bits(x) >= NOT_FINITE || d == Infinity) {
      store<u32>(p, (<u32>NAN_HALF << 16) | NAN_HALF);
      memory.fill(p + 4, 0, 20);
      return;
    }
    const m = f32x4.splat(low), r = f32x4.splat(inverse(d)), h = f32x4.splat(0.5), top = f32x4.splat(31);
    const a = codes(x, m, r, h, top), b = codes(x + 64, m, r, h, top);
    store_half(p, d);
    store_half(p + 2, low);
    store<u16>(p, <u16>fifth_bits(a), 4);
    store<u16>(p, <u16>fifth_bits(b), 6);
    v128.store(p, nibbles(a, b), 8);
  }
}
