// gemm_tile — the innermost product: one tile of C from one panel of A and one of B.
//
//   C ← α·A·B + β·C        C: rows × cols of at most 4 × two vectors · A: panel [k][4] · B: panel [k][P], P = 8 f32, 4 f64
//
// k      1 or more: the first step is taken before the end is looked at
// ldc    bytes from one row of C to the next
// β = 0  C is written, never read
// Sums   Rows go in pairs. A pair of numbers of A, repeated to fill a vector, times a vector of B has the products of one row in
//        the even lanes and of the other in the odd; times the same vector with neighbours swapped it has the rest. So a step takes
//        4 loads and 2 shuffles where a broadcast of each number of A takes 6 loads: docs/decisions/0009-tiles.md
// The sum of an element runs in the order of k from 0; an edge computes the whole tile on zeros and keeps less of it, to the same bits.
// Bytes  reads both panels whole, reads and writes C's rows × cols elements only; any alignment
// Cost   2·4·P·k flops; each step of k is 4 loads and 2 shuffles for 8 multiply–adds
// Error  |Ĉ − C| ≤ γ·(|α||A||B| + |βC|), γ = (k + 3)u/(1 − (k + 3)u)        Higham, ASNA 2e, §3.5
import { madd } from "../core/simd";

export function gemm_tile<T extends number>(
  rows: usize, cols: usize, k: usize, alpha: T, a: usize, b: usize, beta: T, c: usize, ldc: usize,
): void {
  // c00, c01: vectors of row 0; c10, c11: of row 1; and so on. Within the loop the odd lanes of a pair of rows are exchanged.
  let c00 = v128.splat<T>(<T>0), c01 = v128.splat<T>(<T>0);
  let c10 = v128.splat<T>(<T>0), c11 = v128.splat<T>(<T>0);
  let c20 = v128.splat<T>(<T>0), c21 = v128.splat<T>(<T>0);
  let c30 = v128.splat<T>(<T>0), c31 = v128.splat<T>(<T>0);
  assert(k > 0);
  const end = b + k * 32;
  do {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const s0 = swap_neighbours<T>(b0), s1 = swap_neighbours<T>(b1);
    const a01 = load_pair<T>(a), a23 = load_next_pair<T>(a);
    c00 = madd<T>(a01, b0, c00); c01 = madd<T>(a01, b1, c01);
    c10 = madd<T>(a01, s0, c10); c11 = madd<T>(a01, s1, c11);
    c20 = madd<T>(a23, b0, c20); c21 = madd<T>(a23, b1, c21);
    c30 = madd<T>(a23, s0, c30); c31 = madd<T>(a23, s1, c31);
    a += 4 * sizeof<T>();
    b += 32;
  } while (b < end);
  const al = v128.splat<T>(alpha);
  let x: v128;
  x = first_row<T>(c00, c10); c10 = v128.mul<T>(al, second_row<T>(c00, c10)); c00 = v128.mul<T>(al, x);
  x = first_row<T>(c01, c11); c11 = v128.mul<T>(al, second_row<T>(c01, c11)); c01 = v128.mul<T>(al, x);
  x = first_row<T>(c20, c30); c30 = v128.mul<T>(al, second_row<T>(c20, c30)); c20 = v128.mul<T>(al, x);
  x = first_row<T>(c21, c31); c31 = v128.mul<T>(al, second_row<T>(c21, c31)); c21 = v128.mul<T>(al, x);
  if (rows == 4 && cols == 32 / sizeof<T>()) {
    const be = v128.splat<T>(beta), c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc;
    if (beta == 0) {
      v128.store(c, c00); v128.store(c, c01, 16);
      v128.store(c1, c10); v128.store(c1, c11, 16);
      v128.store(c2, c20); v128.store(c2, c21, 16);
      v128.store(c3, c30); v128.store(c3, c31, 16);
    } else {
      v128.store(c, madd<T>(be, v128.load(c), c00)); v128.store(c, madd<T>(be, v128.load(c, 16), c01), 16);
      v128.store(c1, madd<T>(be, v128.load(c1), c10)); v128.store(c1, madd<T>(be, v128.load(c1, 16), c11), 16);
      v128.store(c2, madd<T>(be, v128.load(c2), c20)); v128.store(c2, madd<T>(be, v128.load(c2, 16), c21), 16);
      v128.store(c3, madd<T>(be, v128.load(c3), c30)); v128.store(c3, madd<T>(be, v128.load(c3, 16), c31), 16);
    }
    return;
  }
  // Rows move up to be written by one piece of code. Nothing is called while sums live: SpiderMonkey would keep them in memory
  // in the loop above as well, which takes twice the time.
  for (;;) {
    put<T>(cols, c00, c01, beta, c);
    if (--rows == 0) return;
    c00 = c10; c01 = c11;
    c10 = c20; c11 = c21;
    c20 = c30; c21 = c31;
    c += ldc;
  }
}

