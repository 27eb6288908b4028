import type { Engine, FloatDtype, Floats, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { jacobiEigh } from "./eigh-jacobi.ts";
import { tridiagonalEigh } from "./eigh-tridiagonal.ts";
import {
  beyondRange,
  bytesPerElement,
  checkInteger,
  checkMatrix,
  checkWord,
  copyMatrixIn,
  copyMatrixOut,
  type Fresh,
  type Matrix,
  type Placed,
  place,
  placeIndices,
  steps,
} from "./matrix.ts";
import { type Scaling, unscale } from "./scaling.ts";

export const eighMethods = ["auto", "jacobi", "tridiagonal"] as const;
export type EighMethod = (typeof eighMethods)[number];

export interface EighOptions {
  /** `full`: v holds n eigenvectors in its columns; `none`: eigenvalues alone, by a shorter way. Default `full`. */
  readonly vectors?: "full" | "none";
  /**
   * `jacobi`: rotations until the matrix is diagonal; each eigenvalue of a positive definite matrix is right relative to itself as
   * far as the matrix with a unit diagonal is well-conditioned. `tridiagonal`: Householder's tridiagonal form, then divide and conquer.
   * `auto`: `jacobi` up to 12 rows, else `tridiagonal`. Default `auto`.
   */
  readonly method?: EighMethod;
  /** The triangle that is read, as in numpy: `L` lower, `U` upper. The other one may hold anything. Default `L`. */
  readonly uplo?: "L" | "U";
  /** Given, both triangles are compared first: |a[i, j] − a[j, i]| may be at most this many times the largest element. Not given, they are not. */
  readonly symmetryTolerance?: number;
  /** Sweeps of `jacobi` after which `NO_CONVERGENCE` is thrown. Default 40; few matrices need more than 10. */
  readonly maxSweeps?: number;
}

export interface Eigenvalues<F extends Floats = Floats> {
  /** n eigenvalues, ascending. */
  readonly w: Fresh<F>;
  /** What `auto` chose. */
  readonly method: "jacobi" | "tridiagonal";
}

export interface Eigh<F extends Floats = Floats> extends Eigenvalues<F> {
  /** n × n: column i is the eigenvector of w[i], of length 1. */
  readonly v: Matrix<Fresh<F>>;
}

/** Rows up to which rotations alone are no slower: measured. */
const JACOBI_ROWS = 12;
const DEFAULT_SWEEPS = 40;

/**
 * The eigenvalues and eigenvectors A = V·diag(w)·Vᵀ of a symmetric n×n matrix, of which one triangle is read.
 *
 * Errors are a small multiple of n·u·‖A‖ for each eigenvalue (Weyl) and for A − V·diag(w)·Vᵀ, of n·u for the orthonormality of v; better for
 * positive definite matrices with `method: "jacobi"`. Multiplying A by a power of two multiplies w by it and changes no bit of v. Signs of
 * eigenvectors are not normalised. Split over the threads of the engine, to the same bits whatever their number.
 *
 * Throws `SHAPE` for what is not square, `DTYPE` for other types, `FORMAT` for NaN and infinity in the triangle and for triangles further
 * apart than `symmetryTolerance`, `NO_CONVERGENCE` after `maxSweeps`, and `DTYPE` when an eigenvalue is beyond the type.
 */
export function eigh<F extends Floats>(
  engine: Engine,
  a: Matrix<F>,
  options: EighOptions & { readonly vectors: "none" },
): Eigenvalues<F>;
export function eigh<F extends Floats>(
  engine: Engine,
  a: Matrix<F>,
  options?: EighOptions & { readonly vectors?: "full" },
): Eigh<F>;
export function eigh<F extends Floats>(engine: Engine, a: Matrix<F>, options: EighOptions = {}): Eigenvalues<F> | Eigh<F> {
  const { vectors = "full", method: asked = "auto", uplo = "L", symmetryTolerance, maxSweeps = DEFAULT_SWEEPS } = options;
  const dtype = checkMatrix("eigh", "A", a);
  const n = a.rows;
  if (a.cols !== n)
    throw new LowrankError("SHAPE", "eigh", `A is ${n}×${a.cols}, a square matrix was needed; svd takes any shape`);
  checkWord("eigh", "vectors", vectors, ["full", "none"]);
  checkWord("eigh", "method", asked, eighMethods);
  checkWord("eigh", "uplo", uplo, ["L", "U"]);
  checkInteger("eigh", "maxSweeps", maxSweeps, 1, 1000);
  const method = asked !== "auto" ? asked : n <= JACOBI_ROWS ? "jacobi" : "tridiagonal";
  return engine.scope((s) => {
    const placed = copyMatrixIn(engine, s, a);
    const peak = trianglePeak(engine, dtype, placed, uplo);
    if (!Number.isFinite(peak)) refuseTriangle("eigh", "A", a, uplo);
    if (symmetryTolerance !== undefined) refuseAsymmetric(a, symmetryTolerance);
    const wanted = vectors === "full";
    const found =
      method === "jacobi"
        ? jacobiEigh(engine, s, dtype, placed, uplo, peak, { vectors: wanted, maxSweeps })
        : tridiagonalEigh(engine, s, dtype, placed, uplo, peak, wanted);
    return finish<F>(engine, s, dtype, a.data, method, found);
  });
}

/** What a method leaves: eigenvalues of the scaled matrix in no order, and their eigenvectors in rows. */
export interface Decomposed {
  readonly values: Float64Array;
  readonly rows: Placed | undefined;
  readonly scaling: Scaling;
}

/** Eigenvalues ascending and in the size of A, eigenvectors in columns. */
function finish<F extends Floats>(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  like: F,
  method: "jacobi" | "tridiagonal",
  { values, rows, scaling }: Decomposed,
): Eigenvalues<F> | Eigh<F> {
  const n = values.length;
  const order = Uint32Array.from(values.keys()).sort((i, j) => values[i]! - values[j]! || i - j);
  const w = like instanceof Float32Array ? new Float32Array(n) : new Float64Array(n);
  order.forEach((from, i) => {
    w[i] = unscale(values[from]!, scaling);
  });
  if (!w.every(Number.isFinite)) {
    throw beyondRange("eigh", "an eigenvalue", dtype);
  }
  const result = { w: w as Fresh<F>, method };
  if (!rows) return result;
  return { ...result, v: copyMatrixOut<F>(s, columnsInOrder(engine, s, dtype, rows, order), dtype) };
}

/** The rows `order` of X as the columns of a matrix. */
function columnsInOrder(engine: Engine, s: Scope, dtype: FloatDtype, x: Placed, order: Uint32Array): Placed {
  const n = x.rows;
  const size = bytesPerElement[dtype];
  const v = place(s, n, n, size);
  engine.scope((inner) => {
    const sorted = place(inner, n, n, size);
    engine.parallel(`gather_rows_${dtype}`, [n, x.ptr, x.ld, placeIndices(engine, inner, order), sorted.ptr, n], n, 32);
    engine.parallel(`transpose_${dtype}`, [n, sorted.ptr, n, v.ptr, n], n, 32);
  });
  return v;
}

/** The largest absolute value of the triangle; NaN or infinite if there is one in it. */
export function trianglePeak(engine: Engine, dtype: FloatDtype, a: Placed, uplo: "L" | "U"): number {
  const [rs, cs] = uplo === "L" ? [a.ld, 1] : [1, a.ld];
  return engine.wasm[`triangle_peak_${dtype}`](a.rows, a.ptr, rs, cs);
}

/** Throws `FORMAT` and names the first element of the triangle that is NaN or infinite. */
export function refuseTriangle(what: string, name: string, a: Matrix, uplo: "L" | "U"): void {
  const { row, col } = steps(a);
  for (let i = 0; i < a.rows; i++) {
    for (let j = uplo === "L" ? 0 : i; j < (uplo === "L" ? i + 1 : a.cols); j++) {
      const x = a.data[i * row + j * col]!;
      if (Number.isFinite(x)) continue;
      throw new LowrankError(
        "FORMAT",
        what,
        `element (${i}, ${j}) of ${name} is ${x}, finite numbers were needed; find where it comes from`,
      );
    }
  }
}

/** Throws `FORMAT` and names the first pair of elements that are too far apart. */
function refuseAsymmetric(a: Matrix, tolerance: number): void {
  if (!(tolerance >= 0)) {
    throw new LowrankError("USAGE", "eigh", `symmetryTolerance is ${tolerance}, a number from 0 was needed`);
  }
  const { row, col } = steps(a);
  let peak = 0;
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.cols; j++) peak = Math.max(peak, Math.abs(a.data[i * row + j * col]!));
  }
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < i; j++) {
      const [x, y] = [a.data[i * row + j * col]!, a.data[j * row + i * col]!];
      if (Math.abs(x - y) <= tolerance * peak) continue;
      throw new LowrankError(
        "FORMAT",
        "eigh",
        `element (${i}, ${j}) of A is ${x} and (${j}, ${i}) is ${y}, a symmetric matrix was needed; raise symmetryTolerance or leave it out to read one triangle`,
      );
    }
  }
}
