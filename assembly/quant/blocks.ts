// blocks — what the kernels ask of a quantized type, and decoding.
//
// A type Q is a class laid over its block in memory: `changetype<Q>(p)` is the block at p. Nothing is ever allocated. It has
//
//   bytes    of a block                      size    elements of a block, `run` at a time under one scale
//   d        f16 scale as f32                dm      f16 scale of the minima, or what is added to every element
//   scale(r, d)  of run r                    shift(r, dm)  added to the elements of run r, where `affine`
//   raw(r, c, fifteen)  codes 8c … 8c + 7 of run r as i16, in order; `offset` is to be taken off. fifteen: i16 lanes of 15
//   encode(x)    writes the block from `size` f32 at x
//   encode4(x, work)    where `four`: this block and the three behind it, and what that loses (low_rank_update_q.ts)
//
//   decode   dst[i] ← f32(raw − offset)·scale [+ shift]         each operation rounded to f32, in every build: the bits of ggml's decoder
//   encode   in the files of the types
//
// src, dst   arrays of whole blocks and of f32; i0, i1 count blocks
// Bytes      reads and writes the range to the last byte and no further; any alignment; src and dst do not overlap
// NaN        a block whose scale is NaN or Inf decodes to NaN or Inf, as the arithmetic says
// Error      decoding none beyond the rounding of its two operations

export function decode<Q>(src: usize, dst: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1);
  const q = changetype<Q>(0), bytes = q.bytes, size = q.size;
  const fifteen = i16x8.splat(15);
  let p = src + i0 * bytes, y = dst + i0 * size * 4;
  for (let i = i0; i < i1; ++i, p += bytes) {
    const b = changetype<Q>(p), d = b.d, dm = b.dm;
    for (let r: usize = 0; r < size / b.run; ++r, y += b.run * 4) {
      const s = f32x4.splat(b.scale(r, d)), t = f32x4.splat(b.shift(r, dm));
      put<Q>(y, b.raw(r, 0, fifteen), s, t);
      put<Q>(y + 32, b.raw(r, 1, fifteen), s, t);
      if (b.run == 32) {
        put<Q>(y + 64, b.raw(r, 2, fifteen), s, t);
        put<Q>(y + 96, b.raw(r, 3, fifteen), s, t);
      }
    }
  }
}

export function encode<Q>(src: usize, dst: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1);
  const bytes = changetype<Q>(0).bytes, size = changetype<Q>(0).size * 4;
  for (let i = i0; i < i1; ++i) changetype<Q>(dst + i * bytes).encode(src + i * size);
}

// @ts-ignore: decorator
@inline
function put<Q>(y: usize, raw: v128, s: v128, t: v128): void {
  const codes = take_off<Q>(raw);
  v128.store(y, value<Q>(i32x4.extend_low_i16x8_s(codes), s, t));
  v128.store(y, value<Q>(i32x4.extend_high_i16x8_s(codes), s, t), 16);
}

/** Raw codes → codes. */
// @ts-ignore: decorator
@inline
export function take_off<Q>(raw: v128): v128 {
  const offset = changetype<Q>(0).offset;
  return offset ? i16x8.sub(raw, i16x8.splat(offset)) : raw;
}

/** Four codes → four weights. */
// @ts-ignore: decorator
@inline
export function value<Q>(codes: v128, s: v128, t: v128): v128 {
  const x = f32x4.mul(f32x4.convert_i32x4_s(codes), s);
  return changetype<Q>(0).affine ? f32x4.add(x, t) : x;
}
