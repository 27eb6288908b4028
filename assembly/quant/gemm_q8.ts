// gemm_q8 — rows of quantized activations times rows of blocks: the products of gemv_q8 and gemv_k_q8, several at a time.
//
//   y[r, i] ← row r of x · row i of w          0 ≤ r < m, i0 ≤ i < i1
//
//   x    m rows of rows_q8.ts, group 32 (gemm_q8) or 256 (gemm_k_q8)      w    rows of n/32 or n/256 blocks of Q
//   y    m rows of f32, ldy apart
//
// The bits are those of gemv_q8 and, for the K-types, within the same bound as those of gemv_k_q8.
// i0, i1   rows of w; each is computed on its own
// Bytes    reads w and x, writes y, to the last byte and no further; any alignment; y overlaps nothing
// Error    as gemv_q8, gemv_k_q8
//
// A block is unpacked once for four rows of x. Four rows of x are kept in the first cache while BLOCK rows of w pass, and these stay in
// the second while all of x does. Conditional blocks for the sake of V8: gemv_q8.ts.
import { hsum } from "../core/simd";
import { dot16x2, dot32, dot8, fifteens, loaded_ones, sums4 } from "./dot_i8";
import { add_k } from "./gemv_k_q8";
import { add_corrected } from "./gemv_q8";
import { half } from "./half";
import { q8_row_bytes } from "./rows_q8";

const BLOCK: usize = 16; // rows of w: 16 × 4.5 KiB for q8_0 and n = 4096

export function gemm_q8<Q>(m: usize, n: usize, w: usize, x: usize, y: usize, ldy: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1 && n % 32 == 0);
  const row = (n / 32) * changetype<Q>(0).bytes, next = q8_row_bytes(n, 32);
  for (let i = i0; i < i1; i += BLOCK) {
    const end = min<usize>(i1, i + BLOCK);
    for (let r: usize = 0; r < m; r += 4) {
      const rows = <i32>min<usize>(m - r, 4), x0 = x + r * next;
      for (let j = i; j < end; ++j) row4<Q>(n, w + j * row, x0, next, rows, y + (r * ldy + j) * 4, ldy * 4);
    }
  }
}

/** One row of w with up to four of x, `next` bytes apart; results `step` bytes apart. */
function row4<Q>(n: usize, w: usize, x: usize, next: usize, rows: i32, y: usize, step: usize): void {
  const q = changetype<Q>(0), bytes = q.bytes, fifteen = fifteens(), ones = loaded_ones();
  // Rows that are not there stand for the one before.
  let x0 = x, x1 = rows > 1 ? x0 + next : x0, x2 = rows > 2 ? x1 + next : x1, x3 = rows > 3 ? x2 + next : x2;
  let acc = f32x4.splat(0);
  for (let b: usize = 0; b < n; b += 32, w += bytes) {
    const block = changetype<Q>(w);
    const narrow = n * 2 - b, e = n * 3 - b * 2 + b / 8, sums = e + n / 8; // from where the codes of the block lie
    const w0 = codes<Q>(w, 0, fifteen), w1 = codes<Q>(w, 1, fifteen), w2 = codes<Q>(w, 2, fifteen), w3 = codes<Q>(w, 3, fifteen);
    let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    s0 = products<Q>(w0, w1, w2, w3, x0, narrow, ones);
    if (rows <= 1) s1 = i32x4.splat(0); else s1 = products<Q>(w0, w1, w2, w3, x1, narrow, ones);
    if (rows <= 2) s2 = i32x4.splat(0); else s2 = products<Q>(w0, w1, w2, w3, x2, narrow, ones);
    if (rows <= 3) s3 = i32x4.splat(0); else s3 = products<Q>(w0, w1, w2, w3, x3, narrow, ones);
    const total = q.affine || q.offset ? dot8(words(x0 + sums, x1 + sums, x2 + sums, x3 + sums), ones) : s0;
    const scales = words(x0 + e, x1 + e, x2 + e, x3 + e);
    acc = add_corrected<Q>(acc, sums4(s0, s1, s2, s3), f32x4.splat(block.d), f32x4.splat(block.dm), scales, total);
    x0 += 64;
    x1 += 64;
    x2 += 64;
    x3 += 64;
  }
  put_column(y, step, acc, rows);
}

export function gemm_k_q8<Q>(m: usize, n: usize, w: usize, x: usize, y: usize, ldy: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1 && n % 256 == 0);
  const row = (n / 256) * changetype<Q>(0).bytes, next = q8_row_bytes(n, 256);
  for (let i = i0; i < i1; i += BLOCK) {
    const end = min<usize>(i1, i + BLOCK);
    for (let r: usize = 0; r < m; r += 4) {
      const rows = <i32>min<usize>(m - r, 4), x0 = x + r * next;
      for (let j = i; j < end; ++j) row4_k<Q>(n, w + j * row, x0, next, rows, y + (r * ldy + j) * 4, ldy * 4);
    }
  }
}

