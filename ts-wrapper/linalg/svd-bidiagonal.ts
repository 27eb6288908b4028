import type { Engine, FloatDtype, Ptr, Scope } from "../engine/engine.ts";
import { bidiagonalSvd, bidiagonalValues } from "./bidiagonal-svd.ts";
import { bidiagonalize } from "./bidiagonalize.ts";
import { applyReflections } from "./block-reflector.ts";
import { bytesPerElement, type Placed, part, place, placeIndices, placeRows, placeZeros, setOnes } from "./matrix.ts";
import { factorQr } from "./qr-blocked.ts";
import { type Scaling, scalingFor, unscale } from "./scaling.ts";
import { maximum } from "./svd-jacobi.ts";

/**
 * The singular value decomposition of a matrix in the engine's memory, by reduction to bidiagonal form. The working form T is c×r with
 * r ≤ c: A itself when it is tall or square, Aᵀ when it is wide, times a power of two. In matrices:
 *
 *   1     T = Q₀·R            blocked QR, when T is taller than TALL·r; else R = T
 *   2     R = Q·B·Pᵀ          reflections from both sides; B upper bidiagonal
 *   3     B = X·Σ·Yᵀ          divide and conquer; for values alone QR sweeps
 *   4     T = (Q₀·Q·X)·Σ·(P·Y)ᵀ
 *
 * Everything is orthogonal, so the error is a small multiple of u·‖A‖, which is the error of LAPACK's xGESDD; singular values much
 * smaller than the largest are right to that and no better.
 *
 * Sources: Golub & Van Loan, Matrix Computations 4e, §5.4, §8.6; Chan, ACM TOMS 8 (1982) 72–83 (step 1). LAPACK xGESDD.
 */
export interface BidiagonalResult {
  /** min(rows, cols) singular values, descending, not rounded to the type of the matrix. */
  readonly s: Float64Array;
  /** rows × min (thin) or rows × rows (full). */
  readonly u: Placed | undefined;
  /** min × cols (thin) or cols × cols (full). */
  readonly vt: Placed | undefined;
}

/** QR pays from this ratio of rows to columns on, where both ways take as many operations.   LAPACK: 11/6 */
const TALL = 11 / 6;

/** @param peaks `longPeaks` of `a`, finite */
export function svdBidiagonal(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  what: string,
  a: Placed,
  peaks: Float64Array,
  vectors: "thin" | "full" | "none",
): BidiagonalResult {
  const size = bytesPerElement[dtype];
  const { rows: m, cols: n } = a;
  const tall = m >= n;
  const [r, c] = tall ? [n, m] : [m, n];
  const scaling = scalingFor(dtype, m * n, maximum(peaks));
  const first = c > TALL * r && r > 0 ? reduceByQr(engine, s, dtype, a, scaling) : undefined;
  const { d, e, left, leftFactors, right, rightFactors } = bidiagonalize(
    engine,
    s,
    dtype,
    first?.r ?? scaled(engine, s, dtype, a, !tall, scaling),
  );
  if (vectors === "none") {
    const values = bidiagonalValues(engine, what, d, e).sort().reverse();
    return { s: values.map((x) => unscale(x, scaling)), u: undefined, vt: undefined };
  }

  const count = vectors === "full" ? c : r;
  const long = placeZeros(engine, s, count, c, size);
  const short = placeZeros(engine, s, r, r, size);
  setOnes(engine, dtype, long, r);
  const ut = part(long, size, 0, 0, r, r);
  const values = engine.scope((inner) => bidiagonalSvd(engine, inner, dtype, what, d, e, { ut, vt: short }));
  if (first) {
    applyReflections(engine, dtype, left, r, leftFactors, ut);
    applyReflections(engine, dtype, first.at, r, first.tau, long);
  } else {
    applyReflections(engine, dtype, left, r, leftFactors, long);
  }
  if (r > 1) applyReflections(engine, dtype, right, r - 1, rightFactors, part(short, size, 0, 1));

  const descending = Uint32Array.from(values.keys()).sort((i, j) => values[j]! - values[i]! || i - j);
  const order = placeIndices(
    engine,
    s,
    Uint32Array.from({ length: count }, (_, i) => descending[i] ?? i),
  );
  const inRows = (x: Placed): Placed => {
    const out = place(s, x.rows, x.cols, size);
    engine.parallel(`gather_rows_${dtype}`, [x.cols, x.ptr, x.ld, order, out.ptr, out.ld], x.rows, 64);
    return out;
  };
  const inColumns = (x: Placed): Placed => {
    const sorted = placeRows(s, x.rows, x.cols, size);
    engine.parallel(`gather_rows_${dtype}`, [x.cols, x.ptr, x.ld, order, sorted.ptr, sorted.ld], x.rows, 64);
    const out = place(s, x.cols, x.rows, size);
    engine.parallel(`transpose_${dtype}`, [x.rows, sorted.ptr, sorted.ld, out.ptr, out.ld], x.cols, 32);
    return out;
  };
  return {
    s: Float64Array.from(descending, (i) => unscale(values[i]!, scaling)),
    u: inColumns(tall ? long : short),
    vt: inRows(tall ? short : long),
  };
}

interface FirstQr {
  readonly r: Placed;
  readonly at: Placed;
  readonly tau: Ptr;
}

/** T = Q₀·R; the reflections stay in `at`. */
function reduceByQr(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed, scaling: Scaling): FirstQr {
  const size = bytesPerElement[dtype];
  const at = scaled(engine, s, dtype, a, a.rows >= a.cols, scaling);
  const tau = factorQr(engine, s, dtype, at);
  const r = placeRows(s, at.rows, at.rows, size);
  engine.wasm[`transpose_lower_${dtype}`](at.rows, at.rows, at.ptr, at.ld, r.ptr, r.ld);
  return { r, at, tau };
}

/** A or Aᵀ times a power of two, its rows on different sets of the cache. */
function scaled(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed, transposed: boolean, scaling: Scaling): Placed {
  const size = bytesPerElement[dtype];
  const [f, g] = scaling.factors;
  const straight = placeRows(s, a.rows, a.cols, size);
  const inOrder = placeIndices(
    engine,
    s,
    Uint32Array.from({ length: a.cols }, (_, i) => i),
  );
  engine.wasm[`gather_${dtype}`](a.rows, a.cols, a.ptr, a.ld, 1, inOrder, f, g, straight.ptr, straight.ld);
  if (!transposed) return straight;
  const out = placeRows(s, a.cols, a.rows, size);
  engine.parallel(`transpose_${dtype}`, [a.rows, straight.ptr, straight.ld, out.ptr, out.ld], a.cols, 32);
  return out;
}
