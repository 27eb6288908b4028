// gemm_tile — the innermost product: one tile of C from one panel of A and one of B.
//
//   C ← α·A·B + β·C        C: rows × cols of at most 4 × two vectors · A: panel [k][4] · B: panel [k][P], P = 8 f32, 4 f64
//
// ldc    bytes from one row of C to the next
// β = 0  C is written, never read
// The sum runs in the order of k from 0; an edge computes the whole tile on zeros and keeps less of it, to the same bits.
// Bytes  reads both panels whole, reads and writes C's rows × cols elements only; any alignment
// Cost   2·4·P·k flops; each step of k is 6 loads for 8 multiply–adds
// Error  |Ĉ − C| ≤ γ·(|α||A||B| + |βC|), γ = (k + 3)u/(1 − (k + 3)u)        Higham, ASNA 2e, §3.5
import { madd } from "../core/simd";

export function gemm_tile<T extends number>(
  rows: usize, cols: usize, k: usize, alpha: T, a: usize, b: usize, beta: T, c: usize, ldc: usize,
): void {
  let c00 = v128.splat<T>(<T>0), c01 = v128.splat<T>(<T>0);
  let c10 = v128.splat<T>(<T>0), c11 = v128.splat<T>(<T>0);
  let c20 = v128.splat<T>(<T>0), c21 = v128.splat<T>(<T>0);
  let c30 = v128.splat<T>(<T>0), c31 = v128.splat<T>(<T>0);
  for (const end = b + k * 32; b < end; a += 4 * sizeof<T>(), b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const a0 = v128.load_splat<T>(a), a1 = v128.load_splat<T>(a, sizeof<T>());
    const a2 = v128.load_splat<T>(a, 2 * sizeof<T>()), a3 = v128.load_splat<T>(a, 3 * sizeof<T>());
    c00 = madd<T>(a0, b0, c00); c01 = madd<T>(a0, b1, c01);
    c10 = madd<T>(a1, b0, c10); c11 = madd<T>(a1, b1, c11);
    c20 = madd<T>(a2, b0, c20); c21 = madd<T>(a2, b1, c21);
    c30 = madd<T>(a3, b0, c30); c31 = madd<T>(a3, b1, c31);
  }
  const al = v128.splat<T>(alpha), be = v128.splat<T>(beta);
  if (rows == 4 && cols == 32 / sizeof<T>() && beta != 0) {
    update<T>(al, c00, c01, be, c);
    update<T>(al, c10, c11, be, c + ldc);
    update<T>(al, c20, c21, be, c + 2 * ldc);
    update<T>(al, c30, c31, be, c + 3 * ldc);
    return;
  }
  put<T>(cols, al, c00, c01, be, c);
  if (rows > 1) put<T>(cols, al, c10, c11, be, c + ldc);
  if (rows > 2) put<T>(cols, al, c20, c21, be, c + 2 * ldc);
  if (rows > 3) put<T>(cols, al, c30, c31, be, c + 3 * ldc);
}

/** One whole row of the tile, β ≠ 0. */
// @ts-ignore: decorator
@inline
function update<T>(alpha: v128, x: v128, y: v128, beta: v128, c: usize): void {
  v128.store(c, madd<T>(beta, v128.load(c), v128.mul<T>(alpha, x)));
  v128.store(c, madd<T>(beta, v128.load(c, 16), v128.mul<T>(alpha, y)), 16);
}

/** One row of the tile, whole or in part. */
function put<T extends number>(cols: usize, alpha: v128, x: v128, y: v128, beta: v128, c: usize): void {
  const lanes: usize = 16 / sizeof<T>();
  x = v128.mul<T>(alpha, x);
  y = v128.mul<T>(alpha, y);
  const read = v128.extract_lane<T>(beta, 0) != <T>0;
  if (cols == 2 * lanes) {
    v128.store(c, read ? madd<T>(beta, v128.load(c), x) : x);
    v128.store(c, read ? madd<T>(beta, v128.load(c, 16), y) : y, 16);
  } else if (cols > lanes) {
    v128.store(c, read ? madd<T>(beta, v128.load(c), x) : x);
    store_part<T>(c + 16, read ? madd<T>(beta, load_part<T>(c + 16, cols - lanes), y) : y, cols - lanes);
  } else if (cols == lanes) {
    v128.store(c, read ? madd<T>(beta, v128.load(c), x) : x);
  } else {
    store_part<T>(c, read ? madd<T>(beta, load_part<T>(c, cols), x) : x, cols);
  }
}

/** The first `count` lanes of a vector at p, 0 < count < lanes; the others are 0, and their memory is not read. */
function load_part<T>(p: usize, count: usize): v128 {
  if (sizeof<T>() == 8) return v128.load_zero<u64>(p);
  if (count == 1) return v128.load_zero<u32>(p);
  const x = v128.load_zero<u64>(p);
  return count == 2 ? x : v128.load_lane<u32>(p, x, 2, 8);
}

/** Writes the first `count` lanes of x at p, 0 < count < lanes, and nothing behind them. */
function store_part<T>(p: usize, x: v128, count: usize): void {
  if (sizeof<T>() == 8) {
    v128.store_lane<u64>(p, x, 0);
  } else if (count == 1) {
    v128.store_lane<u32>(p, x, 0);
  } else {
    v128.store_lane<u64>(p, x, 0);
    if (count == 3) v128.store_lane<u32>(p, x, 2, 8);
  }
}
