import type { Engine, FloatDtype, Ptr, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { bytesPerElement, elements, type Placed, place, placeIndices, spreadRows, unitRoundoff } from "./matrix.ts";
import { range, scalingFor, unscale } from "./scaling.ts";

/**
 * The singular value decomposition of a matrix in the engine's memory, by one-sided Jacobi rotations after two QR factorisations.
 *
 * The working form T is r×c with r ≤ c: A itself when it is wide, Aᵀ when it is tall or square. All of the work then streams along
 * rows, and a matrix and its transpose take the same path. In matrices:
 *
 *   S     2ᵉ·T with its columns in descending order of their largest elements
 *   1     P·S = L·Q₁       QR of Sᵀ with column pivoting, stops at the numerical rank k; Lᵀ: k×r
 *   2     L = Q₂ᵀ·X        QR of L; X: k×k upper triangular, closer to diagonal than L·Lᵀ is
 *   3     G·X = Σ·W        Jacobi rotations of the rows of [X | Q₂], which also leaves G·Q₂
 *   4     P·S = (G·Q₂)ᵀ·Σ·(W·Q₁)
 *
 * Sorted columns, pivoting and Jacobi together keep small singular values of D₁·B·D₂ as accurate as those of B, whatever the
 * diagonal matrices; where they are not graded like that, errors are a small multiple of u·σ₁, as with any method.
 *
 * Sources: Drmač & Veselić, SIMAX 29 (2008) 1322–1362, algorithm 4 (steps 1–4); Demmel & Veselić, SIMAX 13 (1992) (accuracy of 3);
 * Higham, Lin. Alg. Appl. 309 (2000) 153–174 (sorting before pivoting). LAPACK xGEJSV.
 */
export interface JacobiSvd {
  /** min(rows, cols) singular values, descending, not rounded to the type of the matrix. */
  readonly s: Float64Array;
  /** rows × min (thin) or rows × rows (full). */
  readonly u: Placed | undefined;
  /** min × cols (thin) or cols × cols (full). */
  readonly vt: Placed | undefined;
  readonly sweeps: number;
  readonly offNorm: number;
}

export interface JacobiOptions {
  readonly vectors: "thin" | "full" | "none";
  readonly maxSweeps: number;
}

/** Rows handed to a thread at a time: a few panels of `apply_q`. */
const GRAIN = 16;

/**
 * @param what the operation that speaks in errors
 * @param peaks `longPeaks` of `a`, finite
 */
export function svdJacobi(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  what: string,
  a: Placed,
  peaks: Float64Array,
  options: JacobiOptions,
): JacobiSvd {
  const { wasm } = engine;
  const size = bytesPerElement[dtype];
  const { rows: m, cols: n } = a;
  const tall = m >= n;
  const [r, c] = tall ? [n, m] : [m, n];
  const scaling = scalingFor(dtype, m * n, maximum(peaks));
  const sorted = descending(peaks);

  // S, and its QR with pivoting: rows of t hold L and the reflections that make up Q₁.
  const columns = placeIndices(engine, s, sorted);
  const ldt = spreadRows(c, size);
  const t = s.alloc(r * ldt * size);
  const [f, g] = scaling.factors;
  wasm[`gather_${dtype}`](r, c, a.ptr, tall ? 1 : a.ld, tall ? a.ld : 1, columns, f, g, t, ldt);
  const pivot = s.alloc(r * 4);
  const tau1 = s.alloc(r * size);
  const k = wasm[`qr_pivot_${dtype}`](c, r, t, ldt, pivot, tau1, range[dtype].tiny, s.alloc(wasm.qr_pivot_work(r)));

  // Lᵀ, and its QR: rows of t2 hold Xᵀ and the reflections that make up Q₂.
  const ldt2 = spreadRows(r, size);
  const t2 = s.alloc(k * ldt2 * size);
  const tau2 = s.alloc(k * size);
  wasm[`transpose_lower_${dtype}`](k, r, t, ldt, t2, ldt2);
  wasm[`qr_${dtype}`](r, k, t2, ldt2, tau2);

  // [X | Q₂]; rows of Q₂ beyond the rank take no part in the rotations.
  const wanted = options.vectors !== "none";
  const width = wanted ? k + r : k;
  const ldw = spreadRows(width, size);
  const w = s.alloc((wanted ? r : k) * ldw * size);
  const left = (w + k * size) as Ptr;
  wasm[`transpose_lower_${dtype}`](k, k, t2, ldt2, w, ldw);
  if (wanted) engine.parallel(`form_q_${dtype}`, [r, k, t2, ldt2, tau2, left, ldw], r, GRAIN);
  const { norms, sweeps, offNorm } = rotate(engine, s, dtype, what, k, width, w, ldw, options.maxSweeps);
  const order = descending(norms);
  const values = Float64Array.from({ length: r }, (_, i) => (i < k ? unscale(norms[order[i]!]!, scaling) : 0));
  if (!wanted) return { s: values, u: undefined, vt: undefined, sweeps, offNorm };

  // W·Q₁ with as many rows as are wanted, and both sets of vectors put back in the order of A.
  const count = options.vectors === "full" ? c : r;
  const ldr = spreadRows(c, size);
  const right = s.alloc(count * ldr * size);
  unitRows(engine, s, dtype, k, count, c, norms, w, ldw, right, ldr);
  engine.parallel(`apply_q_${dtype}`, [c, k, t, ldt, tau1, right, ldr], count, GRAIN);
  const ranks = placeIndices(
    engine,
    s,
    Uint32Array.from({ length: count }, (_, i) => order[i] ?? i),
  );
  const u: Placed = place(s, m, tall ? count : r, size);
  const vt: Placed = place(s, tall ? r : count, n, size);
  const scatter = wasm[`scatter_${dtype}`];
  if (tall) {
    scatter(count, c, right, ldr, ranks, columns, u.ptr, 1, u.ld);
    scatter(r, r, left, ldw, ranks, pivot, vt.ptr, vt.ld, 1);
  } else {
    scatter(r, r, left, ldw, ranks, pivot, u.ptr, 1, u.ld);
    scatter(count, c, right, ldr, ranks, columns, vt.ptr, vt.ld, 1);
  }
  return { s: values, u, vt, sweeps, offNorm };
}

/** Sweeps until no pair of rows is further from orthogonal than rounding makes it. */
function rotate(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  what: string,
  k: number,
  width: number,
  w: Ptr,
  ldw: number,
  maxSweeps: number,
): { norms: Float64Array; sweeps: number; offNorm: number } {
  // A computed cosine is off by about √k·u for sums of k products.   LAPACK xGESVJ uses √k·u too
  const tol = Math.max(4, Math.sqrt(k)) * unitRoundoff[dtype];
  const norms = s.alloc(k * 8);
  const peak = s.alloc(8);
  for (let sweeps = 1; ; sweeps++) {
    const rotations = engine.wasm[`jacobi_sweep_${dtype}`](k, k, width, w, ldw, tol, range[dtype].tiny, norms, peak);
    const offNorm = engine.f64(peak, 1)[0]!;
    if (rotations === 0) return { norms: s.copyOut(norms, k, "f64"), sweeps, offNorm };
    if (sweeps < maxSweeps) continue;
    const advice = dtype === "f32" ? "raise maxSweeps or compute in float64" : "raise maxSweeps";
    throw new LowrankError(
      "NO_CONVERGENCE",
      what,
      `after ${sweeps} sweeps two vectors still had the cosine ${offNorm.toPrecision(3)}, at most ${tol.toPrecision(3)} was needed; ${advice}`,
    );
  }
}

/** Rows of X over their norms beside the identity; rows of norm 0 are completed to an orthonormal set. */
function unitRows(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  k: number,
  rows: number,
  cols: number,
  norms: Float64Array,
  w: Ptr,
  ldw: number,
  out: Ptr,
  ld: number,
): void {
  const placed = s.alloc(k * 8);
  engine.f64(placed, k).set(norms);
  engine.wasm[`unit_rows_${dtype}`](rows, cols, k, w, ldw, placed, out, ld);
  const zeros = norms.indexOf(0); // rows of norm 0 come last
  if (zeros >= 0) engine.wasm[`complete_${dtype}`](zeros, k, k, out, ld, s.alloc(engine.wasm.complete_work(k)));
}

/** The largest absolute values along the longer side: of each row when the matrix is tall or square, else of each column. */
export function longPeaks(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed): Float64Array {
  const count = Math.max(a.rows, a.cols);
  const out = s.alloc(count * bytesPerElement[dtype]);
  if (a.rows >= a.cols) engine.parallel(`row_peaks_${dtype}`, [a.cols, a.ptr, a.ld, out], a.rows, 64);
  else engine.wasm[`column_peaks_${dtype}`](a.rows, a.cols, a.ptr, a.ld, out);
  return Float64Array.from(elements(engine, out, count, dtype));
}

/** The largest of x, none of them negative; NaN if there is one. */
export function maximum(x: Float64Array): number {
  let most = 0;
  for (const value of x) {
    if (Number.isNaN(value)) return value;
    if (value > most) most = value;
  }
  return most;
}

/** The indices of x in descending order of its values; equal ones keep their order. */
function descending(x: Float64Array): Uint32Array {
  return Uint32Array.from(x.keys()).sort((i, j) => x[j]! - x[i]! || i - j);
}
