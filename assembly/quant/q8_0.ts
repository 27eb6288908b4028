// q8_0 — 32 weights as signed bytes under one f16 scale.
//
//   w = d·q      d ← max|w| / 127      q ← round(w/d), halves away from zero
//
//   byte  0       2                                34
//         ┌───────┬────────────────────────────────┐
//         │ d f16 │ q0 … q31, i8                   │
//         └───────┴────────────────────────────────┘
//
// encode   the bits of ggml's reference, which divides by multiplying with 1/d; special blocks: encode32.ts
// Error    |w − d·q| ≤ |d|·(1/2 + 2^−4), of which 127·2^−11 < 2^−4 comes from rounding d to f16, where d is normal in f16
//          a q of −128, which no encoder writes, decodes like any other
// Source   ggml, block_q8_0
import { f16, store1 } from "../core/stored";
import { inverse, NAN_HALF, NOT_FINITE, peak_bits } from "./encode32";
import { half } from "./half";

@unmanaged
export class Q8_0 {
  // @ts-ignore: decorator
  @inline get bytes(): usize { return 34; }
  // @ts-ignore: decorator
  @inline get size(): usize { return 32; }
  // @ts-ignore: decorator
  @inline get run(): usize { return 32; }
  // @ts-ignore: decorator
  @inline get affine(): bool { return false; }
  // @ts-ignore: decorator
  @inline get narrow(): bool { return false; }
  // @ts-ignore: decorator
  @inline get offset(): i16 { return 0; }
  // @ts-ignore: decorator
  @inline get d(): f32 { return half(changetype<usize>(this)); }
  // @ts-ignore: decorator
  @inline get dm(): f32 { return 0; }
  // @ts-ignore: decorator
  @inline scale(r: usize, d: f32): f32 { return d; }
  // @ts-ignore: decorator
  @inline shift(r: usize, dm: f32): f32 { return dm; }
  // @ts-ignore: decorator
  @inline raw(r: usize, c: usize, fifteen: v128): v128 { return v128.load_ext<i8>(changetype<usize>(this) + c * 8, 2); }
  // @ts-ignore: decorator
  @inline raw16(c: usize, fifteen: v128): v128 { return fifteen; }

  encode(x: usize): void {
    const p = changetype<usize>(this);
    const bits = peak_bits(x, 32);
    if (bits >= NOT_FINITE) {
      store<u16>(p, NAN_HALF);
      memory.fill(p + 2, 0, 32);
      return;
    }
    const d = <f32>(reinterpret<f32>(bits) / 127);
    const r = f32x4.splat(inverse(d));
    store1<f16>(p, d);
    v128.store(p, round16(x, r), 2);
    v128.store(p, round16(x + 64, r), 18);
  }
}

/** 16 times round(x·r) as bytes. */
// @ts-ignore: decorator
@inline
function round16(x: usize, r: v128): v128 {
  const a = round4(f32x4.mul(v128.load(x), r)), b = round4(f32x4.mul(v128.load(x, 16), r));
  const c = round4(f32x4.mul(v128.load(x, 32), r)), d = round4(f32x4.mul(v128.load(x, 48), r));
  return i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** To the nearest integer, halves away from zero: the f32 below one half is added, so that only a half reaches the next. */
// @ts-ignore: decorator
@inline
export function round4(x: v128): v128 {
  const below = i32x4.splat(0x3effffff);
  const y = f32x4.trunc(f32x4.add(x, v128.or(below, v128.and(x, i32x4.splat(<i32>0x80000000)))));
  return i32x4.sub(f32x4.add(y, f32x4.splat(12582912)), i32x4.splat(0x4b400000)); // 1.5 · 2^23: the integer is in the low bits
}