/** Two neighbours at p, over and over: x0 x1 x0 x1. */
// @ts-ignore: decorator
@inline
function load_pair<T>(p: usize): v128 {
  return sizeof<T>() == 4 ? v128.load_splat<u64>(p) : v128.load(p);
}

/** The two behind them. */
// @ts-ignore: decorator
@inline
function load_next_pair<T>(p: usize): v128 {
  return sizeof<T>() == 4 ? v128.load_splat<u64>(p, 8) : v128.load(p, 16);
}

/** x1 x0 x3 x2 */
// @ts-ignore: decorator
@inline
function swap_neighbours<T>(x: v128): v128 {
  return sizeof<T>() == 4 ? v128.shuffle<i32>(x, x, 1, 0, 3, 2) : v128.shuffle<i64>(x, x, 1, 0);
}

/** Row 0 of a pair, x being its products with B and y those with B's neighbours swapped: x0 y0 x2 y2. */
// @ts-ignore: decorator
@inline
function first_row<T>(x: v128, y: v128): v128 {
  return sizeof<T>() == 4 ? v128.shuffle<i32>(x, y, 0, 4, 2, 6) : v128.shuffle<i64>(x, y, 0, 2);
}

/** Row 1 of it: y1 x1 y3 x3. */
// @ts-ignore: decorator
@inline
function second_row<T>(x: v128, y: v128): v128 {
  return sizeof<T>() == 4 ? v128.shuffle<i32>(x, y, 5, 1, 7, 3) : v128.shuffle<i64>(x, y, 3, 1);
}

/** One row x y of the tile, whole or in part: its first `cols` elements, 0 < cols. */
// @ts-ignore: decorator
@inline
function put<T extends number>(cols: usize, x: v128, y: v128, beta: T, c: usize): void {
  const lanes: usize = 16 / sizeof<T>(), be = v128.splat<T>(beta);
  let rest = cols, p = c, part = x;
  if (rest >= lanes) {
    v128.store(p, beta != 0 ? madd<T>(be, v128.load(p), x) : x);
    rest -= lanes;
    p += 16;
    part = y;
  }
  if (rest == lanes) v128.store(p, beta != 0 ? madd<T>(be, v128.load(p), y) : y);
  else if (rest != 0) store_part<T>(p, beta != 0 ? madd<T>(be, load_part<T>(p, rest), part) : part, rest);
}

/** The first `count` lanes of a vector at p, 0 < count < lanes; the others are 0, and their memory is not read. */
// @ts-ignore: decorator
@inline
function load_part<T>(p: usize, count: usize): v128 {
  if (sizeof<T>() == 8) return v128.load_zero<u64>(p);
  if (count == 1) return v128.load_zero<u32>(p);
  const x = v128.load_zero<u64>(p);
  return count == 2 ? x : v128.load_lane<u32>(p, x, 2, 8);
}

/** Writes the first `count` lanes of x at p, 0 < count < lanes, and nothing behind them. */
// @ts-ignore: decorator
@inline
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
