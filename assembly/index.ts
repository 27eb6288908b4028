// The export table: one line for each concrete kernel, and nothing else.
import { first_not_finite } from "./core/finite";
import { bf16, f16 } from "./core/stored";
import { dora_rows, scale_columns, square_columns } from "./merge/dora";
import { finish } from "./merge/finish";
import { low_rank_add } from "./merge/low_rank_add";
import { low_rank_update } from "./merge/low_rank_update";
import { pack_left, pack_right } from "./merge/pack";
import { convert } from "./quant/convert";

export { heap_base, features } from "./core/status";

// core
export function first_not_finite_f32(src: usize, n: usize): usize { return first_not_finite<f32>(src, n); }
export function first_not_finite_f64(src: usize, n: usize): usize { return first_not_finite<f64>(src, n); }

// quant
export function decode_f64_f32(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f64, f32>(src, dst, i0, i1); }
export function encode_f64_f32(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f32, f64>(src, dst, i0, i1); }
export function decode_f64_f64(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f64, f64>(src, dst, i0, i1); }
export function encode_f64_f64(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f64, f64>(src, dst, i0, i1); }
export function decode_f32_f32(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f32, f32>(src, dst, i0, i1); }
export function encode_f32_f32(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f32, f32>(src, dst, i0, i1); }
export function decode_f32_f64(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f32, f64>(src, dst, i0, i1); }
export function encode_f32_f64(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f64, f32>(src, dst, i0, i1); }
export function decode_f16_f32(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f16, f32>(src, dst, i0, i1); }
export function encode_f16_f32(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f32, f16>(src, dst, i0, i1); }
export function decode_f16_f64(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f16, f64>(src, dst, i0, i1); }
export function encode_f16_f64(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f64, f16>(src, dst, i0, i1); }
export function decode_bf16_f32(src: usize, dst: usize, i0: usize, i1: usize): void { convert<bf16, f32>(src, dst, i0, i1); }
export function encode_bf16_f32(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f32, bf16>(src, dst, i0, i1); }
export function decode_bf16_f64(src: usize, dst: usize, i0: usize, i1: usize): void { convert<bf16, f64>(src, dst, i0, i1); }
export function encode_bf16_f64(src: usize, dst: usize, i0: usize, i1: usize): void { convert<f64, bf16>(src, dst, i0, i1); }

// merge
export function pack_left_f32(m: usize, r: usize, r_total: usize, k0: usize, src: usize, rs: usize, cs: usize, scale: f32, dst: usize): void { pack_left<f32>(m, r, r_total, k0, src, rs, cs, scale, dst); }
export function pack_right_f32(r: usize, n: usize, r_total: usize, k0: usize, src: usize, rs: usize, cs: usize, dst: usize): void { pack_right<f32>(r, n, r_total, k0, src, rs, cs, dst); }
export function pack_left_f64(m: usize, r: usize, r_total: usize, k0: usize, src: usize, rs: usize, cs: usize, scale: f64, dst: usize): void { pack_left<f64>(m, r, r_total, k0, src, rs, cs, scale, dst); }
export function pack_right_f64(r: usize, n: usize, r_total: usize, k0: usize, src: usize, rs: usize, cs: usize, dst: usize): void { pack_right<f64>(r, n, r_total, k0, src, rs, cs, dst); }
export function low_rank_update_f32(n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, i0: usize, i1: usize): void { low_rank_update<f32>(n, r, left, right, w, out, stats, i0, i1); }
export function low_rank_update_f16(n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, i0: usize, i1: usize): void { low_rank_update<f16>(n, r, left, right, w, out, stats, i0, i1); }
export function low_rank_update_bf16(n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, i0: usize, i1: usize): void { low_rank_update<bf16>(n, r, left, right, w, out, stats, i0, i1); }
export function low_rank_add_f32(n: usize, r: usize, left: usize, right: usize, acc: usize, i0: usize, i1: usize): void { low_rank_add<f32>(n, r, left, right, acc, i0, i1); }
export function dora_rows_f32(n: usize, w: usize, d: usize, acc: usize, magnitude: usize, weight: f32, i0: usize, i1: usize): void { dora_rows<f32>(n, w, d, acc, magnitude, weight, i0, i1); }
export function square_columns_f32(n: usize, m: usize, w: usize, d: usize, sums: usize, j0: usize, j1: usize): void { square_columns<f32>(n, m, w, d, sums, j0, j1); }
export function scale_columns_f32(n: usize, w: usize, d: usize, acc: usize, gain: usize, weight: f32, i0: usize, i1: usize): void { scale_columns<f32>(n, w, d, acc, gain, weight, i0, i1); }
export function finish_f32_f32(n: usize, w: usize, c: f32, acc: usize, out: usize, stats: usize, i0: usize, i1: usize): void { finish<f32, f32>(n, w, c, acc, out, stats, i0, i1); }
export function finish_f32_f16(n: usize, w: usize, c: f32, acc: usize, out: usize, stats: usize, i0: usize, i1: usize): void { finish<f32, f16>(n, w, c, acc, out, stats, i0, i1); }
export function finish_f32_bf16(n: usize, w: usize, c: f32, acc: usize, out: usize, stats: usize, i0: usize, i1: usize): void { finish<f32, bf16>(n, w, c, acc, out, stats, i0, i1); }
export function low_rank_add_f64(n: usize, r: usize, left: usize, right: usize, acc: usize, i0: usize, i1: usize): void { low_rank_add<f64>(n, r, left, right, acc, i0, i1); }
export function dora_rows_f64(n: usize, w: usize, d: usize, acc: usize, magnitude: usize, weight: f64, i0: usize, i1: usize): void { dora_rows<f64>(n, w, d, acc, magnitude, weight, i0, i1); }
export function square_columns_f64(n: usize, m: usize, w: usize, d: usize, sums: usize, j0: usize, j1: usize): void { square_columns<f64>(n, m, w, d, sums, j0, j1); }
export function scale_columns_f64(n: usize, w: usize, d: usize, acc: usize, gain: usize, weight: f64, i0: usize, i1: usize): void { scale_columns<f64>(n, w, d, acc, gain, weight, i0, i1); }
export function finish_f64_f32(n: usize, w: usize, c: f64, acc: usize, out: usize, stats: usize, i0: usize, i1: usize): void { finish<f64, f32>(n, w, c, acc, out, stats, i0, i1); }
export function finish_f64_f16(n: usize, w: usize, c: f64, acc: usize, out: usize, stats: usize, i0: usize, i1: usize): void { finish<f64, f16>(n, w, c, acc, out, stats, i0, i1); }
export function finish_f64_bf16(n: usize, w: usize, c: f64, acc: usize, out: usize, stats: usize, i0: usize, i1: usize): void { finish<f64, bf16>(n, w, c, acc, out, stats, i0, i1); }
