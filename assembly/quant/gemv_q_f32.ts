// gemv_q_f32, gemm_q_f32 — rows of blocks times f32, the weights decoded on the way.
//
//   gemv   y[i] ← Σ_j ŵ[i, j]·x[j]                 x    n f32                         y    f32
//   gemm   y[r, i] ← Σ_j x[r, j]·ŵ[i, j]           x    m rows of n f32, ldx apart    y    m rows, ldy apart
//
//   w    rows of n/size blocks of Q; ŵ is what blocks.ts decodes, to the bit
//
// n        a multiple of Q's size
// i0, i1   rows of w; each is computed on its own, and r = 0 of gemm has the bits of gemv
// Bytes    reads w and x, writes y, to the last byte and no further; any alignment; y overlaps nothing
// Error    |ŷ − y| ≤ γ·|x||ŵ|, γ = (n/8 + 4)u/(1 − (n/8 + 4)u): two vectors of sums of n/8 terms     Higham, ASNA 2e, §3.1
//
// gemm decodes once for four rows of x. Conditional blocks for the sake of V8: gemv_q8.ts.
import { hsum, madd } from "../core/simd";
import { take_off, value } from "./blocks";
import { fifteens } from "./dot_i8";

export function gemv_q_f32<Q>(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void {
  const q = changetype<Q>(0), bytes = q.bytes, size = q.size, run = q.run, fifteen = fifteens();
  assert(i0 <= i1 && n % size == 0);
  let p = w + i0 * (n / size) * bytes;
  for (let i = i0; i < i1; ++i) {
    let a = f32x4.splat(0), b = a;
    const end = x + n * 4;
    for (let z = x; z < end; p += bytes) {
      const block = changetype<Q>(p), d = block.d, dm = block.dm;
      for (let r: usize = 0; r < size / run; ++r, z += run * 4) {
        const s = f32x4.splat(block.scale(r, d)), t = f32x4.splat(block.shift(r, dm));
        const c0 = take_off<Q>(block.raw(r, 0, fifteen)), c1 = take_off<Q>(block.raw(r, 1, fifteen));
        a = madd<f32>(low<Q>(c0, s, t), v128.load(z), a);
        b = madd<f32>(high<Q>(c0, s, t), v128.load(z, 16), b);
        a = madd<f32>(low<Q>(c1, s, t), v128.load(z, 32), a);
        b = madd<f32>(high<Q>(c1, s, t), v128.load(z, 48), b);
        if (run == 32) {
          const c2 = take_off<Q>(block.raw(r, 2, fifteen)), c3 = take_off<Q>(block.raw(r, 3, fifteen));
          a = madd<f32>(low<Q>(c2, s, t), v128.load(z, 64), a);
          b = madd<f32>(high<Q>(c2, s, t), v128.load(z, 80), b);
          a = madd<f32>(low<Q>(c3, s, t), v128.load(z, 96), a);
          b = madd<f32>(high<Q>(c3, s, t), v128.load(z, 112), b);
        }
      }
    }
    store<f32>(y + i * 4, hsum<f32>(f32x4.add(a, b)));
  }
}

export function gemm_q_f32<Q>(
  m: usize, n: usize, w: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize,
): void {
  const q = changetype<Q>(0), row = (n / q.size) * q.bytes;
  assert(i0 <= i1 && n % q.size == 0 && ldx >= n);
  for (let i = i0; i < i1; ++i) {
    for (let r: usize = 0; r < m; r += 4) {
      rows4<Q>(n, w + i * row, x + r * ldx * 4, ldx * 4, <i32>min<usize>(m - r, 4), y + (r * ldy + i) * 4, ldy * 4);
    }
  }
}

/** One row of w with up to four of x, `next` bytes apart; results `step` bytes apart. */
function rows4<Q>(n: usize, w: usize, x: usize, next: usize, rows: i32, y: usize, step: usize): void {
  const q = changetype<Q>(0), bytes = q.bytes, size = q.size, run = q.run, fifteen = fifteens();
  const x1 = rows > 1 ? next : 0, x2 = rows > 2 ? x1 + next : x1, x3 = rows > 3 ? x2 + next : x2;
  let a0 = f32x4.splat(0), b0 = a0, a1 = a0, b1 = a0, a2 = a0, b2 = a0, a3 = a0, b3 = a0;
  const end = x + n * 4;
  for (let z = x; z < end; w += bytes) {
    const block = changetype<Q>(w), d = block.d, dm = block.dm;
    for (let r: usize = 0; r < size / run; ++r) {
      const s = f32x4.splat(block.scale(r, d)), t = f32x4.splat(block.shift(r, dm));
      for (let c: usize = 0; c < run / 8; ++c, z += 32) {
        const codes = take_off<Q>(block.raw(r, c, fifteen)), u = low<Q>(codes, s, t), v = high<Q>(codes, s, t);
        a0 = madd<f32>(u, v128.load(z), a0);
        b0 = madd<f32>(v, v128.load(z, 16), b0);
        if (rows > 1) {
          a1 = madd<f32>(u, v128.load(z + x1), a1);
          b1 = madd<f32>(v, v128.load(z + x1, 16), b1);
        }
        if (rows > 2) {
          a2 = madd<f32>(u, v128.load(z + x2), a2);
          b2 = madd<f32>(v, v128.load(z + x2, 16), b2);
        }
        if (rows > 3) {
          a3 = madd<f32>(u, v128.load(z + x3), a3);
          b3 = madd<f32>(v, v128.load(z + x3, 16), b3);
        }
      }
    }
  }
  store<f32>(y, hsum<f32>(f32x4.add(a0, b0)));
  if (rows > 1) store<f32>(y + step, hsum<f32>(f32x4.add(a1, b1)));
  if (rows > 2) store<f32>(y + 2 * step, hsum<f32>(f32x4.add(a2, b2)));
  if (rows > 3) store<f32>(y + 3 * step, hsum<f32>(f32x4.add(a3, b3)));
}

// @ts-ignore: decorator
@inline
function low<Q>(codes: v128, s: v128, t: v128): v128 {
  return value<Q>(i32x4.extend_low_i16x8_s(codes), s, t);
}

// @ts-ignore: decorator
@inline
function high<Q>(codes: v128, s: v128, t: v128): v128 {
  return value<Q>(i32x4.extend_high_i16x8_s(codes), s, t);
}
