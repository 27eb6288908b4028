// encode_k — what the encoders of q4_K and q5_K share.
//
//   search   s_r and m_r of the eight runs of 32 weights (search.ts)
//   d ← max s / 63 · dmin ← max m / 63, both as f16 · the s_r and m_r in those units, six bits each
//   q ← round((w + dmin·m_r) / (d·s_r)), between 0 and top
import { f16, store1 } from "../core/stored";
import { NAN_HALF } from "./encode32";
import { half } from "./half";
import { scale6, minimum6, store6 } from "./scales6";
import { search_affine } from "./search";

/** Writes d, dmin and the scales of 256 f32 at x to p; 64 bytes at `work` are overwritten. */
export function encode_scales(p: usize, x: usize, top: f32, first: f32, steps: i32, work: usize): void {
  const scales = work, minima = work + 32;
  search_affine(x, top, first, steps, scales, minima);
  search_affine(x + 512, top, first, steps, scales + 16, minima + 16);
  const s = largest(scales), m = largest(minima);
  const rs: f32 = s > 0 ? <f32>63 / s : 0, rm: f32 = m > 0 ? <f32>63 / m : 0;
  for (let r: usize = 0; r < 8; ++r) {
    store6(p + 4, r, six_bits(<f32>(rs * load<f32>(scales + r * 4))), six_bits(<f32>(rm * load<f32>(minima + r * 4))));
  }
  store1<f16>(p, <f32>(s / 63));
  store1<f16>(p + 2, <f32>(m / 63));
}

/** d and dmin NaN, no scales. */
export function encode_nan(p: usize): void {
  store<u32>(p, (<u32>NAN_HALF << 16) | NAN_HALF);
  memory.fill(p + 4, 0, 12);
}

/** 16 codes of run r as bytes, of f32 at x; 0 where the scale is 0, since then they do not matter. */
// @ts-ignore: decorator
@inline
export function run_codes(p: usize, r: usize, x: usize, top: f32): v128 {
  const s = <f32>(half(p) * <f32>scale6(p + 4, r)), m = <f32>(half(p + 2) * <f32>minimum6(p + 4, r));
  if (!s) return i32x4.splat(0);
  return codes16(x, f32x4.splat(m), f32x4.splat(s), f32x4.splat(0), f32x4.splat(top));
}

/** 16 times round((x + m)/s) between least and most, as bytes; least ≥ −128. */
// @ts-ignore: decorator
@inline
export function codes16(x: usize, m: v128, s: v128, least: v128, most: v128): v128 {
  const a = code4(v128.load(x), m, s, least, most), b = code4(v128.load(x, 16), m, s, least, most);
  const c = code4(v128.load(x, 32), m, s, least, most), d = code4(v128.load(x, 48), m, s, least, most);
  return i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

// @ts-ignore: decorator
@inline
function code4(x: v128, m: v128, s: v128, least: v128, most: v128): v128 {
  const q = f32x4.pmax(least, f32x4.pmin(f32x4.nearest(f32x4.div(f32x4.add(x, m), s)), most));
  return i32x4.sub(f32x4.add(q, f32x4.splat(12582912)), i32x4.splat(0x4b400000)); // 1.5 · 2^23: the integer is in the low bits
}

/** The largest of eight f32, at least 0. */
function largest(p: usize): f32 {
  let a: f32 = 0;
  for (let i: usize = 0; i < 32; i += 4) if (load<f32>(p + i) > a) a = load<f32>(p + i);
  return a;
}

/** Rounded, and at most 63; x is not negative but where the search went wrong, and then wraps as ggml's does. */
// @ts-ignore: decorator
@inline
function six_bits(x: f32): u32 {
  return min<u32>(<u32><i32>nearest<f32>(x) & 255, 63);
}
