// scales6 — eight six-bit scales and eight six-bit minima in 12 bytes, as q4_K and q5_K hold them.
//
//   byte      0 … 3                      4 … 7                      8 … 11
//             ┌───────────────────────┐  ┌───────────────────────┐  ┌─────────────────────────┐
//             │ s0…s3, six low bits;  │  │ m0…m3, six low bits;  │  │ s4…s7, four low bits;   │
//             │ s4…s7 >> 4 above them │  │ m4…m7 >> 4 above them │  │ m4…m7 & 15 above them   │
//             └───────────────────────┘  └───────────────────────┘  └─────────────────────────┘
//
// Source   ggml, block_q4_K
import { dot8 } from "./dot_i8";

/** Scale r of the 12 bytes at p. */
// @ts-ignore: decorator
@inline
export function scale6(p: usize, r: usize): u32 {
  if (r < 4) return load<u8>(p + r) & 63;
  return (load<u8>(p + r, 4) & 15) | ((load<u8>(p + r - 4) >> 6) << 4);
}

/** Minimum r. */
// @ts-ignore: decorator
@inline
export function minimum6(p: usize, r: usize): u32 {
  if (r < 4) return load<u8>(p + r, 4) & 63;
  return (load<u8>(p + r, 4) >> 4) | ((load<u8>(p + r) >> 6) << 4);
}

/** All eight scales, one a byte. */
// @ts-ignore: decorator
@inline
export function scales6(p: usize): u64 {
  const a = load<u32>(p), c = load<u32>(p, 8);
  return (<u64>((c & 0x0f0f0f0f) | ((a >> 2) & 0x30303030)) << 32) | (a & 0x3f3f3f3f);
}

/** All eight minima, one a byte. */
// @ts-ignore: decorator
@inline
export function minima6(p: usize): u64 {
  const b = load<u32>(p, 4), c = load<u32>(p, 8);
  return (<u64>(((c >> 4) & 0x0f0f0f0f) | ((b >> 2) & 0x30303030)) << 32) | (b & 0x3f3f3f3f);
}

/** Writes scale and minimum r, each at most 63, in the order of r. */
// @ts-ignore: decorator
@inline
export function store6(p: usize, r: usize, s: u32, m: u32): void {
  if (r < 4) {
    store<u8>(p + r, <u8>s);
    store<u8>(p + r, <u8>m, 4);
  } else {
    store<u8>(p + r, <u8>((s & 15) | (m << 4)), 4);
    store<u8>(p + r - 4, <u8>(load<u8>(p + r - 4) | ((s >> 4) << 6)));
    store<u8>(p + r, <u8>(load<u8>(p + r) | ((m >> 4) << 6)));
  }
}

/** Σ m_r·(s_2r + s_2r+1) of the minima at p and 16 i16 at sums, in four sums. */
// @ts-ignore: decorator
@inline
export function minima_dot(p: usize, sums: usize): v128 {
  const m = i64x2.splat(<i64>minima6(p));
  const twice = v128.shuffle<i8>(m, m, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const low = dot8(i16x8.extend_low_i8x16_u(twice), v128.load(sums));
  return i32x4.add(low, dot8(i16x8.extend_high_i8x16_u(twice), v128.load(sums, 16)));
}
