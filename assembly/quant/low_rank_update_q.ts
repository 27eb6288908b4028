// low_rank_update_q — rows of quantized blocks plus a low-rank product, quantized again, and what that lost.
//
//   out ← encode(decode(W) + L·R)        W, out: m rows of n/size blocks of Q · L: m×r · R: r×n · computed in f32
//
// left   L in panels of 4 rows, right: R in panels of 8 columns (merge/pack.ts, f32)
// n      a multiple of Q's size
// i0     first row, a multiple of 4; rows i0 … i1 − 1 are written, every row on its own
// acc    Σₖ L[i,k]·R[k,j] starts from 0 and runs in the order of k; v = decode(W) + acc; out = encode(v): the bits of three steps
// stats  four f64 for each row: Σ acc², Σ W², Σ e² with e = decode(out) − v, and how many of v or decode(out) are not finite.
//        The sums are of parts of four rows, the counts each row's own, as in merge/low_rank_update.ts; so are the bounds of the
//        sums: relative (128 + 12)u. A block that holds a v that is not finite becomes one of NaN, and all of it is counted
// work   4160 bytes for every `grain` rows: a piece of rows takes those of its first row, so pieces begin at multiples of `grain`
// Bytes  reads and writes the rows to the last byte and no further; any alignment; out may be W, else nothing overlaps
// Cost   2·m·n·r flops, and decoding and encoding. Four rows of 256 columns go through the first cache: decoded, updated by the loop
//        that merging into f32 uses, encoded
// Error  |v̂ − v| ≤ u|v| + γᵣ·(|L||R|)ᵢⱼ, γᵣ = ru/(1 − ru), then the error of encode        Higham, ASNA 2e, §3.1
import { low_rank_panel } from "../blas/low_rank_panel";
import { across, high, squares } from "../core/simd";
import { decode, encode, take_off, value } from "./blocks";
import { fifteens } from "./dot_i8";

/** Bytes of R that a block of columns may take: half of a second-level cache of 256 KiB. */
// @ts-ignore: decorator
@inline
const BLOCK_BYTES: usize = 128 << 10;

/** Columns that are decoded at a time. */
// @ts-ignore: decorator
@inline
const COLUMNS: usize = 256;

/** Four rows of that, and what encoding needs. */
// @ts-ignore: decorator
@inline
const WORK: usize = 16 * COLUMNS + 64;

export function low_rank_update_q<Q>(
  n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, work: usize, grain: usize, i0: usize, i1: usize,
): void {
  assert((i0 & 3) == 0 && i0 <= i1 && n % changetype<Q>(0).size == 0 && i0 % grain == 0);
  memory.fill(stats + i0 * 32, 0, (i1 - i0) * 32);
  const bytes = changetype<Q>(0).bytes, size = changetype<Q>(0).size, row = (n / size) * bytes;
  const values = work + (i0 / grain) * WORK;
  const width = max<usize>(1, BLOCK_BYTES / 4 / max<usize>(1, r) / COLUMNS) * COLUMNS;
  for (let b: usize = 0; b < n; b += width) {
    const end = min(n, b + width);
    for (let i = i0; i < i1; i += 4) {
      const rows = min<usize>(4, i1 - i);
      for (let j = b; j < end; j += COLUMNS) {
        const last = min(end, j + COLUMNS), at = i * row + (j / size) * bytes, count = (last - j) / size;
        for (let k: usize = 0; k < rows; ++k) decode<Q>(w + at + k * row, values + k * (4 * COLUMNS), 0, count);
        const column0 = values - 4 * j;
        low_rank_panel<f32>(rows, j, last, r, left + i * r * 4, right, column0, column0, 4 * COLUMNS, stats + i * 32);
        for (let k: usize = 0; k < rows; ++k) {
          quantize<Q>(count, values + k * (4 * COLUMNS), out + at + k * row, values + 16 * COLUMNS, stats + (i + k) * 32);
        }
      }
    }
  }
}

