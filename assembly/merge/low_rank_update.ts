// low_rank_update — a stored matrix plus a low-rank product, with one rounding, and what the rounding lost.
//
//   out ← round(W + L·R)        W, out: m×n of S (f32, f16, bf16), rows dense · L: m×r · R: r×n · computed in f32
//
// left   L in panels of 4 rows, right: R in panels of 8 columns (merge/pack.ts, f32)
// i0     first row, a multiple of 4; rows i0 … i1 − 1 are written, every row on its own
// acc    Σₖ L[i,k]·R[k,j] starts from 0 and runs in the order of k; v = decode(W) + acc; out = encode(v)
// stats  four f64 for each row: Σ acc², Σ W², Σ e² with e = decode(out) − v, and how many of v or decode(out) are not finite.
//        The sums are of parts of four rows (i, i + 1, …, i a multiple of 4): all of them together are those of the four, the counts
//        are each row's own. Squares are formed in f32 and summed in f32 over at most 256 columns of four rows, then in f64; relative
//        error of each sum at most (128 + 12)u, u = 2^−24, squares below 2^−126 aside. Where a square could overflow, f64 throughout.
// Bytes  reads and writes the rows to the last byte and no further; any alignment; out may be W, else nothing overlaps
// Cost   2·m·n·r flops. R is walked in blocks of columns that stay in a second-level cache; blocks are that wide because W comes
//        from memory, and short runs of a row would each wait for it anew
// Error  |v̂ − v| ≤ u|v| + γᵣ·(|L||R|)ᵢⱼ, γᵣ = ru/(1 − ru), then one rounding to S        Higham, ASNA 2e, §3.1
// BLAS   xGEMM with k = r, α = β = 1
import { low_rank_panel } from "../blas/low_rank_panel";

/** Bytes of R that a block of columns may take: half of a second-level cache of 256 KiB. */
// @ts-ignore: decorator
@inline
const BLOCK_BYTES: usize = 128 << 10;

/** Columns of four rows whose squares are summed in f32. */
// @ts-ignore: decorator
@inline
const SUM_COLUMNS: usize = 256;

export function low_rank_update<S>(
  n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, i0: usize, i1: usize,
): void {
  assert((i0 & 3) == 0 && i0 <= i1);
  memory.fill(stats + i0 * 32, 0, (i1 - i0) * 32);
  const width = max<usize>(1, BLOCK_BYTES / 4 / max<usize>(1, r) / SUM_COLUMNS) * SUM_COLUMNS;
  const row = n * sizeof<S>();
  for (let b = <usize>0; b < n; b += width) {
    const end = min(n, b + width);
    for (let i = i0; i < i1; i += 4) {
      for (let j = b; j < end; j += SUM_COLUMNS) {
        low_rank_panel<S>(min<usize>(4, i1 - i), j, min(end, j + SUM_COLUMNS), r, left + i * r * 4, right, w + i * row, out + i * row, row, stats + i * 32);
      }
    }
  }
}
