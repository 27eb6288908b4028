// The export table of the module for decompositions and the triangular products they are made of: one line for each concrete kernel, and
// nothing else. It runs on the memory of the first one (index.ts), where its constants lie behind that one's.
import { syrk_rows, syrk_work } from "./blas/syrk";
import { columns_work, tri_pack, tri_work } from "./blas/triangle";
import { trmm } from "./blas/trmm";
import { trsm } from "./blas/trsm";
import { bidiagonal_qr } from "./factor/bidiagonal_qr";
import { bidiagonal_blocks, bidiagonal_left, bidiagonal_panel, bidiagonal_pass, bidiagonal_right, bidiagonal_work } from "./factor/bidiagonalize";
import { block_triangle, unit_reflectors } from "./factor/block_reflector";
import { cholesky } from "./factor/cholesky";
import { complete, complete_work } from "./factor/complete";
import { dots_4 } from "./factor/dots_4";
import { eigen_secular_roots } from "./factor/eigen_secular";
import { eigen_secular_vectors, eigen_secular_z } from "./factor/eigen_secular_vectors";
import { eigh_batched, eigh_batched_work } from "./factor/eigh_batched";
import { givens } from "./factor/givens";
import { reflect, reflect_rows } from "./factor/householder";
import { implicit_ql, ql_leaf } from "./factor/implicit_ql";
import { jacobi_between, jacobi_order, jacobi_start, jacobi_within, jacobi_work } from "./factor/jacobi";
import { jacobi_lanes } from "./factor/jacobi_lanes";
import { jacobi_symmetric } from "./factor/jacobi_symmetric";
import { exchange, lu } from "./factor/lu";
import { column_peaks, row_peaks, row_squares } from "./factor/norms";
import { ql_lanes } from "./factor/ql_lanes";
import { apply_q, form_q, qr } from "./factor/qr";
import { qr_pivot, qr_pivot_work } from "./factor/qr_pivot";
import { rotate, rotate_4 } from "./factor/rotate";
import { gather, gather_rows, scatter, transpose_lower, unit_rows } from "./factor/rows";
import { secular_roots, secular_vectors, secular_weights } from "./factor/secular";
import { svd_batched, svd_batched_work } from "./factor/svd_batched";
import { symv, symv_start, symv_sum } from "./factor/symv";
import { mirror, triangle_peak } from "./factor/triangle";
import { tridiagonal_product, tridiagonal_row } from "./factor/tridiagonal";
import { form_lanes, reduce_lanes } from "./factor/tridiagonal_lanes";

export { heap_base as factor_heap_base } from "./core/status";
export {
  bidiagonal_blocks, bidiagonal_qr, complete_work, eigen_secular_roots, eigen_secular_z, eigh_batched_work,
  implicit_ql, jacobi_order, jacobi_start, jacobi_work, qr_pivot_work, secular_roots,
  secular_weights, svd_batched_work, symv_start,
};

