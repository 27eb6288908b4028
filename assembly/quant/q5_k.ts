// q5_K — 256 weights of five bits: eight runs of 32, each with a scale and a minimum of six bits in units of two f16.
//
//   w = (d·s_r)·q − dmin·m_r      r = i / 32      0 ≤ q ≤ 31      0 ≤ s_r, m_r ≤ 63
//
//   byte  0       2          4             16                   48                                                  176
//         ┌───────┬──────────┬─────────────┬────────────────────┬───────────────────────────────────────────────────┐
//         │ d f16 │ dmin f16 │ s0…s7 m0…m7 │ 32 bytes: bit r is │ 4 × 32 bytes: q & 15 of run 2j below, of 2j+1     │
//         │       │          │             │ q >> 4 of run r    │ above                                             │
//         └───────┴──────────┴─────────────┴────────────────────┴───────────────────────────────────────────────────┘
//                              scales6.ts
//
// encode   scales: encode_k.ts. The bits of ggml's reference, except that the codes of a run of scale 0 are 0, which no decoder sees.
//          A block that holds NaN, Inf or a weight from 2^30 up, which no block can hold, becomes a block of NaN: d and dmin NaN, all else 0
// Error    |w − ŵ| ≤ max(d·s_r/2, what the run exceeds [−dmin·m_r, 31·d·s_r − dmin·m_r] by); s_r and m_r come from a search for the
//          least weighted squared error of the run, so there is no smaller bound for one weight
// Source   ggml, block_q5_K
import { dot16x2, dot8, loaded_ones } from "./dot_i8";
import { encode_nan, encode_scales, run_codes } from "./encode_k";
import { nibbles, NO_K_BLOCK, peak_bits } from "./encode32";
import { half } from "./half";
import { minima_dot, minimum6, scale6, scales6 } from "./scales6";

@unmanaged
export class Q5_K {
  // @ts-ignore: decorator
  @inline get bytes(): usize { return 176; }
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
    const p = changetype<usize>(this) + c * 8;
    const x = v128.and(i16x8.shr_u(v128.load_ext<u8>(p + (r >> 1) * 32, 48), <i32>(r & 1) * 4), fifteen);
    const h = v128.and(i16x8.shr_u(v128.load_ext<u8>(p, 16), <i32>r), i16x8.splat(1));
    return v128.or(x, i16x8.shl(h, 4));
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
    const p = changetype<usize>(this), ones = loaded_ones();
    let s = scales6(p + 4), acc = i32x4.splat(0), q = p + 48;
    if (ASC_FEATURE_RELAXED_SIMD) {
      const mask = v128.or(fifteen, i16x8.shl(fifteen, 8)), sixteen = i16x8.shl(v128.or(ones, i16x8.shl(ones, 8)), 4);
      for (let j = 0; j < 8; j += 2, q += 32, narrow += 64, s >>= 16) {
        const a = v128.load(q), b = v128.load(q, 16);
        const ha = fifths(v128.load(p, 16), j), hb = fifths(v128.load(p, 32), j);
        const l = dot16x2(
          v128.load(narrow), v128.or(v128.and(a, mask), v128.and(ha, sixteen)),
          v128.load(narrow, 16), v128.or(v128.and(b, mask), v128.and(hb, sixteen)),
        );
        const h = dot16x2(
          v128.load(narrow, 32), v128.or(v128.and(i16x8.shr_u(a, 4), mask), v128.and(i16x8.shr_u(ha, 1), sixteen)),
          v128.load(narrow, 48), v128.or(v128.and(i16x8.shr_u(b, 4), mask), v128.and(i16x8.shr_u(hb, 1), sixteen)),
        );
        const low = i16x8.splat(<i16>(<i32>s & 255)), high = i16x8.splat(<i16>((<i32>s >> 8) & 255));
        acc = i32x4.add(acc, i32x4.add(dot8(l, low), dot8(h, high)));
      }
    } else {
      const sixteen = i16x8.shl(ones, 4);
      for (let j = 0; j < 8; j += 2, q += 32, wide += 128, s >>= 16) {
        let l = i32x4.splat(0), h = l;
        for (let c: usize = 0; c < 32; c += 8) {
          const x = v128.load_ext<u8>(q + c), f = fifths(v128.load_ext<u8>(p + c, 16), j);
          const y = wide + c * 2;
          l = i32x4.add(l, dot8(v128.or(v128.and(x, fifteen), v128.and(f, sixteen)), v128.load(y)));
          h = i32x4.add(h, dot8(v128.or(i16x8.shr_u(x, 4), v128.and(i16x8.shr_u(f, 1), sixteen)), v128.load(y, 64)));
        }
        const low = i32x4.splat(<i32>s & 255), high = i32x4.splat((<i32>s >> 8) & 255);
        acc = i32x4.add(acc, i32x4.add(i32x4.mul(l, low), i32x4.mul(h, high)));
      }
    }
    return acc;
  }

  encode(x: usize): void {
    const p = changetype<usize>(this), h = p + 16, q = p + 48;
    if (peak_bits(x, 256) >= NO_K_BLOCK) {
      encode_nan(p);
      memory.fill(h, 0, 160);
      return;
    }
    encode_scales(p, x, 31, -0.5, 15, q);
    for (let g: usize = 0; g < 2; ++g) {
      let fifths = i32x4.splat(0);
      for (let r: usize = 0; r < 8; r += 2) {
        const a = run_codes(p, r, x + r * 128 + g * 64, 31);
        const b = run_codes(p, r + 1, x + r * 128 + g * 64 + 128, 31);
        v128.store(q + r * 16 + g * 16, nibbles(a, b));
        const ones = i8x16.splat(1);
        fifths = v128.or(fifths, i16x8.shl(v128.and(i16x8.shr_u(a, 4), ones), <i32>r));
        fifths = v128.or(fifths, i16x8.shl(v128.and(i16x8.shr_u(b, 4), ones), <i32>r + 1));
      }
      v128.store(h + g * 16, fifths);
    }
  }
}

/** Bits j and j + 1 of every byte moved to bits 4 and 5; what else moves does not matter. */
// @ts-ignore: decorator
@inline
function fifths(x: v128, j: i32): v128 {
  return j < 4 ? i16x8.shl(x, 4 - j) : i16x8.shr_u(x, j - 4);
}
