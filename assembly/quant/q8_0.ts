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
import { integers, squares } from "../core/simd";
import { fit_half, inverses, magnitude_peaks, maxima4, put_scales } from "./encode4";
import { inverse, NAN_HALF, NOT_FINITE, peak32_bits } from "./encode32";
import { half, store_half } from "./half";

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
  @inline get four(): bool { return true; }
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
    const bits = peak32_bits(x);
    if (bits >= NOT_FINITE) {
      store<u16>(p, NAN_HALF);
      memory.fill(p + 2, 0, 32);
      return;
    }
    const d = <f32>(reinterpret<f32>(bits) / 127);
    const r = f32x4.splat(inverse(d));
    store_half(p, d);
    v128.store(p, round16(x, r), 2);
    v128.store(p, round16(x + 64, r), 18);
  }

  /**
   * Four blocks of the 128 f32 at x; answers Σ (decoded − x)² in four sums, or NaN where one of them is not finite. `work`: 64 bytes.
   * The same bytes as `encode`.
   */
  // @ts-ignore: decorator
  @inline encode4(x: usize, work: usize): v128 {
    const p = changetype<usize>(this);
    for (let k: usize = 0; k < 4; ++k) v128.store(work + k * 16, magnitude_peaks(x + k * 128));
    const peaks = maxima4(v128.load(work), v128.load(work, 16), v128.load(work, 32), v128.load(work, 48));
    const d = f32x4.div(peaks, f32x4.splat(127));
    if (!fit_half(d)) {
      for (let k: usize = 0; k < 4; ++k) changetype<Q8_0>(p + k * 34).encode(x + k * 128);
      return f32x4.splat(NaN);
    }
    v128.store(work, inverses(d));
    v128.store(work, put_scales(p, 34, d), 16);
    let q = p + 2, sum = f32x4.splat(0);
    for (const end = work + 16; work < end; work += 4, q += 2) {
      const r = v128.load_splat<u32>(work), s = v128.load_splat<u32>(work, 16);
      for (const last = q + 32; q < last; q += 16, x += 64) {
        const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
        const y0 = whole4(f32x4.mul(x0, r)), y1 = whole4(f32x4.mul(x1, r)), y2 = whole4(f32x4.mul(x2, r)), y3 = whole4(f32x4.mul(x3, r));
        v128.store(q, i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(integers(y0), integers(y1)), i16x8.narrow_i32x4_s(integers(y2), integers(y3))));
        const e0 = f32x4.sub(f32x4.mul(y0, s), x0), e1 = f32x4.sub(f32x4.mul(y1, s), x1);
        const e2 = f32x4.sub(f32x4.mul(y2, s), x2), e3 = f32x4.sub(f32x4.mul(y3, s), x3);
        sum = f32x4.add(sum, f32x4.add(squares(e0, e1), squares(e2, e3)));
      }
    }
    return sum;
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

/** To the nearest integer, halves away from zero. */
// @ts-ignore: decorator
@inline
export function round4(x: v128): v128 {
  return integers(whole4(x));
}

/** The same as f32: the f32 below one half is added, so that only a half reaches the next. */
// @ts-ignore: decorator
@inline
function whole4(x: v128): v128 {
  const below = i32x4.splat(0x3effffff);
  return f32x4.trunc(f32x4.add(x, v128.or(below, v128.and(x, i32x4.splat(<i32>0x80000000)))));
}
