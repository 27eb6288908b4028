// q6_K — 256 weights of six bits: 16 runs of 16, each with a signed scale of eight bits in units of one f16.
//
//   w = (d·s_r)·(q − 32)      r = i / 16      0 ≤ q ≤ 63      −128 ≤ s_r ≤ 127
//
//   byte  0                                           128                                 192         208     210
//         ┌───────────────────────────────────────────┬───────────────────────────────────┬───────────┬───────┐
//         │ 2 × 64 bytes, low four bits of 128 q      │ 2 × 32 bytes, high two bits       │ s0…s15 i8 │ d f16 │
//         │ l < 64:  q(l) below, q(l + 64) above      │ l < 32:  q(l), q(l + 32),         │           │       │
//         │                                           │ q(l + 64), q(l + 96) from below   │           │       │
//         └───────────────────────────────────────────┴───────────────────────────────────┴───────────┴───────┘
//
// encode   s_r by search.ts · d ← max |s| / −128 as f16, of the sign that makes that s_r −128 · q ← round(w / (d·s_r)) + 32.
//          The bits of ggml's reference, except that the codes of a run of scale 0 are 32, which no decoder sees.
//          A block that holds NaN, Inf or a weight from 2^30 up, which no block can hold, becomes a block of NaN: d NaN, all else 0
// Error    |w − ŵ| ≤ max(|d·s_r|/2, what the run exceeds |d·s_r|·[−32, 31] by); s_r comes from a search for the least weighted squared
//          error of the run, so there is no smaller bound for one weight
// Source   ggml, block_q6_K
import { f16, store1 } from "../core/stored";
import { dot8 } from "./dot_i8";
import { codes16 } from "./encode_k";
import { NAN_HALF, nibbles, NO_K_BLOCK, peak_bits } from "./encode32";
import { half } from "./half";
import { search_symmetric } from "./search";

@unmanaged
export class Q6_K {
  // @ts-ignore: decorator
  @inline get bytes(): usize { return 210; }
  // @ts-ignore: decorator
  @inline get size(): usize { return 256; }
  // @ts-ignore: decorator
  @inline get run(): usize { return 16; }
  // @ts-ignore: decorator
  @inline get affine(): bool { return false; }
  // @ts-ignore: decorator
  @inline get four(): bool { return false; }
  // @ts-ignore: decorator
  @inline get narrow(): bool { return true; }
  // @ts-ignore: decorator
  @inline get offset(): i16 { return 32; }
  // @ts-ignore: decorator
  @inline get d(): f32 { return half(changetype<usize>(this) + 208); }
  // @ts-ignore: decorator
  @inline get dm(): f32 { return 0; }
  // @ts-ignore: decorator
  @inline scale(r: usize, d: f32): f32 { return <f32>(d * <f32>load<i8>(changetype<usize>(this) + r, 192)); }
  // @ts-ignore: decorator
  @inline shift(r: usize, dm: f32): f32 { return dm; }
  // @ts-ignore: decorator
  @inline raw(r: usize, c: usize, fifteen: v128): v128 {
    const l = (r & 1) * 16 + c * 8, quarter = (r >> 1) & 3, p = changetype<usize>(this) + l;
    const low = i16x8.shr_u(v128.load_ext<u8>(p + (r >> 3) * 64 + (quarter & 1) * 32), <i32>(quarter >> 1) * 4);
    const high = i16x8.shr_u(v128.load_ext<u8>(p + (r >> 3) * 32, 128), <i32>quarter * 2);
    return v128.or(v128.and(low, fifteen), i16x8.shl(v128.and(high, i16x8.splat(3)), 4));
  }

  /** Integer scale of run r. */
  // @ts-ignore: decorator
  @inline unit(r: usize): i32 { return load<i8>(changetype<usize>(this) + r, 192); }

  /** 32·Σ s_r·Σp, of the sums of every 16 p. */
  // @ts-ignore: decorator
  @inline correction(sums: usize): v128 {
    const s = v128.load(changetype<usize>(this), 192);
    const low = dot8(i16x8.extend_low_i8x16_s(s), v128.load(sums)), high = dot8(i16x8.extend_high_i8x16_s(s), v128.load(sums, 16));
    return i32x4.shl(i32x4.add(low, high), 5);
  }