/** Writes `count` blocks of the v at x and adds Σ e² and the counts to the sums of a row. `work`: 64 bytes. */
function quantize<Q>(count: usize, x: usize, p: usize, work: usize, stats: usize): void {
  const bytes = changetype<Q>(0).bytes, size = changetype<Q>(0).size * 4, fifteen = fifteens();
  let sum = f32x4.splat(0);
  const end = p + count * bytes;
  if (changetype<Q>(0).four) {
    for (; p + 4 * bytes <= end; p += 4 * bytes, x += 4 * size) {
      const four = changetype<Q>(p).encode4(x, work);
      if (finite(four)) sum = f32x4.add(sum, four);
      else for (let k: usize = 0; k < 4; ++k) careful_losses<Q>(p + k * bytes, x + k * size, fifteen, stats);
    }
  }
  for (; p < end; p += bytes, x += size) {
    changetype<Q>(p).encode(x);
    const block = block_losses<Q>(p, x, fifteen);
    if (finite(block)) sum = f32x4.add(sum, block);
    else careful_losses<Q>(p, x, fifteen, stats);
  }
  add(stats + 16, across(sum));
}

/** Squares of decode(block at p) − x, in four sums. */
// @ts-ignore: decorator
@inline
function block_losses<Q>(p: usize, x: usize, fifteen: v128): v128 {
  const b = changetype<Q>(p), d = b.d, dm = b.dm, run = b.run;
  let u = f32x4.splat(0), v = u;
  for (let r: usize = 0; r < b.size / run; ++r, x += run * 4) {
    const s = f32x4.splat(b.scale(r, d)), t = f32x4.splat(b.shift(r, dm));
    u = f32x4.add(u, squares8<Q>(b.raw(r, 0, fifteen), s, t, x));
    v = f32x4.add(v, squares8<Q>(b.raw(r, 1, fifteen), s, t, x + 32));
    if (run == 32) {
      u = f32x4.add(u, squares8<Q>(b.raw(r, 2, fifteen), s, t, x + 64));
      v = f32x4.add(v, squares8<Q>(b.raw(r, 3, fifteen), s, t, x + 96));
    }
  }
  return f32x4.add(u, v);
}

// @ts-ignore: decorator
@inline
function squares8<Q>(raw: v128, s: v128, t: v128, x: usize): v128 {
  const codes = take_off<Q>(raw);
  const a = f32x4.sub(value<Q>(i32x4.extend_low_i16x8_s(codes), s, t), v128.load(x));
  const b = f32x4.sub(value<Q>(i32x4.extend_high_i16x8_s(codes), s, t), v128.load(x, 16));
  return squares(a, b);
}

/** One block in f64; elements of which v is finite and decode(out) is not are counted. */
function careful_losses<Q>(p: usize, x: usize, fifteen: v128, stats: usize): void {
  const b = changetype<Q>(p), d = b.d, dm = b.dm, run = b.run;
  for (let r: usize = 0; r < b.size / run; ++r) {
    const s = f32x4.splat(b.scale(r, d)), t = f32x4.splat(b.shift(r, dm));
    for (let c: usize = 0; c < run / 8; ++c, x += 32) {
      const codes = take_off<Q>(b.raw(r, c, fifteen));
      careful4(value<Q>(i32x4.extend_low_i16x8_s(codes), s, t), v128.load(x), stats);
      careful4(value<Q>(i32x4.extend_high_i16x8_s(codes), s, t), v128.load(x, 16), stats);
    }
  }
}

function careful4(y: v128, v: v128, stats: usize): void {
  const e = f32x4.sub(y, v), good = numbers(e);
  const small = v128.and(e, good), a = f64x2.promote_low_f32x4(small), b = f64x2.promote_low_f32x4(high(small));
  const sum = f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b));
  add(stats + 16, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  add(stats + 24, <f64>popcnt<i32>(i32x4.bitmask(v128.andnot(numbers(v), good))));
}

/** All bits set where x is a number. */
// @ts-ignore: decorator
@inline
function numbers(x: v128): v128 {
  return f32x4.eq(f32x4.sub(x, x), i32x4.splat(0));
}

/** Whether all four are below the largest f32, so that they are what was to be summed. */
// @ts-ignore: decorator
@inline
function finite(sums: v128): bool {
  return i32x4.bitmask(f32x4.lt(sums, f32x4.splat(f32.MAX_VALUE))) == 15;
}

// @ts-ignore: decorator
@inline
function add(p: usize, x: f64): void {
  store<f64>(p, load<f64>(p) + x);
}
