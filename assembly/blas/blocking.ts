// blocking — the sizes of gemm, in one place, with their reasons.
//
//          f32   f64   why
//   ROWS     4     4   of a tile. 4 rows × 2 vectors keep 8 sums in registers; with 2 vectors of B, the same swapped, and 2 pairs
//                      of A that is 14 of the 16 that x86 has, and V8 loads all of a step before it computes
//   COLS     8     4   of a tile: two vectors, 32 bytes
//   KC     256   256   depth of a block: a panel of B is 8 KiB, one of A 4 or 8 KiB, so both stay in a 32 KiB first-level cache
//                      while a tile is computed; deeper blocks pay C's reading and writing off only a little better
//   MC     128    64   rows of A packed at once: 128 KiB, which stays in a second-level cache of 256 KiB or more while every
//                      panel of B passes by

/** Rows of a tile. */
// @ts-ignore: decorator
@inline
export const ROWS: usize = 4;

/** Depth of a block. */
// @ts-ignore: decorator
@inline
export const KC: usize = 256;

/** Columns of a tile. */
// @ts-ignore: decorator
@inline
export function COLS<T>(): usize {
  return 32 / sizeof<T>();
}

/** Rows of A packed at once. */
// @ts-ignore: decorator
@inline
export function MC<T>(): usize {
  return 512 / sizeof<T>();
}
