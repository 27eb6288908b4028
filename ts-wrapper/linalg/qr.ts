import type { Engine, Floats } from "../engine/engine.ts";
import { type Certificate, certifyQr } from "./certify.ts";
import {
  beyondRange,
  bytesPerElement,
  checkMatrix,
  copyMatrixIn,
  copyMatrixOut,
  type Fresh,
  type Matrix,
  place,
  placeIndices,
  placeRows,
  refuseNotFinite,
} from "./matrix.ts";
import { factorQr, formQ } from "./qr-blocked.ts";
import { scalingFor } from "./scaling.ts";
import { longPeaks, maximum } from "./svd-jacobi.ts";

export interface Qr<F extends Floats = Floats> {
  /** m × min(m, n), orthonormal columns. */
  readonly q: Matrix<Fresh<F>>;
  /** min(m, n) × n, upper triangular (trapezoidal when A is wide); its diagonal may be negative. */
  readonly r: Matrix<Fresh<F>>;
  /** With `certify`: in units of the bound, so at most 1. */
  readonly certificate?: Certificate;
}

export interface QrOptions {
  /** Measure the result against the matrix. Default false. */
  readonly certify?: boolean;
}

/**
 * The thin QR factorisation A = Q·R by Householder reflections (Higham, ASNA 2e, chapter 19): each column of Q·R is within a small
 * multiple of u of its column of A, relative to that column's norm, and Q is orthonormal to a small multiple of u whatever the rank.
 * Multiplying A by a power of two multiplies R by it and changes no bit of Q.
 *
 * Throws `SHAPE` and `DTYPE` for what is no matrix, `FORMAT` for NaN and infinity, and `DTYPE` when R is beyond the type.
 */
export function qr<F extends Floats>(engine: Engine, a: Matrix<F>, { certify = false }: QrOptions = {}): Qr<F> {
  const dtype = checkMatrix("qr", "A", a);
  const { rows: m, cols: n } = a;
  const p = Math.min(m, n);
  const size = bytesPerElement[dtype];
  return engine.scope((s) => {
    const { wasm } = engine;
    const placed = copyMatrixIn(engine, s, a);
    const peak = maximum(longPeaks(engine, s, dtype, placed));
    if (!Number.isFinite(peak)) refuseNotFinite("qr", "A", a);
    const scaling = scalingFor(dtype, m * n, peak);
    const [f, g] = scaling.factors;
    const inOrder = placeIndices(
      engine,
      s,
      Uint32Array.from({ length: Math.max(m, n) }, (_, i) => i),
    );

    const at = placeRows(s, n, m, size); // Aᵀ, then R's columns and the reflections
    wasm[`gather_${dtype}`](n, m, placed.ptr, 1, placed.ld, inOrder, f, g, at.ptr, at.ld);
    const tau = factorQr(engine, s, dtype, at);

    const scaled = place(s, p, n, size);
    const r = place(s, p, n, size);
    wasm[`transpose_lower_${dtype}`](p, n, at.ptr, at.ld, scaled.ptr, n);
    wasm[`gather_${dtype}`](p, n, scaled.ptr, n, 1, inOrder, 1 / f, 1 / g, r.ptr, n);

    const qt = formQ(engine, s, dtype, at, p, tau, p);
    const q = place(s, m, p, size);
    engine.parallel(`transpose_${dtype}`, [p, qt.ptr, qt.ld, q.ptr, p], m, 32);
    const result = { q: copyMatrixOut<F>(s, q, dtype), r: copyMatrixOut<F>(s, r, dtype) };
    if (!result.r.data.every(Number.isFinite)) throw beyondRange("qr", "R", dtype);
    return certify ? { ...result, certificate: certifyQr(engine, a, result as unknown as { q: Matrix; r: Matrix }) } : result;
  });
}
