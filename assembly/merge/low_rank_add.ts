// low_rank_add — a low-rank product added to an accumulator of the same type.
//
//   acc[i, j] ← acc[i, j] + Σₖ L[i, k]·R[k, j]        acc: m×n row-major dense · L: m×r, R: r×n in panels (merge/pack.ts)
//
// i0     first row, a multiple of 4; rows i0 … i1 − 1 are changed, every row on its own
// The sum starts from 0, runs in the order of k, and is added once.
// Bytes  reads and writes acc to the last byte and no further; any alignment; nothing overlaps
// Cost   2·m·n·r flops
// Error  |âcc − acc| ≤ u|acc| + γᵣ·(|L||R|)ᵢⱼ, γᵣ = ru/(1 − ru)        Higham, ASNA 2e, §3.1
// BLAS   xGEMM with k = r, α = β = 1
import { gemm_tile } from "../blas/gemm_micro";

/** Bytes of R that a block of columns may take: half of a second-level cache of 256 KiB. */
// @ts-ignore: decorator
@inline
const BLOCK_BYTES: usize = 128 << 10;

export function low_rank_add<T extends number>(
  n: usize, r: usize, left: usize, right: usize, acc: usize, i0: usize, i1: usize,
): void {
  assert((i0 & 3) == 0 && i0 <= i1);
  if (r == 0) return; // a tile has at least one step
  const columns: usize = 32 / sizeof<T>(); // of a tile
  const width = max<usize>(1, BLOCK_BYTES / 32 / max<usize>(1, r)) * columns;
  const row = n * sizeof<T>();
  for (let j0: usize = 0; j0 < n; j0 += width) {
    const j1 = min(n, j0 + width);
    for (let i = i0; i < i1; i += 4) {
      const l = left + i * r * sizeof<T>(), rows = min<usize>(4, i1 - i);
      for (let j = j0; j < j1; j += columns) {
        const p = right + j * r * sizeof<T>(), c = acc + i * row + j * sizeof<T>();
        gemm_tile<T>(rows, min(columns, n - j), r, <T>1, l, p, <T>1, c, row);
      }
    }
  }
}
