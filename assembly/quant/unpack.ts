// unpack — packed bits to i16 lanes, eight elements at a time and in order.

const BITS = memory.data<u16>([1, 2, 4, 8, 16, 32, 64, 128], 16);

/** Elements 8c … 8c + 7 of 16 bytes that hold 0 … 15 in their lower halves and 16 … 31 in their upper. */
// @ts-ignore: decorator
@inline
export function nibble_lanes(p: usize, c: usize, fifteen: v128): v128 {
  const x = v128.load_ext<u8>(p + (c & 1) * 8);
  return c < 2 ? v128.and(x, fifteen) : i16x8.shr_u(x, 4);
}

/** The bits of the byte at p, each as 16 or 0. */
// @ts-ignore: decorator
@inline
export function sixteens(p: usize): v128 {
  const bits = v128.load(BITS);
  return i16x8.shl(i16x8.shr_u(i16x8.eq(v128.and(v128.load_splat<u8>(p), bits), bits), 15), 4);
}

/** Elements 8c … 8c + 7 of 32 five-bit codes: nibbles at p, fifth bits at h. */
// @ts-ignore: decorator
@inline
export function five_bit_lanes(p: usize, h: usize, c: usize, fifteen: v128): v128 {
  return v128.or(nibble_lanes(p, c, fifteen), sixteens(h + c));
}

/** Elements 16c … 16c + 15 of the same 16 bytes, as bytes; fifteen: i16 lanes of 15. */
// @ts-ignore: decorator
@inline
export function nibbles16(p: usize, c: usize, fifteen: v128): v128 {
  const x = v128.load(p), mask = v128.or(fifteen, i16x8.shl(fifteen, 8));
  return v128.and(c ? i16x8.shr_u(x, 4) : x, mask);
}

const BYTE_BITS = memory.data<u8>([1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128], 16);

/** The bits of the two bytes at p, each as a byte of 16 or 0. */
// @ts-ignore: decorator
@inline
export function sixteens16(p: usize): v128 {
  const bits = v128.load(BYTE_BITS), x = v128.load_splat<u16>(p);
  const spread = v128.shuffle<i8>(x, x, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  return v128.and(i8x16.eq(v128.and(spread, bits), bits), i8x16.splat(16));
}
