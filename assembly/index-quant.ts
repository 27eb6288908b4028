// The export table of the module for quantized weights: one line for each concrete kernel, and nothing else. It runs on the memory of the
// first one (index.ts), where its constants lie behind those of the others.
import { bf16, f16 } from "./core/stored";
import { decode, encode } from "./quant/blocks";
import { decode_dynamic8, encode_dynamic8 } from "./quant/dynamic8";
import { decode_f8, encode_f8, f8_e4m3, f8_e4m3fnuz, f8_e5m2, f8_e5m2fnuz } from "./quant/f8";
import { gemm_k_q8, gemm_q8 } from "./quant/gemm_q8";
import { gemv_k_q8 } from "./quant/gemv_k_q8";
import { gemv_q8 } from "./quant/gemv_q8";
import { gemm_q_f32, gemv_q_f32 } from "./quant/gemv_q_f32";
import { Eighth, gemm_stored, gemv_stored, Half } from "./quant/gemv_stored";
import { decode_i8, encode_i8, gemm_i8, gemv_i8 } from "./quant/i8";
import { low_rank_update_q } from "./quant/low_rank_update_q";
import { decode_nf4, encode_nf4 } from "./quant/nf4";
import { Q4_0 } from "./quant/q4_0";
import { Q4_1 } from "./quant/q4_1";
import { Q5_0 } from "./quant/q5_0";
import { Q5_1 } from "./quant/q5_1";
import { Q8_0 } from "./quant/q8_0";
import { Q4_K } from "./quant/q4_k";
import { Q5_K } from "./quant/q5_k";
import { Q6_K } from "./quant/q6_k";

