// The export table: one line for each concrete kernel, and nothing else.
import { asum } from "./blas/asum";
import { axpy } from "./blas/axpy";
import { dot } from "./blas/dot";
import { gemm, gemm_rows, gemm_work } from "./blas/gemm";
import { gemm_few, gemm_few_t } from "./blas/gemm_few";
import { gemm_pack_b } from "./blas/gemm_pack";
import { gemv, gemv_t } from "./blas/gemv";
import { ger } from "./blas/ger";
import { iamax } from "./blas/iamax";
import { nrm2 } from "./blas/nrm2";
import { rot } from "./blas/rot";
import { scal } from "./blas/scal";
import { transpose } from "./blas/transpose";
import { first_not_finite } from "./core/finite";
import { bf16, f16 } from "./core/stored";
import { dora_rows, scale_columns, square_columns } from "./merge/dora";
import { finish } from "./merge/finish";
import { low_rank_add } from "./merge/low_rank_add";
import { low_rank_update } from "./merge/low_rank_update";
import { pack_left, pack_right } from "./merge/pack";
import { convert } from "./core/convert";

export { checksum } from "./core/checksum";
export { heap_base, features } from "./core/status";

// core
export function first_not_finite_f32(src: usize, n: usize): usize { return first_not_finite<f32>(src, n); }
export function first_not_finite_f64(src: usize, n: usize): usize { return first_not_finite<f64>(src, n); }

