// dynamic8 — the f32 scales of nf4 blocks quantized once more: eight-bit indices into a map, under one f32 for 256 of them.
//
//   a = map[q]·b + offset      b = max|a − offset| of the block      q ← the nearest entry of map to (a − offset)·(1/b), of two the lower
//
//   map      256 f32 in ascending order, from −1 to 1; ts-wrapper/quant/dynamic-map.ts makes the one of bitsandbytes
//   offset   any number; bitsandbytes takes the mean of all a
//
//   decode_dynamic8   (n, src, map, offset, scales, dst)      n f32 at dst
//   encode_dynamic8   (n, src, map, offset, dst, scales)      n bytes at dst, ⌈n/256⌉ f32 at scales
//
// i0, i1   blocks of 256; the last may be short
// Special  a block of which every a is the offset gets b = 0 and the nearest entry to 0; one that holds NaN or Inf gets b = NaN, so
//          that it decodes to NaN
// Bytes    reads and writes the range to the last byte and no further; any alignment; nothing overlaps
// Error    |a − â| ≤ b·g/2 + 2^−22·(b + |offset|), g the gap of the map at a
// Source   bitsandbytes, quantize_blockwise
import { inverse, NOT_FINITE } from "./encode32";

export function decode_dynamic8(n: usize, src: usize, map: usize, offset: f32, scales: usize, dst: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1);
  for (let i = i0; i < i1; ++i) {
    const b = load<f32>(scales + i * 4), end = min<usize>(n, (i + 1) * 256);
    for (let j = i * 256; j < end; ++j) {
      store<f32>(dst + j * 4, <f32>(<f32>(load<f32>(map + <usize>load<u8>(src + j) * 4) * b) + offset));
    }
  }
}

export function encode_dynamic8(n: usize, src: usize, map: usize, offset: f32, dst: usize, scales: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1);
  for (let i = i0; i < i1; ++i) {
    const begin = i * 256, end = min<usize>(n, begin + 256);
    let bits: u32 = 0;
    for (let j = begin; j < end; ++j) {
      bits = max<u32>(bits, reinterpret<u32>(abs<f32>(load<f32>(src + j * 4) - offset)));
    }
    const b = bits < NOT_FINITE ? reinterpret<f32>(bits) : NaN, r = inverse(b);
    store<f32>(scales + i * 4, b);
    for (let j = begin; j < end; ++j) store<u8>(dst + j, nearest_entry(map, <f32>(<f32>(load<f32>(src + j * 4) - offset) * r)));
  }
}

/** Index of the entry of 256 nearest to x: the first that is not below, or the one before it. */
function nearest_entry(map: usize, x: f32): u8 {
  let q: usize = 0;
  for (let step: usize = 128; step; step >>= 1) if (load<f32>(map + (q + step - 1) * 4) < x) q += step;
  if (q && <f64>x - <f64>load<f32>(map + q * 4 - 4) <= <f64>load<f32>(map + q * 4) - <f64>x) --q;
  return <u8>q;
}
