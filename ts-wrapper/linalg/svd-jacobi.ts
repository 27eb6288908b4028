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

/** Rows are stored as up to four times themselves, twice that while they are rotated: as many times more fit into sums of squares. */
const SPARE = 64;

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
  const scaling = scalingFor(dtype, m * n * SPARE, maximum(peaks));
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

  // [X | Q₂]; rows of Q₂ beyond the rank take no part in the rotations, and where k is odd a row of zeros joins.
  const wanted = options.vectors !== "none";
  const width = wanted ? k + r : k;
  const ldw = spreadRows(width, size);
  const even = k + (k & 1);
  const w = s.alloc(Math.max(even, wanted ? r : 0) * ldw * size);
  const left = (w + k * size) as Ptr;
  if (even > k) engine.u8((w + k * ldw * size) as Ptr, width * size).fill(0);
  wasm[`transpose_lower_${dtype}`](k, k, t2, ldt2, w, ldw);
  if (wanted) engine.parallel(`form_q_${dtype}`, [r, k, t2, ldt2, tau2, left, ldw], r, GRAIN);
  const { norms, scales, sweeps, offNorm } = rotate(engine, s, dtype, what, even, k, width, w, ldw, options.maxSweeps);
  const order = descending(norms.subarray(0, k));
  const values = Float64Array.from({ length: r }, (_, i) => (i < k ? unscale(norms[order[i]!]!, scaling) : 0));
  if (!wanted) return { s: values, u: undefined, vt: undefined, sweeps, offNorm };

  // W·Q₁ with as many rows as are wanted, and both sets of vectors put back in the order of A.
  const count = options.vectors === "full" ? c : r;
  const ldr = spreadRows(c, size);
  const right = s.alloc(count * ldr * size);
  unitRows(engine, s, dtype, count, c, order, norms, scales, w, ldw, right, ldr);
  for (let i = 0; i < k; i++) wasm[`scal_${dtype}`](r, scales[i]!, left + i * ldw * size);
  engine.parallel(`apply_q_${dtype}`, [c, k, t, ldt, tau1, right, ldr], count, GRAIN);
  const inOrder = placeIndices(
    engine,
    s,
    Uint32Array.from({ length: count }, (_, i) => i),
  );
  const ranks = placeIndices(
    engine,
    s,
    Uint32Array.from({ length: r }, (_, i) => order[i] ?? i),
  );
  const u: Placed = place(s, m, tall ? count : r, size);
  const vt: Placed = place(s, tall ? r : count, n, size);
  const scatter = wasm[`scatter_${dtype}`];
  if (tall) {
    scatter(count, c, right, ldr, inOrder, columns, u.ptr, 1, u.ld);
    scatter(r, r, left, ldw, ranks, pivot, vt.ptr, vt.ld, 1);
  } else {
    scatter(r, r, left, ldw, ranks, pivot, u.ptr, 1, u.ld);
    scatter(count, c, right, ldr, inOrder, columns, vt.ptr, vt.ld, 1);
  }
  return { s: values, u, vt, sweeps, offNorm };
}

/** Sweeps until no pair of rows is further from orthogonal than rounding makes it. Row i is scales[i] times what is stored. */
function rotate(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  what: string,
  rows: number,
  n: number,
  width: number,
  w: Ptr,
  ldw: number,
  maxSweeps: number,
): { norms: Float64Array; scales: Float64Array; sweeps: number; offNorm: number } {
  // A computed cosine is off by about √n·u for sums of n products.   LAPACK xGESVJ uses √n·u too
  const tol = Math.max(4, Math.sqrt(n)) * unitRoundoff[dtype];
  const block = blockOf(rows, width * bytesPerElement[dtype]);
  const blocks = Math.ceil(rows / block);
  const work = s.alloc(engine.wasm.jacobi_work(rows, block));
  engine.wasm.jacobi_start(rows, work);
  // A call of the pool costs as much as a small round.
  const grain = rows * width < SMALL ? blocks : 1;
  for (let sweeps = 1; ; sweeps++) {
    if (sweeps > 1) engine.wasm.jacobi_order(rows, work);
    engine.parallel(`jacobi_within_${dtype}`, [rows, n, width, w, ldw, block, tol, range[dtype].tiny, work], blocks, grain);
    for (let round = 0; round < blocks + (blocks & 1) - 1; round++) {
      const args = [rows, n, width, w, ldw, block, tol, work, round];
      engine.parallel(`jacobi_between_${dtype}`, args, Math.ceil(blocks / 2), grain);
    }
    const { found, left, tangent, rotations } = tallied(engine.f64((work + rows * 24) as Ptr, blocks * TALLY));
    // A rotation changes the cosines of its rows with others by at most its tangent times the largest cosine.
    if (rotations === 0 || rows * tangent * found <= tol) {
      const scales = s.copyOut((work + rows * 8) as Ptr, rows, "f64");
      return { norms: s.copyOut(work, rows, "f64").map(Math.sqrt), scales, sweeps, offNorm: left };
    }
    if (sweeps < maxSweeps) continue;
    const advice = dtype === "f32" ? "raise maxSweeps or compute in float64" : "raise maxSweeps";
    throw new LowrankError(
      "NO_CONVERGENCE",
      what,
      `after ${sweeps} sweeps two vectors still had the cosine ${found.toPrecision(3)}, at most ${tol.toPrecision(3)} was needed; ${advice}`,
    );
  }
}

/** Elements of a block's entry in the workspace (assembly/factor/jacobi.ts). */
const TALLY = 24;

/** What the blocks have entered for a sweep: the largest of each, and all rotations. */
function tallied(tallies: Float64Array): { found: number; left: number; tangent: number; rotations: number } {
  const sum = { found: 0, left: 0, tangent: 0, rotations: 0 };
  for (let i = 0; i < tallies.length; i += TALLY) {
    sum.found = Math.max(sum.found, tallies[i]!);
    sum.left = Math.max(sum.left, tallies[i + 1]!);
    sum.tangent = Math.max(sum.tangent, tallies[i + 2]!);
    sum.rotations += tallies[i + 3]!;
  }
  return sum;
}

/** Elements of a matrix that one thread sweeps over alone. */
const SMALL = 128 * 256;
/** Bytes of two blocks: half of a second-level cache. */
const CACHE = 2 ** 19;

/** Rows of a block, even; settled by the sizes alone, for the order of the rotations depends on it. */
function blockOf(rows: number, rowBytes: number): number {
  const fits = Math.floor(CACHE / (4 * rowBytes)) * 2;
  const shared = Math.ceil(rows / 16) * 2; // eight blocks, enough for four threads
  return Math.max(2, Math.min(32, fits, Math.max(8, shared)));
}

/** Rows of X over their norms in their order beside the identity; rows of norm 0 are completed to an orthonormal set. */
function unitRows(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  rows: number,
  cols: number,
  order: Uint32Array,
  norms: Float64Array,
  scales: Float64Array,
  w: Ptr,
  ldw: number,
  out: Ptr,
  ld: number,
): void {
  const k = order.length;
  const factors = s.alloc(k * 8);
  engine.f64(factors, k).set(Float64Array.from(order, (i) => (norms[i] === 0 ? 0 : scales[i]! / norms[i]!)));
  engine.wasm[`unit_rows_${dtype}`](rows, cols, k, w, ldw, placeIndices(engine, s, order), factors, out, ld);
  const zeros = order.findIndex((i) => norms[i] === 0);
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