// blas
export function dot_f32(n: usize, x: usize, y: usize): f32 { return dot<f32>(n, x, y); }
export function nrm2_f32(n: usize, x: usize): f32 { return nrm2<f32>(n, x); }
export function asum_f32(n: usize, x: usize): f32 { return asum<f32>(n, x); }
export function iamax_f32(n: usize, x: usize): usize { return iamax<f32>(n, x); }
export function axpy_f32(n: usize, alpha: f32, x: usize, y: usize): void { axpy<f32>(n, alpha, x, y); }
export function scal_f32(n: usize, alpha: f32, x: usize): void { scal<f32>(n, alpha, x); }
export function rot_f32(n: usize, x: usize, y: usize, c: f32, s: f32): void { rot<f32>(n, x, y, c, s); }
export function gemv_f32(n: usize, alpha: f32, a: usize, lda: usize, x: usize, beta: f32, y: usize, i0: usize, i1: usize): void { gemv<f32>(n, alpha, a, lda, x, beta, y, i0, i1); }
export function gemv_t_f32(m: usize, alpha: f32, a: usize, lda: usize, x: usize, beta: f32, y: usize, j0: usize, j1: usize): void { gemv_t<f32>(m, alpha, a, lda, x, beta, y, j0, j1); }
export function ger_f32(n: usize, alpha: f32, x: usize, y: usize, a: usize, lda: usize, i0: usize, i1: usize): void { ger<f32>(n, alpha, x, y, a, lda, i0, i1); }
export function transpose_f32(m: usize, src: usize, lds: usize, dst: usize, ldd: usize, j0: usize, j1: usize): void { transpose<f32>(m, src, lds, dst, ldd, j0, j1); }
export function gemm_work_f32(m: usize, n: usize, k: usize): usize { return gemm_work<f32>(m, n, k); }
export function gemm_f32(transA: i32, transB: i32, m: usize, n: usize, k: usize, alpha: f32, a: usize, lda: usize, b: usize, ldb: usize, beta: f32, c: usize, ldc: usize, work: usize): void { gemm<f32>(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, work); }
export function gemm_pack_f32(transB: i32, k: usize, n: usize, b: usize, ldb: usize, work: usize, p0: usize, p1: usize): void { gemm_pack_b<f32>(transB, k, n, b, ldb, work, p0, p1); }
export function gemm_rows_f32(transA: i32, n: usize, k: usize, alpha: f32, a: usize, lda: usize, beta: f32, c: usize, ldc: usize, work: usize, i0: usize, i1: usize): void { gemm_rows<f32>(transA, n, k, alpha, a, lda, beta, c, ldc, work, i0, i1); }
export function gemm_few_f32(m: usize, k: usize, alpha: f32, a: usize, lda: usize, b: usize, ldb: usize, beta: f32, c: usize, ldc: usize, j0: usize, j1: usize): void { gemm_few<f32>(m, k, alpha, a, lda, b, ldb, beta, c, ldc, j0, j1); }
export function gemm_few_t_f32(m: usize, k: usize, alpha: f32, a: usize, lda: usize, b: usize, ldb: usize, beta: f32, c: usize, ldc: usize, j0: usize, j1: usize): void { gemm_few_t<f32>(m, k, alpha, a, lda, b, ldb, beta, c, ldc, j0, j1); }
export function dot_f64(n: usize, x: usize, y: usize): f64 { return dot<f64>(n, x, y); }
export function nrm2_f64(n: usize, x: usize): f64 { return nrm2<f64>(n, x); }
export function asum_f64(n: usize, x: usize): f64 { return asum<f64>(n, x); }
export function iamax_f64(n: usize, x: usize): usize { return iamax<f64>(n, x); }
export function axpy_f64(n: usize, alpha: f64, x: usize, y: usize): void { axpy<f64>(n, alpha, x, y); }
export function scal_f64(n: usize, alpha: f64, x: usize): void { scal<f64>(n, alpha, x); }
export function rot_f64(n: usize, x: usize, y: usize, c: f64, s: f64): void { rot<f64>(n, x, y, c, s); }
export function gemv_f64(n: usize, alpha: f64, a: usize, lda: usize, x: usize, beta: f64, y: usize, i0: usize, i1: usize): void { gemv<f64>(n, alpha, a, lda, x, beta, y, i0, i1); }
export function gemv_t_f64(m: usize, alpha: f64, a: usize, lda: usize, x: usize, beta: f64, y: usize, j0: usize, j1: usize): void { gemv_t<f64>(m, alpha, a, lda, x, beta, y, j0, j1); }
export function ger_f64(n: usize, alpha: f64, x: usize, y: usize, a: usize, lda: usize, i0: usize, i1: usize): void { ger<f64>(n, alpha, x, y, a, lda, i0, i1); }
export function transpose_f64(m: usize, src: usize, lds: usize, dst: usize, ldd: usize, j0: usize, j1: usize): void { transpose<f64>(m, src, lds, dst, ldd, j0, j1); }
export function gemm_work_f64(m: usize, n: usize, k: usize): usize { return gemm_work<f64>(m, n, k); }
export function gemm_f64(transA: i32, transB: i32, m: usize, n: usize, k: usize, alpha: f64, a: usize, lda: usize, b: usize, ldb: usize, beta: f64, c: usize, ldc: usize, work: usize): void { gemm<f64>(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, work); }
export function gemm_pack_f64(transB: i32, k: usize, n: usize, b: usize, ldb: usize, work: usize, p0: usize, p1: usize): void { gemm_pack_b<f64>(transB, k, n, b, ldb, work, p0, p1); }
export function gemm_rows_f64(transA: i32, n: usize, k: usize, alpha: f64, a: usize, lda: usize, beta: f64, c: usize, ldc: usize, work: usize, i0: usize, i1: usize): void { gemm_rows<f64>(transA, n, k, alpha, a, lda, beta, c, ldc, work, i0, i1); }
export function gemm_few_f64(m: usize, k: usize, alpha: f64, a: usize, lda: usize, b: usize, ldb: usize, beta: f64, c: usize, ldc: usize, j0: usize, j1: usize): void { gemm_few<f64>(m, k, alpha, a, lda, b, ldb, beta, c, ldc, j0, j1); }
export function gemm_few_t_f64(m: usize, k: usize, alpha: f64, a: usize, lda: usize, b: usize, ldb: usize, beta: f64, c: usize, ldc: usize, j0: usize, j1: usize): void { gemm_few_t<f64>(m, k, alpha, a, lda, b, ldb, beta, c, ldc, j0, j1); }

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
