// gemv_q8 — rows of blocks of 32 weights times a vector of quantized activations.
//
//   y[i] ← Σ_b d_b·e_b·Σ_j (q_bj − offset)·p_bj  [+ m_b·e_b·Σ_j p_bj]
//
//   w    rows of n/32 blocks of Q, one behind the other: d scale, m minimum, q codes      x   one row of rows_q8.ts, group 32: e, p
//   y    f32
//
// n        a multiple of 32
// i0, i1   rows of w; each row is computed on its own
// NaN      a block or a group of NaN makes every row it meets NaN
// Bytes    reads w and x, writes y, to the last byte and no further; any alignment; y overlaps nothing
// Error    |ŷ − y| ≤ γ·Σ_b |d_b·e_b|·Σ_j |q_bj·p_bj| + γ·Σ_b |m_b·e_b|·Σ_j |p_bj|, γ = (n/32 + 5)u/(1 − (n/32 + 5)u), against the products
//          of the quantized numbers: the inner sums are exact. What quantizing x costs stands in rows_q8.ts
//
// Four rows share the loads of x and come together in one vector of sums. Their products stand in four conditional blocks, for a
// reason: V8 moves all loads of a straight piece of code in front of all arithmetic, and 20 loaded vectors do not fit 15 registers.
import { dot16x2, dot32, dot8, fifteens, loaded_ones, sums4 } from "./dot_i8";
import { gather_halves, half_constant, halves } from "./half";

export function gemv_q8<Q>(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1 && n % 32 == 0);
  const q = changetype<Q>(0), bytes = q.bytes, row = (n / 32) * bytes;
  const c0 = half_constant(0), c1 = half_constant(1), c2 = half_constant(2), c3 = half_constant(3);
  const fifteen = fifteens(), ones = loaded_ones();
  for (let i = i0; i < i1; i += 4) {
    const rows = <i32>min<usize>(i1 - i, 4);
    // Rows that are not there stand for the one before.
    let p0 = w + i * row, p1 = rows > 1 ? p0 + row : p0, p2 = rows > 2 ? p1 + row : p1, p3 = rows > 3 ? p2 + row : p2;
    let acc = f32x4.splat(0), wide = x, narrow = x + 2 * n, e = x + 3 * n, sums = e + n / 8;
    const end = narrow;
    for (; wide < end; wide += 64) {
      const d = halves(gather_halves(p0, p1, p2, p3), c0, c1, c2, c3);
      let m = i32x4.splat(0);
      if (q.affine) m = halves(gather_halves(p0 + 2, p1 + 2, p2 + 2, p3 + 2), c0, c1, c2, c3);
      const x0 = activations<Q>(wide, narrow, 0), x1 = activations<Q>(wide, narrow, 1);
      const x2 = activations<Q>(wide, narrow, 2), x3 = activations<Q>(wide, narrow, 3);
      let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      s0 = block_dot<Q>(p0, x0, x1, x2, x3, fifteen, ones);
      if (rows <= 1) s1 = i32x4.splat(0); else s1 = block_dot<Q>(p1, x0, x1, x2, x3, fifteen, ones);
      if (rows <= 2) s2 = i32x4.splat(0); else s2 = block_dot<Q>(p2, x0, x1, x2, x3, fifteen, ones);
      if (rows <= 3) s3 = i32x4.splat(0); else s3 = block_dot<Q>(p3, x0, x1, x2, x3, fifteen, ones);
      // Two sums of 16, in every lane.
      const total = q.affine || q.offset ? dot8(v128.load_splat<u32>(sums), ones) : d;
      acc = add_corrected<Q>(acc, sums4(s0, s1, s2, s3), d, m, v128.load_splat<u32>(e), total);
      p0 += bytes;
      p1 += bytes;
      p2 += bytes;
      p3 += bytes;
      narrow += 32;
      e += 4;
      sums += 4;
    }
    put4(y + i * 4, acc, rows);
  }
}

/** acc + d·e·(dot − offset·Σp), or acc + e·(d·dot + m·Σp). */
// @ts-ignore: decorator
@inline
export function add_corrected<Q>(acc: v128, dot: v128, d: v128, m: v128, e: v128, total: v128): v128 {
  const q = changetype<Q>(0);
  if (q.affine) {
    const t = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(dot), d), f32x4.mul(f32x4.convert_i32x4_s(total), m));
    return f32x4.add(acc, f32x4.mul(t, e));
  }
  const codes = q.offset ? i32x4.sub(dot, i32x4.shl(total, q.offset == 8 ? 3 : 4)) : dot;
  return f32x4.add(acc, f32x4.mul(f32x4.convert_i32x4_s(codes), f32x4.mul(d, e)));
}

/** Elements 8c … 8c + 7 of a block of activations; as bytes, 16c … 16c + 15, where the build and the type have a use for these. */
// @ts-ignore: decorator
@inline
function activations<Q>(wide: usize, narrow: usize, c: usize): v128 {
  if (ASC_FEATURE_RELAXED_SIMD && changetype<Q>(0).narrow) return c < 2 ? v128.load(narrow + c * 16) : i32x4.splat(0);
  return v128.load(wide + c * 16);
}

/** Σ raw·x of the block at p, in four sums. */
// @ts-ignore: decorator
@inline
function block_dot<Q>(p: usize, x0: v128, x1: v128, x2: v128, x3: v128, fifteen: v128, ones: v128): v128 {
  const b = changetype<Q>(p);
  if (ASC_FEATURE_RELAXED_SIMD && b.narrow) return dot8(dot16x2(x0, b.raw16(0, fifteen), x1, b.raw16(1, fifteen)), ones);
  return dot32(b.raw(0, 0, fifteen), x0, b.raw(0, 1, fifteen), x1, b.raw(0, 2, fifteen), x2, b.raw(0, 3, fifteen), x3);
}

/** The first `count` of four results. */
// @ts-ignore: decorator
@inline
function put4(y: usize, x: v128, count: i32): void {
  if (count == 4) {
    v128.store(y, x);
    return;
  }
  store<f32>(y, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(y, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(y, f32x4.extract_lane(x, 2), 8);
}
