// gemv_k_q8 — rows of K-blocks, of 256 weights, times a vector of quantized activations.
//
//   y[i] ← Σ_b e_b·(d_b·Σ_r s_br·Σ_j q_brj·p_brj − dmin_b·Σ_r m_br·Σ_j p_brj)         q4_K, q5_K
//   y[i] ← Σ_b e_b·d_b·Σ_r s_br·Σ_j (q_brj − 32)·p_brj                                q6_K
//
//   w    rows of n/256 blocks of Q, one behind the other      x   one row of rows_q8.ts, group 256: scales e, codes p      y   f32
//
// n        a multiple of 256
// i0, i1   rows of w; each row is computed on its own
// NaN      a block or a group of NaN makes every row it meets NaN
// Bytes    reads w and x, writes y, to the last byte and no further; any alignment; y overlaps nothing
// Error    |ŷ − y| ≤ γ·Σ_b |e_b|·(|d_b|·Σ_r |s_br|·Σ_j |q_brj·p_brj| + |dmin_b|·Σ_r m_br·Σ_j |p_brj|), γ = (n/256 + 8)u/(1 − (n/256 + 8)u),
//          against the products of the quantized numbers: sums within a block are exact. q of q6_K as stored, 0 … 63
import { fifteens } from "./dot_i8";
import { hsum } from "../core/simd";

export function gemv_k_q8<Q>(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1 && n % 256 == 0);
  const bytes = changetype<Q>(0).bytes, fifteen = fifteens();
  let p = w + i0 * (n / 256) * bytes;
  for (let i = i0; i < i1; ++i) {
    let acc = f32x4.splat(0), wide = x, narrow = x + 2 * n, e = x + 3 * n, sums = e + n / 64;
    for (const end = narrow; wide < end; wide += 512, narrow += 256, e += 4, sums += 32, p += bytes) {
      const b = changetype<Q>(p);
      acc = add_k<Q>(acc, b.scaled(wide, narrow, fifteen), b.correction(sums), f32x4.splat(b.d), f32x4.splat(b.dm), v128.load_splat<u32>(e));
    }
    store<f32>(y + i * 4, hsum<f32>(acc));
  }
}

/** acc + e·(d·products − dmin·correction), or acc + e·d·(products − correction) where there is no dmin. */
// @ts-ignore: decorator
@inline
export function add_k<Q>(acc: v128, products: v128, correction: v128, d: v128, dm: v128, e: v128): v128 {
  if (changetype<Q>(0).affine) {
    const t = f32x4.sub(f32x4.mul(f32x4.convert_i32x4_s(products), d), f32x4.mul(f32x4.convert_i32x4_s(correction), dm));
    return f32x4.add(acc, f32x4.mul(t, e));
  }
  return f32x4.add(acc, f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(products, correction)), f32x4.mul(d, e)));
}