/** One row of K-blocks with up to four of x. */
function row4_k<Q>(n: usize, w: usize, x: usize, next: usize, rows: i32, y: usize, step: usize): void {
  const q = changetype<Q>(0), bytes = q.bytes, run = q.run, fifteen = fifteens();
  const x1 = rows > 1 ? next : 0, x2 = rows > 2 ? x1 + next : x1, x3 = rows > 3 ? x2 + next : x2;
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
  for (let g: usize = 0; g < n; g += 256, w += bytes) {
    const block = changetype<Q>(w);
    let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, wide = x + g * 2;
    for (let r: usize = 0; r < 256 / run; ++r, wide += run * 2) {
      const unit = i32x4.splat(block.unit(r));
      const w0 = block.raw(r, 0, fifteen), w1 = block.raw(r, 1, fifteen);
      const w2 = run == 32 ? block.raw(r, 2, fifteen) : w0, w3 = run == 32 ? block.raw(r, 3, fifteen) : w1;
      s0 = i32x4.add(s0, i32x4.mul(run_products<Q>(w0, w1, w2, w3, wide), unit));
      if (rows > 1) s1 = i32x4.add(s1, i32x4.mul(run_products<Q>(w0, w1, w2, w3, wide + x1), unit));
      if (rows > 2) s2 = i32x4.add(s2, i32x4.mul(run_products<Q>(w0, w1, w2, w3, wide + x2), unit));
      if (rows > 3) s3 = i32x4.add(s3, i32x4.mul(run_products<Q>(w0, w1, w2, w3, wide + x3), unit));
    }
    const d = f32x4.splat(block.d), dm = f32x4.splat(block.dm), e = x + 3 * n + g / 64, sums = x + 3 * n + n / 64 + g / 8;
    a0 = add_k<Q>(a0, s0, block.correction(sums), d, dm, v128.load_splat<u32>(e));
    if (rows > 1) a1 = add_k<Q>(a1, s1, block.correction(sums + x1), d, dm, v128.load_splat<u32>(e + x1));
    if (rows > 2) a2 = add_k<Q>(a2, s2, block.correction(sums + x2), d, dm, v128.load_splat<u32>(e + x2));
    if (rows > 3) a3 = add_k<Q>(a3, s3, block.correction(sums + x3), d, dm, v128.load_splat<u32>(e + x3));
  }
  store<f32>(y, hsum<f32>(a0));
  if (rows > 1) store<f32>(y + step, hsum<f32>(a1));
  if (rows > 2) store<f32>(y + 2 * step, hsum<f32>(a2));
  if (rows > 3) store<f32>(y + 3 * step, hsum<f32>(a3));
}

// @ts-ignore: decorator
@inline
function run_products<Q>(w0: v128, w1: v128, w2: v128, w3: v128, x: usize): v128 {
  if (changetype<Q>(0).run == 16) return i32x4.add(dot8(w0, v128.load(x)), dot8(w1, v128.load(x, 16)));
  return dot32(w0, v128.load(x), w1, v128.load(x, 16), w2, v128.load(x, 32), w3, v128.load(x, 48));
}

/** Codes of the block at p as `products` wants them: i16, or bytes where the build and the type have a use for these. */
// @ts-ignore: decorator
@inline
function codes<Q>(p: usize, c: usize, fifteen: v128): v128 {
  const b = changetype<Q>(p);
  if (ASC_FEATURE_RELAXED_SIMD && b.narrow) return c < 2 ? b.raw16(c, fifteen) : fifteen;
  return b.raw(0, c, fifteen);
}

// @ts-ignore: decorator
@inline
function products<Q>(w0: v128, w1: v128, w2: v128, w3: v128, x: usize, narrow: usize, ones: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD && changetype<Q>(0).narrow) {
    return dot8(dot16x2(v128.load(x + narrow), w0, v128.load(x + narrow, 16), w1), ones);
  }
  return dot32(w0, v128.load(x), w1, v128.load(x, 16), w2, v128.load(x, 32), w3, v128.load(x, 48));
}

/** Four words at four places. */
// @ts-ignore: decorator
@inline
function words(p: usize, q: usize, r: usize, s: usize): v128 {
  const a = v128.shuffle<i32>(v128.load_zero<u32>(p), v128.load_zero<u32>(q), 0, 4, 1, 5);
  return v128.shuffle<i64>(a, v128.shuffle<i32>(v128.load_zero<u32>(r), v128.load_zero<u32>(s), 0, 4, 1, 5), 0, 2);
}

// @ts-ignore: decorator
@inline
function put_column(y: usize, step: usize, x: v128, count: i32): void {
  store<f32>(y, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(y + step, f32x4.extract_lane(x, 1));
  if (count > 2) store<f32>(y + 2 * step, f32x4.extract_lane(x, 2));
  if (count > 3) store<f32>(y + 3 * step, f32x4.extract_lane(x, 3));
}