export { heap_base as quant_heap_base } from "./core/status";
export { q8_row_bytes, quantize_rows_q8 } from "./quant/rows_q8";
export function decode_f8_e4m3_f32(src: usize, dst: usize, i0: usize, i1: usize): void { decode_f8<f8_e4m3>(src, dst, i0, i1); }
export function encode_f8_e4m3_f32(src: usize, dst: usize, i0: usize, i1: usize): void { encode_f8<f8_e4m3>(src, dst, i0, i1); }
export function decode_f8_e5m2_f32(src: usize, dst: usize, i0: usize, i1: usize): void { decode_f8<f8_e5m2>(src, dst, i0, i1); }
export function encode_f8_e5m2_f32(src: usize, dst: usize, i0: usize, i1: usize): void { encode_f8<f8_e5m2>(src, dst, i0, i1); }
export function decode_f8_e4m3fnuz_f32(src: usize, dst: usize, i0: usize, i1: usize): void { decode_f8<f8_e4m3fnuz>(src, dst, i0, i1); }
export function encode_f8_e4m3fnuz_f32(src: usize, dst: usize, i0: usize, i1: usize): void { encode_f8<f8_e4m3fnuz>(src, dst, i0, i1); }
export function decode_f8_e5m2fnuz_f32(src: usize, dst: usize, i0: usize, i1: usize): void { decode_f8<f8_e5m2fnuz>(src, dst, i0, i1); }
export function encode_f8_e5m2fnuz_f32(src: usize, dst: usize, i0: usize, i1: usize): void { encode_f8<f8_e5m2fnuz>(src, dst, i0, i1); }
export function decode_q4_0_f32(src: usize, dst: usize, i0: usize, i1: usize): void { decode<Q4_0>(src, dst, i0, i1); }
export function encode_q4_0_f32(src: usize, dst: usize, i0: usize, i1: usize): void { encode<Q4_0>(src, dst, i0, i1); }
export function gemv_q4_0_f32(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_q_f32<Q4_0>(n, w, x, y, i0, i1); }
export function gemm_q4_0_f32(m: usize, n: usize, w: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_q_f32<Q4_0>(m, n, w, x, ldx, y, ldy, i0, i1); }
export function gemv_q4_0_q8(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_q8<Q4_0>(n, w, x, y, i0, i1); }
export function gemm_q4_0_q8(m: usize, n: usize, w: usize, x: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_q8<Q4_0>(m, n, w, x, y, ldy, i0, i1); }
export function low_rank_update_q4_0(n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, work: usize, grain: usize, i0: usize, i1: usize): void { low_rank_update_q<Q4_0>(n, r, left, right, w, out, stats, work, grain, i0, i1); }
export function decode_q4_1_f32(src: usize, dst: usize, i0: usize, i1: usize): void { decode<Q4_1>(src, dst, i0, i1); }
export function encode_q4_1_f32(src: usize, dst: usize, i0: usize, i1: usize): void { encode<Q4_1>(src, dst, i0, i1); }
export function gemv_q4_1_f32(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_q_f32<Q4_1>(n, w, x, y, i0, i1); }
export function gemm_q4_1_f32(m: usize, n: usize, w: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_q_f32<Q4_1>(m, n, w, x, ldx, y, ldy, i0, i1); }
export function gemv_q4_1_q8(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_q8<Q4_1>(n, w, x, y, i0, i1); }
export function gemm_q4_1_q8(m: usize, n: usize, w: usize, x: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_q8<Q4_1>(m, n, w, x, y, ldy, i0, i1); }
export function low_rank_update_q4_1(n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, work: usize, grain: usize, i0: usize, i1: usize): void { low_rank_update_q<Q4_1>(n, r, left, right, w, out, stats, work, grain, i0, i1); }
export function decode_q5_0_f32(src: usize, dst: usize, i0: usize, i1: usize): void { decode<Q5_0>(src, dst, i0, i1); }
export function encode_q5_0_f32(src: usize, dst: usize, i0: usize, i1: usize): void { encode<Q5_0>(src, dst, i0, i1); }
export function gemv_q5_0_f32(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_q_f32<Q5_0>(n, w, x, y, i0, i1); }
export function gemm_q5_0_f32(m: usize, n: usize, w: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_q_f32<Q5_0>(m, n, w, x, ldx, y, ldy, i0, i1); }
export function gemv_q5_0_q8(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_q8<Q5_0>(n, w, x, y, i0, i1); }
export function gemm_q5_0_q8(m: usize, n: usize, w: usize, x: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_q8<Q5_0>(m, n, w, x, y, ldy, i0, i1); }
export function low_rank_update_q5_0(n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, work: usize, grain: usize, i0: usize, i1: usize): void { low_rank_update_q<Q5_0>(n, r, left, right, w, out, stats, work, grain, i0, i1); }
export function decode_q5_1_f32(src: usize, dst: usize, i0: usize, i1: usize): void { decode<Q5_1>(src, dst, i0, i1); }
export function encode_q5_1_f32(src: usize, dst: usize, i0: usize, i1: usize): void { encode<Q5_1>(src, dst, i0, i1); }
export function gemv_q5_1_f32(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_q_f32<Q5_1>(n, w, x, y, i0, i1); }
export function gemm_q5_1_f32(m: usize, n: usize, w: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_q_f32<Q5_1>(m, n, w, x, ldx, y, ldy, i0, i1); }
export function gemv_q5_1_q8(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_q8<Q5_1>(n, w, x, y, i0, i1); }
export function gemm_q5_1_q8(m: usize, n: usize, w: usize, x: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_q8<Q5_1>(m, n, w, x, y, ldy, i0, i1); }
export function low_rank_update_q5_1(n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, work: usize, grain: usize, i0: usize, i1: usize): void { low_rank_update_q<Q5_1>(n, r, left, right, w, out, stats, work, grain, i0, i1); }
export function decode_q8_0_f32(src: usize, dst: usize, i0: usize, i1: usize): void { decode<Q8_0>(src, dst, i0, i1); }
export function encode_q8_0_f32(src: usize, dst: usize, i0: usize, i1: usize): void { encode<Q8_0>(src, dst, i0, i1); }
export function gemv_q8_0_f32(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_q_f32<Q8_0>(n, w, x, y, i0, i1); }
export function gemm_q8_0_f32(m: usize, n: usize, w: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_q_f32<Q8_0>(m, n, w, x, ldx, y, ldy, i0, i1); }
export function gemv_q8_0_q8(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_q8<Q8_0>(n, w, x, y, i0, i1); }
export function gemm_q8_0_q8(m: usize, n: usize, w: usize, x: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_q8<Q8_0>(m, n, w, x, y, ldy, i0, i1); }
export function low_rank_update_q8_0(n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, work: usize, grain: usize, i0: usize, i1: usize): void { low_rank_update_q<Q8_0>(n, r, left, right, w, out, stats, work, grain, i0, i1); }
export function decode_q4_k_f32(src: usize, dst: usize, i0: usize, i1: usize): void { decode<Q4_K>(src, dst, i0, i1); }
export function encode_q4_k_f32(src: usize, dst: usize, i0: usize, i1: usize): void { encode<Q4_K>(src, dst, i0, i1); }
export function gemv_q4_k_f32(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_q_f32<Q4_K>(n, w, x, y, i0, i1); }
export function gemm_q4_k_f32(m: usize, n: usize, w: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_q_f32<Q4_K>(m, n, w, x, ldx, y, ldy, i0, i1); }
export function gemv_q4_k_q8(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_k_q8<Q4_K>(n, w, x, y, i0, i1); }
export function gemm_q4_k_q8(m: usize, n: usize, w: usize, x: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_k_q8<Q4_K>(m, n, w, x, y, ldy, i0, i1); }
export function low_rank_update_q4_k(n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, work: usize, grain: usize, i0: usize, i1: usize): void { low_rank_update_q<Q4_K>(n, r, left, right, w, out, stats, work, grain, i0, i1); }
export function decode_q5_k_f32(src: usize, dst: usize, i0: usize, i1: usize): void { decode<Q5_K>(src, dst, i0, i1); }
export function encode_q5_k_f32(src: usize, dst: usize, i0: usize, i1: usize): void { encode<Q5_K>(src, dst, i0, i1); }
export function gemv_q5_k_f32(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_q_f32<Q5_K>(n, w, x, y, i0, i1); }
export function gemm_q5_k_f32(m: usize, n: usize, w: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_q_f32<Q5_K>(m, n, w, x, ldx, y, ldy, i0, i1); }
export function gemv_q5_k_q8(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_k_q8<Q5_K>(n, w, x, y, i0, i1); }
export function gemm_q5_k_q8(m: usize, n: usize, w: usize, x: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_k_q8<Q5_K>(m, n, w, x, y, ldy, i0, i1); }
export function low_rank_update_q5_k(n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, work: usize, grain: usize, i0: usize, i1: usize): void { low_rank_update_q<Q5_K>(n, r, left, right, w, out, stats, work, grain, i0, i1); }
export function decode_q6_k_f32(src: usize, dst: usize, i0: usize, i1: usize): void { decode<Q6_K>(src, dst, i0, i1); }
export function encode_q6_k_f32(src: usize, dst: usize, i0: usize, i1: usize): void { encode<Q6_K>(src, dst, i0, i1); }
export function gemv_q6_k_f32(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_q_f32<Q6_K>(n, w, x, y, i0, i1); }
export function gemm_q6_k_f32(m: usize, n: usize, w: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_q_f32<Q6_K>(m, n, w, x, ldx, y, ldy, i0, i1); }
export function gemv_q6_k_q8(n: usize, w: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_k_q8<Q6_K>(n, w, x, y, i0, i1); }
export function gemm_q6_k_q8(m: usize, n: usize, w: usize, x: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_k_q8<Q6_K>(m, n, w, x, y, ldy, i0, i1); }
export function low_rank_update_q6_k(n: usize, r: usize, left: usize, right: usize, w: usize, out: usize, stats: usize, work: usize, grain: usize, i0: usize, i1: usize): void { low_rank_update_q<Q6_K>(n, r, left, right, w, out, stats, work, grain, i0, i1); }
export function gemv_f16_f32(n: usize, w: usize, ldw: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_stored<Half<f16>>(n, w, ldw, x, y, i0, i1); }
export function gemm_f16_f32(m: usize, n: usize, w: usize, ldw: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_stored<Half<f16>>(m, n, w, ldw, x, ldx, y, ldy, i0, i1); }
export function gemv_bf16_f32(n: usize, w: usize, ldw: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_stored<Half<bf16>>(n, w, ldw, x, y, i0, i1); }
export function gemm_bf16_f32(m: usize, n: usize, w: usize, ldw: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_stored<Half<bf16>>(m, n, w, ldw, x, ldx, y, ldy, i0, i1); }
export function gemv_f8_e4m3_f32(n: usize, w: usize, ldw: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_stored<Eighth<f8_e4m3>>(n, w, ldw, x, y, i0, i1); }
export function gemm_f8_e4m3_f32(m: usize, n: usize, w: usize, ldw: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_stored<Eighth<f8_e4m3>>(m, n, w, ldw, x, ldx, y, ldy, i0, i1); }
export function gemv_f8_e5m2_f32(n: usize, w: usize, ldw: usize, x: usize, y: usize, i0: usize, i1: usize): void { gemv_stored<Eighth<f8_e5m2>>(n, w, ldw, x, y, i0, i1); }
export function gemm_f8_e5m2_f32(m: usize, n: usize, w: usize, ldw: usize, x: usize, ldx: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_stored<Eighth<f8_e5m2>>(m, n, w, ldw, x, ldx, y, ldy, i0, i1); }
export function encode_i8_f32(n: usize, src: usize, lds: usize, dst: usize, scales: usize, i0: usize, i1: usize): void { encode_i8(n, src, lds, dst, scales, i0, i1); }
export function decode_i8_f32(n: usize, src: usize, scales: usize, dst: usize, ldd: usize, i0: usize, i1: usize): void { decode_i8(n, src, scales, dst, ldd, i0, i1); }
export function gemv_i8_i8(n: usize, w: usize, s: usize, x: usize, t: usize, y: usize, i0: usize, i1: usize): void { gemv_i8(n, w, s, x, t, y, i0, i1); }
export function gemm_i8_i8(m: usize, n: usize, w: usize, s: usize, x: usize, t: usize, y: usize, ldy: usize, i0: usize, i1: usize): void { gemm_i8(m, n, w, s, x, t, y, ldy, i0, i1); }
export function decode_nf4_f32(n: usize, src: usize, absmax: usize, dst: usize, i0: usize, i1: usize): void { decode_nf4(n, src, absmax, dst, i0, i1); }
export function encode_nf4_f32(n: usize, src: usize, dst: usize, absmax: usize, i0: usize, i1: usize): void { encode_nf4(n, src, dst, absmax, i0, i1); }
export function decode_dynamic8_f32(n: usize, src: usize, map: usize, offset: f32, scales: usize, dst: usize, i0: usize, i1: usize): void { decode_dynamic8(n, src, map, offset, scales, dst, i0, i1); }
export function encode_dynamic8_f32(n: usize, src: usize, map: usize, offset: f32, dst: usize, scales: usize, i0: usize, i1: usize): void { encode_dynamic8(n, src, map, offset, dst, scales, i0, i1); }
