import type { Engine, FloatDtype, Ptr, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { deflate } from "./deflate.ts";
import { multiply } from "./gemm.ts";
import { bytesPerElement, elements, type Placed, part, place, placeIndices, setOnes, unitRoundoff } from "./matrix.ts";
import { exponentOf, powerOfTwo } from "./scaling.ts";

/**
 * The singular value decomposition of an upper bidiagonal matrix by divide and conquer: without one of its rows it is two smaller ones,
 * whose decompositions turn that row into the full row of a matrix that is otherwise diagonal. Its singular values are the zeros of the
 * secular equation (assembly/factor/secular.ts), and its vectors, times those of the halves, are the vectors wanted: products of matrices.
 *
 *   B = [ B₁ 0 ; α·e_last β·e_first ; 0 B₂ ]     B₁: n₁×(n₁+1), B₂: n₂×(n₂+extra), so halves have a column more than rows and a null vector
 *
 * Vectors are kept in rows, those of a half in its own block of the diagonal, so nothing has to be put together. What does not take part
 * (deflate.ts) is copied; rows that lie in one half alone are multiplied there alone. Halves of LEAF rows are done by QR sweeps. Numbers of
 * which there are only n are f64 in either type; matrices are in the type of the caller.
 *
 * Sources: Gu & Eisenstat, SIMAX 16 (1995) 79–92; Gu, Demmel & Dhillon, LAPACK Working Note 88 (1994), §3–4. LAPACK xBDSDC, xLASD1–4.
 */
export interface BidiagonalVectors {
  /** n×n and all zeros on entry: left singular vectors in rows. */
  readonly ut: Placed;
  /** n×n and all zeros on entry: right singular vectors in rows. */
  readonly vt: Placed;
}

/** Up to so many rows QR sweeps are faster than a merge. */
const LEAF = 32;
/** Roots, or rows of vectors, handed to a thread at a time. */
const GRAIN = 32;

interface Solver {
  readonly engine: Engine;
  readonly dtype: FloatDtype;
  readonly what: string;
  readonly d: Float64Array;
  readonly e: Float64Array;
  readonly vectors: BidiagonalVectors;
  /** Rows as they are multiplied, and what they are multiplied by. */
  readonly sorted: Placed;
  readonly factor: Placed;
  readonly leaf: number;
}

/**
 * Singular values of the n×n matrix with diagonal d and e above it, none of them near the ends of float64, in the order of the rows of
 * `ut` and `vt`, which is any. Errors relative to ‖B‖, and of orthogonality, are below 8√n(1 + log₂ n)u: at each level of the division up
 * to n numbers of 8u are taken for zero.
 *
 * @param leaf rows below which no more is divided; less than the default makes small matrices take the long way
 */
export function bidiagonalSvd(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  what: string,
  d: Float64Array,
  e: Float64Array,
  vectors: BidiagonalVectors,
  leaf = LEAF,
): Float64Array {
  const n = d.length;
  const size = bytesPerElement[dtype];
  if (largest(d) === 0 && largest(e) === 0) {
    setOnes(engine, dtype, vectors.ut, 0);
    setOnes(engine, dtype, vectors.vt, 0);
    return new Float64Array(n);
  }
  const up = unitScale(d, e);
  const solver: Solver = {
    engine,
    dtype,
    what,
    d: d.map((x) => x * up),
    e: e.map((x) => x * up),
    vectors,
    sorted: place(s, n > leaf ? n : 0, n, size),
    factor: place(s, n > leaf ? n : 0, n, size),
    leaf: Math.max(3, leaf),
  };
  solve(solver, 0, n, 0);
  return solver.d.map((x) => x / up);
}

/** Singular values alone, by QR sweeps, in any order. */
export function bidiagonalValues(engine: Engine, what: string, d: Float64Array, e: Float64Array): Float64Array {
  const up = unitScale(d, e);
  return engine.scope((s) => {
    const pd = s.copyIn(d.map((x) => x * up));
    const pe = s.copyIn(e.map((x) => x * up));
    checkSweeps(what, d.length, engine.wasm.bidiagonal_qr(d.length, 0, pd, pe, 0, 0, 0, 0, 0, 0));
    return s.copyOut(pd, d.length, "f64").map((x) => x / up);
  });
}

/** The power of two that brings the largest element to between 1 and 2; elements that sink to 0 by it are nothing beside that one. */
function unitScale(d: Float64Array, e: Float64Array): number {
  const most = Math.max(largest(d), largest(e));
  return most === 0 ? 1 : powerOfTwo(Math.max(-1022, Math.min(1022, -exponentOf(most))));
}

function largest(x: Float64Array): number {
  return x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function checkSweeps(what: string, n: number, answer: number): void {
  if (answer >= 0) return;
  throw new LowrankError(
    "NO_CONVERGENCE",
    what,
    `QR sweeps of a bidiagonal block of ${n} rows did not converge in ${6 * n} × ${n} steps; use method "jacobi" and report this`,
  );
}

/** Rows first … first + n − 1, with one column more when `extra` is 1. */
function solve(solver: Solver, first: number, n: number, extra: number): void {
  if (n <= solver.leaf) {
    leafOf(solver, first, n, extra);
    return;
  }
  const left = n >> 1;
  const right = n - left - 1;
  solve(solver, first, left, 1);
  solve(solver, first + left + 1, right, extra);
  solver.engine.scope((s) => merge(solver, s, first, left, right, extra));
}

function leafOf({ engine, dtype, what, d, e, vectors }: Solver, first: number, n: number, extra: number): void {
  const size = bytesPerElement[dtype];
  const m = n + extra;
  engine.scope((s) => {
    const pd = s.copyIn(d.subarray(first, first + n));
    const pe = s.copyIn(e.subarray(first, first + m - 1));
    const pu = s.copyIn(identity(n));
    const pv = s.copyIn(identity(m));
    checkSweeps(what, n, engine.wasm.bidiagonal_qr(n, extra, pd, pe, pu, n, n, pv, m, m));
    d.set(engine.f64(pd, n), first);
    const put = (from: Ptr, order: number, to: Placed): void => {
      for (let i = 0; i < order; i++) {
        const row = engine.f64((from + i * order * 8) as Ptr, order);
        elements(engine, part(to, size, first + i, first).ptr, order, dtype).set(row);
      }
    };
    put(pu, n, vectors.ut);
    put(pv, m, vectors.vt);
  });
}

function identity(n: number): Float64Array {
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) data[i * n + i] = 1;
  return data;
}

function merge(solver: Solver, s: Scope, first: number, left: number, right: number, extra: number): void {
  const { engine, dtype, d, e, vectors } = solver;
  const { wasm } = engine;
  const size = bytesPerElement[dtype];
  const n = left + right + 1;
  const m = n + extra;
  const ut = part(vectors.ut, size, first, first, n, n);
  const vt = part(vectors.vt, size, first, first, m, m);
  const row = (a: Placed, i: number): Ptr => part(a, size, i, 0).ptr;

  // The row between the halves in terms of their right vectors: its own α times their last elements, β times their first ones.
  const alpha = d[first + left]!;
  const beta = e[first + left] ?? 0;
  const z = new Float64Array(n);
  const element = (i: number, j: number): number => elements(engine, part(vt, size, i, j).ptr, 1, dtype)[0]!;
  for (let i = 0; i <= left; i++) z[i] = alpha * element(i, left);
  for (let i = left + 1; i < n; i++) z[i] = beta * element(i, left + 1);
  if (extra === 1) {
    // Two null vectors: turned so that one of them has all of the row, and the other stays a null vector.
    const [x, y] = [z[left]!, beta * element(n, left + 1)];
    const length = Math.sqrt(x * x + y * y);
    if (length > 0) wasm[`rot_${dtype}`](m, row(vt, left), row(vt, n), x / length, y / length);
    z[left] = length;
  }
  elements(engine, part(ut, size, left, left).ptr, 1, dtype)[0] = 1;

  const values = d.subarray(first, first + n);
  values[left] = 0;
  const rotate = (i: number, j: number, c: number, sine: number): void => {
    wasm[`rot_${dtype}`](n, row(ut, i), row(ut, j), c, sine);
    wasm[`rot_${dtype}`](m, row(vt, i), row(vt, j), c, sine);
  };
  const scale = Math.max(Math.abs(alpha), Math.abs(beta), largest(values));
  const tolerance = unitRoundoff[dtype] * Math.max(8 * scale, 2 ** -4); // the largest element of all of B is at least 1
  const { kept, order, apart, deflated } = deflate(values, z, left, tolerance, rotate);

  const k = kept.length;
  const [pd, pz, base, mu, w] = Array.from({ length: 5 }, () => s.alloc(k * 8)) as [Ptr, Ptr, Ptr, Ptr, Ptr];
  const dk = Float64Array.from(kept, (i) => values[i]!);
  dk[1] = Math.max(dk[1] ?? 0, tolerance / 2);
  engine.f64(pd, k).set(dk.subarray(0, k));
  engine.f64(pz, k).set(Float64Array.from(kept, (i) => z[i]!));
  engine.parallel("secular_roots", [k, pd, pz, base, mu], k, GRAIN);
  engine.parallel("secular_weights", [k, pd, pz, base, mu, w], k, GRAIN);
  const rest = Float64Array.from(deflated, (i) => values[i]!);
  values.set(engine.f64(base, k));
  engine.f64(mu, k).forEach((x, i) => {
    values[i]! += x;
  });
  values.set(rest, k);

  // The same in the order in which rows are multiplied: those of the left half, the row between and those of both, those of the right.
  const place64 = (x: Float64Array): Ptr => s.copyIn(Float64Array.from(order, (i) => x[i]!));
  const [od, ow] = [place64(dk), place64(s.copyOut(w, k, "f64"))];
  const indices = placeIndices(engine, s, Uint32Array.from([...Array.from(order, (i) => kept[i]!), ...deflated]));
  const back = placeIndices(
    engine,
    s,
    Uint32Array.from(deflated, (_, i) => k + i),
  );
  const sorted = { ...solver.sorted, ld: solver.sorted.ld };
  const factor = part(solver.factor, size, 0, 0, k, k);
  for (const [side, to] of [
    [0, vt],
    [1, ut],
  ] as const) {
    engine.parallel(`gather_rows_${dtype}`, [to.cols, to.ptr, to.ld, indices, sorted.ptr, sorted.ld], n, GRAIN);
    const vectorArgs = [k, apart.left, side, od, ow, base, mu, factor.ptr, factor.ld];
    engine.parallel(`secular_vectors_${dtype}`, vectorArgs, k, GRAIN);
    engine.scope((inner) => {
      const both = apart.left + 1 + apart.both;
      const [a, b] = [part(factor, size, 0, 0, k, both), part(sorted, size, 0, 0, both, left + 1)];
      multiply(engine, inner, dtype, {}, a, b, part(to, size, 0, 0, k, left + 1));
    });
    if (to.cols > left + 1) {
      engine.scope((inner) => {
        const [a, b] = [
          part(factor, size, 0, apart.left, k, k - apart.left),
          part(sorted, size, apart.left, left + 1, k - apart.left, to.cols - left - 1),
        ];
        multiply(engine, inner, dtype, {}, a, b, part(to, size, 0, left + 1, k, to.cols - left - 1));
      });
    }
    engine.parallel(`gather_rows_${dtype}`, [to.cols, sorted.ptr, sorted.ld, back, row(to, k), to.ld], deflated.length, GRAIN);
  }
}
