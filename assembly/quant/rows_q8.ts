// rows_q8 — rows of f32 as signed bytes under one f32 for each group: what quantized weights are multiplied by.
//
//   x = d·q      d ← max|x| / 127      q ← round(x·(127 / max|x|)), halves to even
//
//   quantize_rows_q8   (n, group, x, ldx, dst)      row i of dst ← row i of x: n elements, ldx apart
//   q8_row_bytes       (n, group)                   bytes of a row of dst
//
//   A row       0            2n          3n               3n + 4n/group      3n + 4n/group + n/8
//               ┌────────────┬───────────┬────────────────┬──────────────────┬─────────┐
//               │ q, n × i16 │ q, n × i8 │ d of groups,   │ Σ q of every 16, │ up to a │
//               │            │           │ n/group × f32  │ n/16 × i16       │ 16th    │
//               └────────────┴───────────┴────────────────┴──────────────────┴─────────┘
//
// group    32 for q4_0, q4_1, q5_0, q5_1, q8_0; 256 for q4_K, q5_K, q6_K: the block of the weights. n is a multiple of it
// i0, i1   rows
// Special  a group in which all |x| are below 2^−120 counts as zeros; one that holds NaN or Inf gets d = NaN or Inf and q = 0, so
//          that every product with it is NaN
// Bytes    reads x, writes dst, to the last element and no further; any alignment; x and dst do not overlap
// Error    |x − d·q| ≤ d·(1/2 + 127·2^−22), and below 2^−120 the whole of x
import { peak_bits, NOT_FINITE } from "./encode32";

export function q8_row_bytes(n: usize, group: usize): usize {
  return (3 * n + (4 * n) / group + n / 8 + 15) & ~15;
}

export function quantize_rows_q8(n: usize, group: usize, x: usize, ldx: usize, dst: usize, i0: usize, i1: usize): void {
  assert(i0 <= i1 && ldx >= n && n % group == 0 && (group == 32 || group == 256));
  const bytes = q8_row_bytes(n, group);
  for (let i = i0; i < i1; ++i) row(n, group, x + i * ldx * 4, dst + i * bytes);
}

function row(n: usize, group: usize, x: usize, dst: usize): void {
  const narrow = dst + 2 * n, scales = dst + 3 * n, sums = scales + (4 * n) / group;
  for (let g: usize = 0; g < n; g += group) {
    const bits = peak_bits(x + g * 4, group), peak = reinterpret<f32>(bits);
    const zero = peak < 7.52316384526264e-37 || bits >= NOT_FINITE; // 2^−120
    store<f32>(scales + (g / group) * 4, zero && bits < NOT_FINITE ? 0 : <f32>(peak / 127));
    const r = f32x4.splat(zero ? 0 : <f32>127 / peak);
    for (let j = g; j < g + group; j += 16) {
      const p = x + j * 4;
      const a = i16x8.narrow_i32x4_s(round4(p, r), round4(p + 16, r));
      const b = i16x8.narrow_i32x4_s(round4(p + 32, r), round4(p + 48, r));
      v128.store(dst + j * 2, a);
      v128.store(dst + j * 2, b, 16);
      v128.store(narrow + j, i8x16.narrow_i16x8_s(a, b));
      const s = i32x4.dot_i16x8_s(i16x8.add(a, b), i16x8.splat(1)), t = i32x4.add(s, v128.shuffle<i64>(s, s, 1, 1));
      store<i16>(sums + j / 8, <i16>(i32x4.extract_lane(t, 0) + i32x4.extract_lane(t, 1)));
    }
  }
}

/** Four times round(x·r); r = 0 gives 0, whatever x is. */
// @ts-ignore: decorator
@inline
function round4(p: usize, r: v128): v128 {
  const y = f32x4.mul(v128.load(p), r);
  const integer = f32x4.add(y, f32x4.splat(12582912)); // 1.5 · 2^23: the integer is in the low bits, rounded to even
  return v128.and(i32x4.sub(integer, i32x4.splat(0x4b400000)), f32x4.ne(r, i32x4.splat(0)));
}
