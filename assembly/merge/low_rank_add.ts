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
import { madd, madd1 } from "../core/simd";

/** Bytes of R that a block of columns may take: three quarters of a 32 KiB first-level cache. */
// @ts-ignore: decorator
@inline
const BLOCK_BYTES: usize = 24 << 10;

export function low_rank_add<T extends number>(
  n: usize, r: usize, left: usize, right: usize, acc: usize, i0: usize, i1: usize,
): void {
  assert((i0 & 3) == 0 && i0 <= i1);
  const columns: usize = 32 / sizeof<T>(); // of a tile
  const width = max<usize>(1, BLOCK_BYTES / 32 / max<usize>(1, r)) * columns;
  const row = n * sizeof<T>();
  for (let j0: usize = 0; j0 < n; j0 += width) {
    const j1 = min(n, j0 + width);
    for (let i = i0; i < i1; i += 4) {
      const rows = min<usize>(4, i1 - i);
      const l = left + i * r * sizeof<T>();
      for (let j = j0; j < j1; j += columns) {
        const p = right + j * r * sizeof<T>(), c = acc + i * row + j * sizeof<T>();
        if (rows == 4 && j + columns <= n) tile<T>(r, l, p, c, row);
        else edge<T>(rows, min(columns, j1 - j), r, l, p, c, row);
      }
    }
  }
}

/** 4 rows × 2 vectors. */
function tile<T extends number>(r: usize, a: usize, b: usize, c: usize, row: usize): void {
  let c00 = v128.splat<T>(<T>0), c01 = v128.splat<T>(<T>0);
  let c10 = v128.splat<T>(<T>0), c11 = v128.splat<T>(<T>0);
  let c20 = v128.splat<T>(<T>0), c21 = v128.splat<T>(<T>0);
  let c30 = v128.splat<T>(<T>0), c31 = v128.splat<T>(<T>0);
  for (let end = b + r * 32; b < end; a += 4 * sizeof<T>(), b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const a0 = v128.load_splat<T>(a), a1 = v128.load_splat<T>(a, sizeof<T>());
    const a2 = v128.load_splat<T>(a, 2 * sizeof<T>()), a3 = v128.load_splat<T>(a, 3 * sizeof<T>());
    c00 = madd<T>(a0, b0, c00); c01 = madd<T>(a0, b1, c01);
    c10 = madd<T>(a1, b0, c10); c11 = madd<T>(a1, b1, c11);
    c20 = madd<T>(a2, b0, c20); c21 = madd<T>(a2, b1, c21);
    c30 = madd<T>(a3, b0, c30); c31 = madd<T>(a3, b1, c31);
  }
  add2<T>(c, c00, c01);
  add2<T>(c + row, c10, c11);
  add2<T>(c + 2 * row, c20, c21);
  add2<T>(c + 3 * row, c30, c31);
}

// @ts-ignore: decorator
@inline
function add2<T>(c: usize, x: v128, y: v128): void {
  v128.store(c, v128.add<T>(v128.load(c), x));
  v128.store(c, v128.add<T>(v128.load(c, 16), y), 16);
}

/** Fewer rows or columns, element by element, to the same bits. */
function edge<T extends number>(rows: usize, columns: usize, r: usize, a: usize, b: usize, c: usize, row: usize): void {
  const p: usize = 32 / sizeof<T>();
  for (let i: usize = 0; i < rows; ++i) {
    for (let j: usize = 0; j < columns; ++j) {
      let sum = <T>0;
      for (let k: usize = 0; k < r; ++k) {
        sum = madd1<T>(load<T>(a + (4 * k + i) * sizeof<T>()), load<T>(b + (p * k + j) * sizeof<T>()), sum);
      }
      const at = c + i * row + j * sizeof<T>();
      store<T>(at, <T>(load<T>(at) + sum));
    }
  }
}