  /** Σ_r s_r·Σ q·p with q from 0 to 63, in four sums, of 256 activations. */
  // @ts-ignore: decorator
  @inline scaled(wide: usize, narrow: usize, fifteen: v128): v128 {
    let p = changetype<usize>(this), h = p + 128, s = p + 192, acc = i32x4.splat(0);
    for (const end = p + 128; p < end; p += 64, h += 32, s += 8, wide += 256, narrow += 128) {
      for (let g: usize = 0; g < 2; ++g) {
        if (ASC_FEATURE_RELAXED_SIMD) {
          const mask = v128.or(fifteen, i16x8.shl(fifteen, 8)), two = v128.and(i16x8.shl(mask, 4), i8x16.splat(0x30));
          const a = v128.load(p + g * 16), b = v128.load(p + g * 16, 32), c = v128.load(h + g * 16), x = narrow + g * 16;
          const q0 = v128.or(v128.and(a, mask), v128.and(i16x8.shl(c, 4), two));
          const q1 = v128.or(v128.and(b, mask), v128.and(i16x8.shl(c, 2), two));
          const q2 = v128.or(v128.and(i16x8.shr_u(a, 4), mask), v128.and(c, two));
          const q3 = v128.or(v128.and(i16x8.shr_u(b, 4), mask), v128.and(i16x8.shr_u(c, 2), two));
          acc = i32x4.add(acc, i32x4.add(product16(x, q0, s + g), product16(x + 32, q1, s + g + 2)));
          acc = i32x4.add(acc, i32x4.add(product16(x + 64, q2, s + g + 4), product16(x + 96, q3, s + g + 6)));
        } else {
          const two = i16x8.splat(0x30);
          const s0 = i16x8.splat(load<i8>(s + g)), s1 = i16x8.splat(load<i8>(s + g, 2));
          const s2 = i16x8.splat(load<i8>(s + g, 4)), s3 = i16x8.splat(load<i8>(s + g, 6));
          for (let l = g * 16; l < g * 16 + 16; l += 8) {
            const a = v128.load_ext<u8>(p + l), b = v128.load_ext<u8>(p + l, 32), c = v128.load_ext<u8>(h + l), x = wide + l * 2;
            const q0 = v128.or(v128.and(a, fifteen), v128.and(i16x8.shl(c, 4), two));
            const q1 = v128.or(v128.and(b, fifteen), v128.and(i16x8.shl(c, 2), two));
            const q2 = v128.or(i16x8.shr_u(a, 4), v128.and(c, two));
            const q3 = v128.or(i16x8.shr_u(b, 4), v128.and(i16x8.shr_u(c, 2), two));
            acc = i32x4.add(acc, i32x4.add(dot8(i16x8.mul(q0, s0), v128.load(x)), dot8(i16x8.mul(q1, s1), v128.load(x, 64))));
            acc = i32x4.add(acc, i32x4.add(dot8(i16x8.mul(q2, s2), v128.load(x, 128)), dot8(i16x8.mul(q3, s3), v128.load(x, 192))));
          }
        }
      }
    }
    return acc;
  }

  encode(x: usize): void {
    const p = changetype<usize>(this), s = p + 192;
    if (peak_bits(x, 256) >= NO_K_BLOCK) {
      memory.fill(p, 0, 208);
      store<u16>(p, NAN_HALF, 208);
      return;
    }
    for (let r: usize = 0; r < 16; r += 4) search_symmetric(x + r * 64, 32, p + r * 4);
    let peak: f32 = 0; // the first of the largest magnitude
    for (let r: usize = 0; r < 64; r += 4) if (abs<f32>(load<f32>(p + r)) > abs<f32>(peak)) peak = load<f32>(p + r);
    if (abs<f32>(peak) < 1e-15) {
      memory.fill(p, 0, 210);
      return;
    }
    const inverse = <f32>(-128 / peak);
    for (let r: usize = 0; r < 16; ++r) {
      store<i8>(s + r, <i8>min<i32>(127, <i32>nearest<f32>(<f32>(inverse * load<f32>(p + r * 4)))));
    }
    store1<f16>(p + 208, <f32>(1 / inverse));
    const d = half(p + 208);
    for (let h: usize = 0; h < 2; ++h) {
      for (let g: usize = 0; g < 2; ++g) {
        const r = h * 8 + g, y = x + r * 64;
        const a = run_codes(this.scale(r, d), y), b = run_codes(this.scale(r + 2, d), y + 128);
        const c = run_codes(this.scale(r + 4, d), y + 256), e = run_codes(this.scale(r + 6, d), y + 384);
        v128.store(p + h * 64 + g * 16, nibbles(a, c));
        v128.store(p + h * 64 + g * 16, nibbles(b, e), 32);
        const ab = v128.or(upper(a, 0), upper(b, 2)), ce = v128.or(upper(c, 4), upper(e, 6));
        v128.store(p + h * 32 + g * 16, v128.or(ab, ce), 128);
      }
    }
  }
}

/** 16 codes, 0 … 63, of f32 at x. */
function run_codes(scale: f32, x: usize): v128 {
  if (!scale) return i8x16.splat(32);
  const zero = i32x4.splat(0);
  return i8x16.add(codes16(x, zero, f32x4.splat(scale), f32x4.splat(-32), f32x4.splat(31)), i8x16.splat(32));
}

/** Bits 4 and 5 of 16 codes, moved up to `shift`. */
// @ts-ignore: decorator
@inline
function upper(codes: v128, shift: i32): v128 {
  return i16x8.shl(v128.and(i16x8.shr_u(codes, 4), i8x16.splat(3)), shift);
}

/** s·Σ q·p of 16 codes and the bytes at p, in four sums. Relaxed builds only. */
// @ts-ignore: decorator
@inline
function product16(p: usize, q: v128, s: usize): v128 {
  return dot8(i16x8.relaxed_dot_i8x16_i7x16_s(v128.load(p), q), i16x8.splat(load<i8>(s)));
}
