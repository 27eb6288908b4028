// The export table of the module for decompositions: one line for each concrete kernel, and nothing else. It runs on the memory of the
// first one (index.ts), where its constants lie behind that one's.
import { complete, complete_work } from "./factor/complete";
import { reflect, reflect_rows } from "./factor/householder";
import { dots_4 } from "./factor/dots_4";
import { jacobi_between, jacobi_order, jacobi_start, jacobi_within, jacobi_work } from "./factor/jacobi";
import { column_peaks, row_peaks, row_squares } from "./factor/norms";
import { apply_q, form_q, qr } from "./factor/qr";
import { qr_pivot, qr_pivot_work } from "./factor/qr_pivot";
import { rotate, rotate_4 } from "./factor/rotate";
import { gather, scatter, transpose_lower, unit_rows } from "./factor/rows";

export { heap_base as factor_heap_base } from "./core/status";
export { complete_work, jacobi_order, jacobi_start, jacobi_work, qr_pivot_work };

export function reflect_f32(n: usize, x: usize): f32 { return reflect<f32>(n, x); }
export function reflect_rows_f32(rows: usize, n: usize, v: usize, tau: f32, w: usize, ldw: usize): void { reflect_rows<f32>(rows, n, v, tau, w, ldw); }
export function reflect_f64(n: usize, x: usize): f64 { return reflect<f64>(n, x); }
export function reflect_rows_f64(rows: usize, n: usize, v: usize, tau: f64, w: usize, ldw: usize): void { reflect_rows<f64>(rows, n, v, tau, w, ldw); }
export function rotate_f32(n: usize, x: usize, y: usize, alpha: f32, beta: f32): void { rotate<f32>(n, x, y, alpha, beta); }
export function rotate_4_f32(n: usize, x0: usize, x1: usize, y0: usize, y1: usize, coefficients: usize): void { rotate_4<f32>(n, x0, x1, y0, y1, coefficients); }
export function dots_4_f32(n: usize, x0: usize, x1: usize, y0: usize, y1: usize, out: usize): void { dots_4<f32>(n, x0, x1, y0, y1, out); }
export function rotate_f64(n: usize, x: usize, y: usize, alpha: f64, beta: f64): void { rotate<f64>(n, x, y, alpha, beta); }
export function rotate_4_f64(n: usize, x0: usize, x1: usize, y0: usize, y1: usize, coefficients: usize): void { rotate_4<f64>(n, x0, x1, y0, y1, coefficients); }
export function dots_4_f64(n: usize, x0: usize, x1: usize, y0: usize, y1: usize, out: usize): void { dots_4<f64>(n, x0, x1, y0, y1, out); }
export function qr_f32(m: usize, n: usize, at: usize, ldat: usize, tau: usize): void { qr<f32>(m, n, at, ldat, tau); }
export function qr_f64(m: usize, n: usize, at: usize, ldat: usize, tau: usize): void { qr<f64>(m, n, at, ldat, tau); }
export function form_q_f32(m: usize, p: usize, at: usize, ldat: usize, tau: usize, qt: usize, ldq: usize, i0: usize, i1: usize): void { form_q<f32>(m, p, at, ldat, tau, qt, ldq, i0, i1); }
export function form_q_f64(m: usize, p: usize, at: usize, ldat: usize, tau: usize, qt: usize, ldq: usize, i0: usize, i1: usize): void { form_q<f64>(m, p, at, ldat, tau, qt, ldq, i0, i1); }
export function apply_q_f32(m: usize, p: usize, at: usize, ldat: usize, tau: usize, w: usize, ldw: usize, i0: usize, i1: usize): void { apply_q<f32>(m, p, at, ldat, tau, w, ldw, i0, i1); }
export function apply_q_f64(m: usize, p: usize, at: usize, ldat: usize, tau: usize, w: usize, ldw: usize, i0: usize, i1: usize): void { apply_q<f64>(m, p, at, ldat, tau, w, ldw, i0, i1); }
export function qr_pivot_f32(m: usize, n: usize, at: usize, ldat: usize, pivot: usize, tau: usize, tiny: f64, work: usize): i32 { return qr_pivot<f32>(m, n, at, ldat, pivot, tau, tiny, work); }
export function qr_pivot_f64(m: usize, n: usize, at: usize, ldat: usize, pivot: usize, tau: usize, tiny: f64, work: usize): i32 { return qr_pivot<f64>(m, n, at, ldat, pivot, tau, tiny, work); }
export function jacobi_within_f32(rows: usize, n: usize, width: usize, w: usize, ld: usize, block: usize, tol: f64, tiny: f64, work: usize, i0: usize, i1: usize): void { jacobi_within<f32>(rows, n, width, w, ld, block, tol, tiny, work, i0, i1); }
export function jacobi_between_f32(rows: usize, n: usize, width: usize, w: usize, ld: usize, block: usize, tol: f64, work: usize, round: usize, i0: usize, i1: usize): void { jacobi_between<f32>(rows, n, width, w, ld, block, tol, work, round, i0, i1); }
export function jacobi_within_f64(rows: usize, n: usize, width: usize, w: usize, ld: usize, block: usize, tol: f64, tiny: f64, work: usize, i0: usize, i1: usize): void { jacobi_within<f64>(rows, n, width, w, ld, block, tol, tiny, work, i0, i1); }
export function jacobi_between_f64(rows: usize, n: usize, width: usize, w: usize, ld: usize, block: usize, tol: f64, work: usize, round: usize, i0: usize, i1: usize): void { jacobi_between<f64>(rows, n, width, w, ld, block, tol, work, round, i0, i1); }
export function complete_f32(first: usize, rows: usize, n: usize, w: usize, ld: usize, work: usize): void { complete<f32>(first, rows, n, w, ld, work); }
export function complete_f64(first: usize, rows: usize, n: usize, w: usize, ld: usize, work: usize): void { complete<f64>(first, rows, n, w, ld, work); }
export function row_peaks_f32(n: usize, a: usize, lda: usize, out: usize, i0: usize, i1: usize): void { row_peaks<f32>(n, a, lda, out, i0, i1); }
export function row_peaks_f64(n: usize, a: usize, lda: usize, out: usize, i0: usize, i1: usize): void { row_peaks<f64>(n, a, lda, out, i0, i1); }
export function column_peaks_f32(m: usize, n: usize, a: usize, lda: usize, out: usize): void { column_peaks<f32>(m, n, a, lda, out); }
export function column_peaks_f64(m: usize, n: usize, a: usize, lda: usize, out: usize): void { column_peaks<f64>(m, n, a, lda, out); }
export function row_squares_f32(n: usize, a: usize, lda: usize, out: usize, i0: usize, i1: usize): void { row_squares<f32>(n, a, lda, out, i0, i1); }
export function row_squares_f64(n: usize, a: usize, lda: usize, out: usize, i0: usize, i1: usize): void { row_squares<f64>(n, a, lda, out, i0, i1); }
export function gather_f32(rows: usize, cols: usize, a: usize, rs: usize, cs: usize, columns: usize, f: f32, g: f32, out: usize, ld: usize): void { gather<f32>(rows, cols, a, rs, cs, columns, f, g, out, ld); }
export function gather_f64(rows: usize, cols: usize, a: usize, rs: usize, cs: usize, columns: usize, f: f64, g: f64, out: usize, ld: usize): void { gather<f64>(rows, cols, a, rs, cs, columns, f, g, out, ld); }
export function scatter_f32(rows: usize, cols: usize, x: usize, ldx: usize, order: usize, columns: usize, out: usize, rs: usize, cs: usize): void { scatter<f32>(rows, cols, x, ldx, order, columns, out, rs, cs); }
export function scatter_f64(rows: usize, cols: usize, x: usize, ldx: usize, order: usize, columns: usize, out: usize, rs: usize, cs: usize): void { scatter<f64>(rows, cols, x, ldx, order, columns, out, rs, cs); }
export function transpose_lower_f32(rows: usize, cols: usize, x: usize, ldx: usize, out: usize, ld: usize): void { transpose_lower<f32>(rows, cols, x, ldx, out, ld); }
export function transpose_lower_f64(rows: usize, cols: usize, x: usize, ldx: usize, out: usize, ld: usize): void { transpose_lower<f64>(rows, cols, x, ldx, out, ld); }
export function unit_rows_f32(rows: usize, cols: usize, k: usize, x: usize, ldx: usize, order: usize, factors: usize, out: usize, ld: usize): void { unit_rows<f32>(rows, cols, k, x, ldx, order, factors, out, ld); }
export function unit_rows_f64(rows: usize, cols: usize, k: usize, x: usize, ldx: usize, order: usize, factors: usize, out: usize, ld: usize): void { unit_rows<f64>(rows, cols, k, x, ldx, order, factors, out, ld); }
