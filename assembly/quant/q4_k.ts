// q4_K — 256 weights of four bits: eight runs of 32, each with a scale and a minimum of six bits in units of two f16.
//
//   w = (d·s_r)·q − dmin·m_r      r = i / 32      0 ≤ q ≤ 15      0 ≤ s_r, m_r ≤ 63
//
//   byte  0       2          4             16                                                  144
//         ┌───────┬──────────┬─────────────┬───────────────────────────────────────────────────┐
//         │ d f16 │ dmin f16 │ s0…s7 m0…m7 │ 4 × 32 bytes: q of run 2j below, of run 2j+1 above │
//         └───────┴──────────┴─────────────┴───────────────────────────────────────────────────┘
//                              scales6.ts
//
// encode   scales: encode_k.ts. The bits of ggml's reference, except that the codes of a run of scale 0 are 0, which no decoder sees.
//          A block that holds NaN, Inf or a weight from 2^30 up, which no block can hold, becomes a block of NaN: d and dmin NaN, all else 0
// Error    |w − ŵ| ≤ max(d·s_r/2, what the run exceeds [−dmin·m_r, 15·d·s_r − dmin·m_r] by); s_r and m_r come from a search for the
//          least weighted squared error of the run, so there is no smaller bound for one weight
// Source   ggml, block_q4_K
import { dot16x2, dot32, dot8 } from "./dot_i8";
import { encode_nan, encode_scales, run_codes } from "./encode_k";
import { NO_K_BLOCK, peak_bits } from "./encode32";
import { half } from "./half";
import { minima_dot, minimum6, scale6, scales6 } from "./scales6";

@unmanaged
export class Q4_K {
  // @ts-ignore: decorator
  @inline get bytes(): usize { return 144; }
  // @ts-ignore: decorator
  @inline get size(): usize { return 256; }
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
  @inline scale(r: usize, d: f32): f32 { return <f32>(d * <f32>scale6(changetype<usize>(this) + 4, r)); }
  // @ts-ignore: decorator
  @inline shift(r: usize, dm: f32): f32 { return -<f32>(dm * <f32>minimum6(changetype<usize>(this) + 4, r)); }
  // @ts-ignore: decorator
  @inline raw(r: usize, c: usize, fifteen: v128): v128 {
    const x = v128.load_ext<u8>(changetype<usize>(this) + (r >> 1) * 32 + c * 8, 16);
    return v128.and(i16x8.shr_u(x, <i32>(r & 1) * 4), fifteen);
  }

  /** Integer scale of run r. */
  // @ts-ignore: decorator
  @inline unit(r: usize): i32 { return <i32>scale6(changetype<usize>(this) + 4, r); }

  /** Σ m_r·Σp, in units of dmin, of the sums of every 16 p. */
  // @ts-ignore: decorator
  @inline correction(sums: usize): v128 { return minima_dot(changetype<usize>(this) + 4, sums); }

  /** Σ_r s_r·Σ q·p, in four sums, of 256 activations. */
  // @ts-ignore: decorator
  @inline scaled(wide: usize, narrow: usize, fifteen: v128): v128 {
    let s = scales6(changetype<usize>(this) + 4), acc = i32x4.splat(0);
    for (let q = changetype<usize>(this) + 16, end = q + 128; q < end; q += 32, s >>= 16) {
      const low = <i32>s & 255, high = (<i32>s >> 8) & 255;
      if (ASC_FEATURE_RELAXED_SIMD) {
        const mask = v128.or(fifteen, i16x8.shl(fifteen, 8)), a = v128.load(q), b = v128.load(q, 16);
        const l = dot16x2(v128.load(narrow), v128.and(a, mask), v128.load(narrow, 16), v128.and(b, mask));
        const h = dot16x2(
          v128.load(narrow, 32), v128.and(i16x8.shr_u(a, 4), mask), v128.load(narrow, 48), v128.and(i16x8.shr_u(b, 4), mask),
        );
        acc = i32x4.add(acc, i32x4.add(dot8(l, i16x8.splat(<i16>low)), dot8(h, i16x8.splat(<i16>high))));
        narrow += 64;
      } else {
        const a = v128.load_ext<u8>(q), b = v128.load_ext<u8>(q, 8), c = v128.load_ext<u8>(q, 16), d = v128.load_ext<u8>(q, 24);
        const l = dot32(
          v128.and(a, fifteen), v128.load(wide), v128.and(b, fifteen), v128.load(wide, 16),
          v128.and(c, fifteen), v128.load(wide, 32), v128.and(d, fifteen), v128.load(wide, 48),
        );
        const h = dot32(
          i16x8.shr_u(a, 4), v128.load(wide, 64), i16x8.shr_u(b, 4), v128.load(wide, 80),
          i16x8.shr_u(c, 4), v128.load(wide, 96), i16x8.shr_u(d, 4), v128.load(wide, 112),
        );
        acc = i32x4.add(acc, i32x4.add(i32x4.mul(l, i32x4.splat(low)), i32x4.mul(h, i32x4.splat(high))));
        wide += 128;
      }
    }
    return acc;
  }

  encode(x: usize): void {
    const p = changetype<usize>(this), q = p + 16;
    if (peak_bits(x, 256) >= NO_K_BLOCK) {
      encode_nan(p);
      memory.fill(q, 0, 128);
      return;
    }
    encode_scales(p, x, 15, -1, 20, q);
    for (let r: usize = 0; r < 8; ++r) {
      for (let g: usize = 0; g < 2; ++g) {
        const at = q + (r >> 1) * 32 + g * 16;
        const codes = run_codes(p, r, x + r * 128 + g * 64, 15);
        v128.store(at, r & 1 ? v128.or(v128.load(at), i16x8.shl(codes, 4)) : codes);
      }
    }
  }
}