export function syrk_work_f32(n: usize, k: usize): usize { return syrk_work<f32>(n, k); }
export function syrk_rows_f32(upper: i32, trans: i32, n: usize, k: usize, alpha: f32, a: usize, lda: usize, beta: f32, c: usize, ldc: usize, work: usize, i0: usize, i1: usize): void { syrk_rows<f32>(upper, trans, n, k, alpha, a, lda, beta, c, ldc, work, i0, i1); }
export function syrk_work_f64(n: usize, k: usize): usize { return syrk_work<f64>(n, k); }
export function syrk_rows_f64(upper: i32, trans: i32, n: usize, k: usize, alpha: f64, a: usize, lda: usize, beta: f64, c: usize, ldc: usize, work: usize, i0: usize, i1: usize): void { syrk_rows<f64>(upper, trans, n, k, alpha, a, lda, beta, c, ldc, work, i0, i1); }
export function tri_work_f32(m: usize): usize { return tri_work<f32>(m); }
export function columns_work_f32(m: usize, n: usize): usize { return columns_work<f32>(m, n); }
export function tri_pack_f32(upper: i32, trans: i32, unit: i32, m: usize, a: usize, lda: usize, tri: usize, g0: usize, g1: usize): void { tri_pack<f32>(upper, trans, unit, m, a, lda, tri, g0, g1); }
export function tri_work_f64(m: usize): usize { return tri_work<f64>(m); }
export function columns_work_f64(m: usize, n: usize): usize { return columns_work<f64>(m, n); }
export function tri_pack_f64(upper: i32, trans: i32, unit: i32, m: usize, a: usize, lda: usize, tri: usize, g0: usize, g1: usize): void { tri_pack<f64>(upper, trans, unit, m, a, lda, tri, g0, g1); }
export function trmm_f32(right: i32, turned: i32, m: usize, n: usize, alpha: f32, tri: usize, b: usize, ldb: usize, x: usize, p0: usize, p1: usize): void { trmm<f32>(right, turned, m, n, alpha, tri, b, ldb, x, p0, p1); }
export function trmm_f64(right: i32, turned: i32, m: usize, n: usize, alpha: f64, tri: usize, b: usize, ldb: usize, x: usize, p0: usize, p1: usize): void { trmm<f64>(right, turned, m, n, alpha, tri, b, ldb, x, p0, p1); }
export function trsm_f32(right: i32, turned: i32, m: usize, n: usize, alpha: f32, tri: usize, b: usize, ldb: usize, x: usize, p0: usize, p1: usize): void { trsm<f32>(right, turned, m, n, alpha, tri, b, ldb, x, p0, p1); }
export function trsm_f64(right: i32, turned: i32, m: usize, n: usize, alpha: f64, tri: usize, b: usize, ldb: usize, x: usize, p0: usize, p1: usize): void { trsm<f64>(right, turned, m, n, alpha, tri, b, ldb, x, p0, p1); }
export function bidiagonal_left_f32(i: usize, m: usize, n: usize, a: usize, lda: usize, v: usize, ldv: usize, l: usize, ldl: usize, r: usize, ldr: usize, d: usize, tau_q: usize, work: usize): void { bidiagonal_left<f32>(i, m, n, a, lda, v, ldv, l, ldl, r, ldr, d, tau_q, work); }
export function bidiagonal_left_f64(i: usize, m: usize, n: usize, a: usize, lda: usize, v: usize, ldv: usize, l: usize, ldl: usize, r: usize, ldr: usize, d: usize, tau_q: usize, work: usize): void { bidiagonal_left<f64>(i, m, n, a, lda, v, ldv, l, ldl, r, ldr, d, tau_q, work); }
export function bidiagonal_pass_f32(i: usize, m: usize, n: usize, a: usize, lda: usize, v: usize, ldv: usize, r: usize, ldr: usize, tau_q: usize, work: usize, b0: usize, b1: usize): void { bidiagonal_pass<f32>(i, m, n, a, lda, v, ldv, r, ldr, tau_q, work, b0, b1); }
export function bidiagonal_pass_f64(i: usize, m: usize, n: usize, a: usize, lda: usize, v: usize, ldv: usize, r: usize, ldr: usize, tau_q: usize, work: usize, b0: usize, b1: usize): void { bidiagonal_pass<f64>(i, m, n, a, lda, v, ldv, r, ldr, tau_q, work, b0, b1); }
export function bidiagonal_right_f32(i: usize, m: usize, n: usize, a: usize, lda: usize, l: usize, ldl: usize, r: usize, ldr: usize, e: usize, tau_p: usize, work: usize): void { bidiagonal_right<f32>(i, m, n, a, lda, l, ldl, r, ldr, e, tau_p, work); }
export function bidiagonal_right_f64(i: usize, m: usize, n: usize, a: usize, lda: usize, l: usize, ldl: usize, r: usize, ldr: usize, e: usize, tau_p: usize, work: usize): void { bidiagonal_right<f64>(i, m, n, a, lda, l, ldl, r, ldr, e, tau_p, work); }
export function bidiagonal_panel_f32(m: usize, n: usize, nb: usize, a: usize, lda: usize, v: usize, ldv: usize, l: usize, ldl: usize, r: usize, ldr: usize, d: usize, e: usize, tau_q: usize, tau_p: usize, work: usize): void { bidiagonal_panel<f32>(m, n, nb, a, lda, v, ldv, l, ldl, r, ldr, d, e, tau_q, tau_p, work); }
export function bidiagonal_panel_f64(m: usize, n: usize, nb: usize, a: usize, lda: usize, v: usize, ldv: usize, l: usize, ldl: usize, r: usize, ldr: usize, d: usize, e: usize, tau_q: usize, tau_p: usize, work: usize): void { bidiagonal_panel<f64>(m, n, nb, a, lda, v, ldv, l, ldl, r, ldr, d, e, tau_q, tau_p, work); }
export function bidiagonal_work_f32(m: usize, n: usize, nb: usize): usize { return bidiagonal_work<f32>(m, n, nb); }
export function bidiagonal_work_f64(m: usize, n: usize, nb: usize): usize { return bidiagonal_work<f64>(m, n, nb); }
export function unit_reflectors_f32(nb: usize, n: usize, x: usize, ldx: usize, out: usize, ldo: usize): void { unit_reflectors<f32>(nb, n, x, ldx, out, ldo); }
export function unit_reflectors_f64(nb: usize, n: usize, x: usize, ldx: usize, out: usize, ldo: usize): void { unit_reflectors<f64>(nb, n, x, ldx, out, ldo); }
export function block_triangle_f32(nb: usize, g: usize, ldg: usize, tau: usize, t: usize, ldt: usize): void { block_triangle<f32>(nb, g, ldg, tau, t, ldt); }
export function block_triangle_f64(nb: usize, g: usize, ldg: usize, tau: usize, t: usize, ldt: usize): void { block_triangle<f64>(nb, g, ldg, tau, t, ldt); }
export function cholesky_f32(n: usize, a: usize, lda: usize): usize { return cholesky<f32>(n, a, lda); }
export function cholesky_f64(n: usize, a: usize, lda: usize): usize { return cholesky<f64>(n, a, lda); }
export function complete_f32(first: usize, rows: usize, n: usize, w: usize, ld: usize, work: usize): void { complete<f32>(first, rows, n, w, ld, work); }
export function complete_f64(first: usize, rows: usize, n: usize, w: usize, ld: usize, work: usize): void { complete<f64>(first, rows, n, w, ld, work); }
export function dots_4_f32(n: usize, x0: usize, x1: usize, y0: usize, y1: usize, out: usize): void { dots_4<f32>(n, x0, x1, y0, y1, out); }
export function dots_4_f64(n: usize, x0: usize, x1: usize, y0: usize, y1: usize, out: usize): void { dots_4<f64>(n, x0, x1, y0, y1, out); }
export function eigen_secular_vectors_f32(k: usize, d: usize, origin: usize, mu: usize, zhat: usize, column: usize, x: usize, ldx: usize, i0: usize, i1: usize): void { eigen_secular_vectors<f32>(k, d, origin, mu, zhat, column, x, ldx, i0, i1); }
export function eigen_secular_vectors_f64(k: usize, d: usize, origin: usize, mu: usize, zhat: usize, column: usize, x: usize, ldx: usize, i0: usize, i1: usize): void { eigen_secular_vectors<f64>(k, d, origin, mu, zhat, column, x, ldx, i0, i1); }
export function eigh_batched_f32(n: usize, count: usize, a: usize, rs: usize, cs: usize, w: usize, v: usize, work: usize, grain: usize, status: usize, g0: usize, g1: usize): void { eigh_batched<f32>(n, count, a, rs, cs, w, v, work, grain, status, g0, g1); }
export function eigh_batched_f64(n: usize, count: usize, a: usize, rs: usize, cs: usize, w: usize, v: usize, work: usize, grain: usize, status: usize, g0: usize, g1: usize): void { eigh_batched<f64>(n, count, a, rs, cs, w, v, work, grain, status, g0, g1); }
export function givens_f32(n: usize, x: usize, y: usize, s: f32, tau: f32): void { givens<f32>(n, x, y, s, tau); }
export function givens_f64(n: usize, x: usize, y: usize, s: f64, tau: f64): void { givens<f64>(n, x, y, s, tau); }
export function reflect_f32(n: usize, x: usize): f32 { return reflect<f32>(n, x); }
export function reflect_rows_f32(rows: usize, n: usize, v: usize, tau: f32, w: usize, ldw: usize): void { reflect_rows<f32>(rows, n, v, tau, w, ldw); }
export function reflect_f64(n: usize, x: usize): f64 { return reflect<f64>(n, x); }
export function reflect_rows_f64(rows: usize, n: usize, v: usize, tau: f64, w: usize, ldw: usize): void { reflect_rows<f64>(rows, n, v, tau, w, ldw); }
export function ql_leaf_f32(n: usize, d: usize, e: usize, q: usize, ldq: usize, work: usize): i32 { return ql_leaf<f32>(n, d, e, q, ldq, work); }
export function ql_leaf_f64(n: usize, d: usize, e: usize, q: usize, ldq: usize, work: usize): i32 { return ql_leaf<f64>(n, d, e, q, ldq, work); }
export function jacobi_within_f32(rows: usize, n: usize, width: usize, w: usize, ld: usize, block: usize, tol: f64, tiny: f64, work: usize, i0: usize, i1: usize): void { jacobi_within<f32>(rows, n, width, w, ld, block, tol, tiny, work, i0, i1); }
export function jacobi_between_f32(rows: usize, n: usize, width: usize, w: usize, ld: usize, block: usize, tol: f64, work: usize, round: usize, i0: usize, i1: usize): void { jacobi_between<f32>(rows, n, width, w, ld, block, tol, work, round, i0, i1); }
export function jacobi_within_f64(rows: usize, n: usize, width: usize, w: usize, ld: usize, block: usize, tol: f64, tiny: f64, work: usize, i0: usize, i1: usize): void { jacobi_within<f64>(rows, n, width, w, ld, block, tol, tiny, work, i0, i1); }
export function jacobi_between_f64(rows: usize, n: usize, width: usize, w: usize, ld: usize, block: usize, tol: f64, work: usize, round: usize, i0: usize, i1: usize): void { jacobi_between<f64>(rows, n, width, w, ld, block, tol, work, round, i0, i1); }
export function jacobi_lanes_f32(rows: usize, n: usize, x: usize, g: usize, squares: usize, tol: f32, tiny: f32, most: i32): i32 { return jacobi_lanes<f32>(rows, n, x, g, squares, tol, tiny, most); }
export function jacobi_lanes_f64(rows: usize, n: usize, x: usize, g: usize, squares: usize, tol: f64, tiny: f64, most: i32): i32 { return jacobi_lanes<f64>(rows, n, x, g, squares, tol, tiny, most); }
export function jacobi_symmetric_f32(n: usize, a: usize, lda: usize, v: usize, ldv: usize, width: usize, tol: f64, peak: usize): i32 { return jacobi_symmetric<f32>(n, a, lda, v, ldv, width, tol, peak); }
export function jacobi_symmetric_f64(n: usize, a: usize, lda: usize, v: usize, ldv: usize, width: usize, tol: f64, peak: usize): i32 { return jacobi_symmetric<f64>(n, a, lda, v, ldv, width, tol, peak); }
export function lu_f32(m: usize, n: usize, a: usize, lda: usize, pivots: usize): void { lu<f32>(m, n, a, lda, pivots); }
export function exchange_f32(n: usize, pivots: usize, a: usize, lda: usize, j0: usize, j1: usize): void { exchange<f32>(n, pivots, a, lda, j0, j1); }
export function lu_f64(m: usize, n: usize, a: usize, lda: usize, pivots: usize): void { lu<f64>(m, n, a, lda, pivots); }
export function exchange_f64(n: usize, pivots: usize, a: usize, lda: usize, j0: usize, j1: usize): void { exchange<f64>(n, pivots, a, lda, j0, j1); }
export function row_peaks_f32(n: usize, a: usize, lda: usize, out: usize, i0: usize, i1: usize): void { row_peaks<f32>(n, a, lda, out, i0, i1); }
export function row_peaks_f64(n: usize, a: usize, lda: usize, out: usize, i0: usize, i1: usize): void { row_peaks<f64>(n, a, lda, out, i0, i1); }
export function column_peaks_f32(m: usize, n: usize, a: usize, lda: usize, out: usize): void { column_peaks<f32>(m, n, a, lda, out); }
export function column_peaks_f64(m: usize, n: usize, a: usize, lda: usize, out: usize): void { column_peaks<f64>(m, n, a, lda, out); }
export function row_squares_f32(n: usize, a: usize, lda: usize, out: usize, i0: usize, i1: usize): void { row_squares<f32>(n, a, lda, out, i0, i1); }
export function row_squares_f64(n: usize, a: usize, lda: usize, out: usize, i0: usize, i1: usize): void { row_squares<f64>(n, a, lda, out, i0, i1); }
export function ql_lanes_f32(n: usize, d: usize, e: usize, r: usize, turns: usize, tiny: f32): i32 { return ql_lanes<f32>(n, d, e, r, turns, tiny); }
export function ql_lanes_f64(n: usize, d: usize, e: usize, r: usize, turns: usize, tiny: f64): i32 { return ql_lanes<f64>(n, d, e, r, turns, tiny); }
export function qr_f32(m: usize, n: usize, at: usize, ldat: usize, tau: usize): void { qr<f32>(m, n, at, ldat, tau); }
export function qr_f64(m: usize, n: usize, at: usize, ldat: usize, tau: usize): void { qr<f64>(m, n, at, ldat, tau); }
export function form_q_f32(m: usize, p: usize, at: usize, ldat: usize, tau: usize, qt: usize, ldq: usize, i0: usize, i1: usize): void { form_q<f32>(m, p, at, ldat, tau, qt, ldq, i0, i1); }
export function form_q_f64(m: usize, p: usize, at: usize, ldat: usize, tau: usize, qt: usize, ldq: usize, i0: usize, i1: usize): void { form_q<f64>(m, p, at, ldat, tau, qt, ldq, i0, i1); }
export function apply_q_f32(m: usize, p: usize, at: usize, ldat: usize, tau: usize, w: usize, ldw: usize, i0: usize, i1: usize): void { apply_q<f32>(m, p, at, ldat, tau, w, ldw, i0, i1); }
export function apply_q_f64(m: usize, p: usize, at: usize, ldat: usize, tau: usize, w: usize, ldw: usize, i0: usize, i1: usize): void { apply_q<f64>(m, p, at, ldat, tau, w, ldw, i0, i1); }
export function qr_pivot_f32(m: usize, n: usize, at: usize, ldat: usize, pivot: usize, tau: usize, tiny: f64, work: usize): i32 { return qr_pivot<f32>(m, n, at, ldat, pivot, tau, tiny, work); }
export function qr_pivot_f64(m: usize, n: usize, at: usize, ldat: usize, pivot: usize, tau: usize, tiny: f64, work: usize): i32 { return qr_pivot<f64>(m, n, at, ldat, pivot, tau, tiny, work); }
export function rotate_f32(n: usize, x: usize, y: usize, alpha: f32, beta: f32): void { rotate<f32>(n, x, y, alpha, beta); }
export function rotate_4_f32(n: usize, x0: usize, x1: usize, y0: usize, y1: usize, coefficients: usize): void { rotate_4<f32>(n, x0, x1, y0, y1, coefficients); }
export function rotate_f64(n: usize, x: usize, y: usize, alpha: f64, beta: f64): void { rotate<f64>(n, x, y, alpha, beta); }
export function rotate_4_f64(n: usize, x0: usize, x1: usize, y0: usize, y1: usize, coefficients: usize): void { rotate_4<f64>(n, x0, x1, y0, y1, coefficients); }
export function gather_f32(rows: usize, cols: usize, a: usize, rs: usize, cs: usize, columns: usize, f: f32, g: f32, out: usize, ld: usize): void { gather<f32>(rows, cols, a, rs, cs, columns, f, g, out, ld); }
export function gather_f64(rows: usize, cols: usize, a: usize, rs: usize, cs: usize, columns: usize, f: f64, g: f64, out: usize, ld: usize): void { gather<f64>(rows, cols, a, rs, cs, columns, f, g, out, ld); }
export function scatter_f32(rows: usize, cols: usize, x: usize, ldx: usize, order: usize, columns: usize, out: usize, rs: usize, cs: usize): void { scatter<f32>(rows, cols, x, ldx, order, columns, out, rs, cs); }
export function scatter_f64(rows: usize, cols: usize, x: usize, ldx: usize, order: usize, columns: usize, out: usize, rs: usize, cs: usize): void { scatter<f64>(rows, cols, x, ldx, order, columns, out, rs, cs); }
export function transpose_lower_f32(rows: usize, cols: usize, x: usize, ldx: usize, out: usize, ld: usize): void { transpose_lower<f32>(rows, cols, x, ldx, out, ld); }
export function transpose_lower_f64(rows: usize, cols: usize, x: usize, ldx: usize, out: usize, ld: usize): void { transpose_lower<f64>(rows, cols, x, ldx, out, ld); }
export function unit_rows_f32(rows: usize, cols: usize, k: usize, x: usize, ldx: usize, order: usize, factors: usize, out: usize, ld: usize): void { unit_rows<f32>(rows, cols, k, x, ldx, order, factors, out, ld); }
export function unit_rows_f64(rows: usize, cols: usize, k: usize, x: usize, ldx: usize, order: usize, factors: usize, out: usize, ld: usize): void { unit_rows<f64>(rows, cols, k, x, ldx, order, factors, out, ld); }
export function gather_rows_f32(cols: usize, x: usize, ldx: usize, order: usize, out: usize, ld: usize, i0: usize, i1: usize): void { gather_rows<f32>(cols, x, ldx, order, out, ld, i0, i1); }
export function gather_rows_f64(cols: usize, x: usize, ldx: usize, order: usize, out: usize, ld: usize, i0: usize, i1: usize): void { gather_rows<f64>(cols, x, ldx, order, out, ld, i0, i1); }
export function secular_vectors_f32(k: usize, first: usize, left: i32, d: usize, w: usize, base: usize, mu: usize, out: usize, ldo: usize, i0: usize, i1: usize): void { secular_vectors<f32>(k, first, left, d, w, base, mu, out, ldo, i0, i1); }
export function secular_vectors_f64(k: usize, first: usize, left: i32, d: usize, w: usize, base: usize, mu: usize, out: usize, ldo: usize, i0: usize, i1: usize): void { secular_vectors<f64>(k, first, left, d, w, base, mu, out, ldo, i0, i1); }
export function svd_batched_f32(rows: usize, n: usize, count: usize, a: usize, vs: usize, es: usize, s: usize, long: usize, short: usize, us: usize, ws: usize, ranks: usize, exponent: i32, tol: f32, tiny: f32, most: i32, work: usize, grain: usize, status: usize, g0: usize, g1: usize): void { svd_batched<f32>(rows, n, count, a, vs, es, s, long, short, us, ws, ranks, exponent, tol, tiny, most, work, grain, status, g0, g1); }
export function svd_batched_f64(rows: usize, n: usize, count: usize, a: usize, vs: usize, es: usize, s: usize, long: usize, short: usize, us: usize, ws: usize, ranks: usize, exponent: i32, tol: f64, tiny: f64, most: i32, work: usize, grain: usize, status: usize, g0: usize, g1: usize): void { svd_batched<f64>(rows, n, count, a, vs, es, s, long, short, us, ws, ranks, exponent, tol, tiny, most, work, grain, status, g0, g1); }
export function symv_f32(n: usize, parts: usize, a: usize, lda: usize, x: usize, y: usize, ldy: usize, p0: usize, p1: usize): void { symv<f32>(n, parts, a, lda, x, y, ldy, p0, p1); }
export function symv_f64(n: usize, parts: usize, a: usize, lda: usize, x: usize, y: usize, ldy: usize, p0: usize, p1: usize): void { symv<f64>(n, parts, a, lda, x, y, ldy, p0, p1); }
export function symv_sum_f32(n: usize, parts: usize, y: usize, ldy: usize): void { symv_sum<f32>(n, parts, y, ldy); }
export function symv_sum_f64(n: usize, parts: usize, y: usize, ldy: usize): void { symv_sum<f64>(n, parts, y, ldy); }
export function triangle_peak_f32(n: usize, a: usize, rs: usize, cs: usize): f32 { return triangle_peak<f32>(n, a, rs, cs); }
export function triangle_peak_f64(n: usize, a: usize, rs: usize, cs: usize): f64 { return triangle_peak<f64>(n, a, rs, cs); }
export function mirror_f32(n: usize, a: usize, rs: usize, cs: usize): void { mirror<f32>(n, a, rs, cs); }
export function mirror_f64(n: usize, a: usize, rs: usize, cs: usize): void { mirror<f64>(n, a, rs, cs); }
export function tridiagonal_row_f32(n: usize, k: usize, first: usize, width: usize, a: usize, lda: usize, panel: usize, ldp: usize, d: usize, e: usize, tau: usize, work: usize): void { tridiagonal_row<f32>(n, k, first, width, a, lda, panel, ldp, d, e, tau, work); }
export function tridiagonal_row_f64(n: usize, k: usize, first: usize, width: usize, a: usize, lda: usize, panel: usize, ldp: usize, d: usize, e: usize, tau: usize, work: usize): void { tridiagonal_row<f64>(n, k, first, width, a, lda, panel, ldp, d, e, tau, work); }
export function tridiagonal_product_f32(n: usize, k: usize, first: usize, width: usize, panel: usize, ldp: usize, tau: usize, work: usize): void { tridiagonal_product<f32>(n, k, first, width, panel, ldp, tau, work); }
export function tridiagonal_product_f64(n: usize, k: usize, first: usize, width: usize, panel: usize, ldp: usize, tau: usize, work: usize): void { tridiagonal_product<f64>(n, k, first, width, panel, ldp, tau, work); }
export function reduce_lanes_f32(n: usize, a: usize, d: usize, e: usize, tau: usize, w: usize): void { reduce_lanes<f32>(n, a, d, e, tau, w); }
export function reduce_lanes_f64(n: usize, a: usize, d: usize, e: usize, tau: usize, w: usize): void { reduce_lanes<f64>(n, a, d, e, tau, w); }
export function form_lanes_f32(n: usize, a: usize, tau: usize, r: usize): void { form_lanes<f32>(n, a, tau, r); }
export function form_lanes_f64(n: usize, a: usize, tau: usize, r: usize): void { form_lanes<f64>(n, a, tau, r); }
