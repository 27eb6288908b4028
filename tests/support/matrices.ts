/** Matrices with known spectra and known difficulties, and what is measured on a decomposition. All in float64, the same on every runtime. */
import type { FloatDtype, Floats } from "../../ts-wrapper/engine/engine.ts";
import { gaussian } from "../../ts-wrapper/linalg/gaussian.ts";
import type { Matrix } from "../../ts-wrapper/linalg/matrix.ts";
import { floatsOf } from "./floats.ts";
import { rng } from "./rng.ts";

/** A matrix of the given type, element by element. */
export function build(type: FloatDtype, rows: number, cols: number, element: (i: number, j: number) => number): Matrix {
  return {
    rows,
    cols,
    data: floatsOf(
      type,
      Float64Array.from({ length: rows * cols }, (_, k) => element(Math.floor(k / cols), k % cols)),
    ),
  };
}

export function normals(type: FloatDtype, rows: number, cols: number, seed: number): Matrix {
  const next = gaussian(seed);
  return build(type, rows, cols, () => next());
}

export function transposed(a: Matrix): Matrix {
  const { rows, cols, data } = a;
  return build(typeOf(data), cols, rows, (i, j) => data[j * cols + i]!);
}

/** Every element times a power of two (exact in range). */
export function times(a: Matrix, factor: number): Matrix {
  return {
    ...a,
    data: floatsOf(
      typeOf(a.data),
      Float64Array.from(a.data, (x) => x * factor),
    ),
  };
}

export const typeOf = (data: Floats): FloatDtype => (data instanceof Float32Array ? "f32" : "f64");

/** k orthonormal rows of length n, by Gram and Schmidt, twice. */
export function orthonormal(k: number, n: number, seed: number): Float64Array[] {
  const next = gaussian(seed);
  const rows = Array.from({ length: k }, () => Float64Array.from({ length: n }, next));
  rows.forEach((row, i) => {
    for (const other of [...rows.slice(0, i), ...rows.slice(0, i)]) {
      const share = inner(row, other);
      other.forEach((x, j) => {
        row[j]! -= share * x;
      });
    }
    const length = Math.sqrt(inner(row, row));
    row.forEach((x, j) => {
      row[j] = x / length;
    });
  });
  return rows;
}

/** U·diag(values)·Vᵀ with random orthonormal U and V. */
export function withSpectrum(type: FloatDtype, rows: number, cols: number, values: readonly number[], seed: number): Matrix {
  const u = orthonormal(values.length, rows, seed);
  const v = orthonormal(values.length, cols, seed + 1);
  return build(type, rows, cols, (i, j) => values.reduce((sum, s, k) => sum + u[k]![i]! * s * v[k]![j]!, 0));
}

export function hilbert(type: FloatDtype, n: number): Matrix {
  return build(type, n, n, (i, j) => 1 / (i + j + 1));
}

/** Kahan's upper triangular matrix, on which pivoting by columns finds nothing to exchange and misjudges the rank. */
export function kahan(type: FloatDtype, n: number, sine = 0.9): Matrix {
  const cosine = Math.sqrt(1 - sine * sine);
  return build(type, n, n, (i, j) => (i > j ? 0 : sine ** i * (i === j ? 1 : -cosine)));
}

/** D₁·B·D₂ with normal B and diagonals of the powers of two from 2⁰ down to 2^lowest, shuffled; a side that is not named is 1. */
export function graded(type: FloatDtype, n: number, lowest: number, sides: "rows" | "columns" | "both", seed: number): Matrix {
  const next = gaussian(seed);
  const shuffle = rng(seed);
  const scales = (named: boolean): number[] => {
    const powers = Array.from({ length: n }, (_, k) => 2 ** Math.round((lowest * k) / Math.max(1, n - 1)));
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor(shuffle() * (i + 1));
      [powers[i], powers[j]] = [powers[j]!, powers[i]!];
    }
    return named ? powers : powers.fill(1);
  };
  const left = scales(sides !== "columns");
  const right = scales(sides !== "rows");
  return build(type, n, n, (i, j) => next() * left[i]! * right[j]!);
}

/** ‖A − U·diag(s)·Vᵀ‖/‖A‖ in Frobenius norms (‖A‖ = 0 counts as 1). */
export function reconstructionError(a: Matrix, u: Matrix, s: ArrayLike<number>, vt: Matrix): number {
  let square = 0;
  let total = 0;
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.cols; j++) {
      const x = a.data[i * a.cols + j]!;
      let sum = 0;
      for (let k = 0; k < s.length; k++) sum += u.data[i * u.cols + k]! * s[k]! * vt.data[k * vt.cols + j]!;
      square += (x - sum) ** 2;
      total += x * x;
    }
  }
  return Math.sqrt(square) / (Math.sqrt(total) || 1);
}

/** The largest element of |W·Wᵀ − I| for the rows or columns of a matrix. */
export function orthonormalityError(w: Matrix, along: "rows" | "columns"): number {
  const m = along === "rows" ? w : transposed(w);
  const rows = Array.from({ length: m.rows }, (_, i) => m.data.subarray(i * m.cols, (i + 1) * m.cols));
  let most = 0;
  rows.forEach((x, i) => {
    for (let j = 0; j <= i; j++) most = Math.max(most, Math.abs(inner(x, rows[j]!) - (i === j ? 1 : 0)));
  });
  return most;
}

/** The largest |got − want|/want. */
export function relativeError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  return Array.from(want).reduce((most, w, i) => Math.max(most, Math.abs(got[i]! - w) / (w || 1)), 0);
}

function inner(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += x[j]! * y[j]!;
  return sum;
}

/** op(X)'s element in any order and stride. */
export function elementOf(x: Matrix, i: number, j: number, trans = false): number {
  const [row, col] = trans ? [j, i] : [i, j];
  return x.order === "column" ? x.data[col * (x.stride ?? x.rows) + row]! : x.data[row * (x.stride ?? x.cols) + col]!;
}

/** The same matrix as it may be given: dense, with NaN between its rows, by columns, and as a part of a larger one by columns. */
export function forms(a: Matrix): { readonly form: string; readonly a: Matrix }[] {
  const type = typeOf(a.data);
  const { rows, cols } = a;
  const at = (i: number, j: number): number => (i < rows && j < cols ? a.data[i * cols + j]! : Number.NaN);
  const wide = build(type, rows, cols + 3, at);
  const long = build(type, cols, rows + 2, (j, i) => at(i, j));
  return [
    { form: "dense", a },
    { form: "wider rows", a: { rows, cols, data: wide.data, stride: cols + 3 } },
    { form: "columns", a: { rows, cols, data: transposed(a).data, order: "column" } },
    { form: "longer columns", a: { rows, cols, data: long.data, stride: rows + 2, order: "column" } },
  ];
}

/** Eigenvalues given, in a random basis: symmetric. */
export function symmetric(type: FloatDtype, values: readonly number[], seed: number): Matrix {
  const q = orthonormal(values.length, values.length, seed);
  return build(type, values.length, values.length, (i, j) => values.reduce((sum, x, k) => sum + x * (q[k]![i]! * q[k]![j]!), 0));
}

/** Wilkinson's, on which partial pivoting lets the last column grow to 2ⁿ⁻¹. */
export function wilkinson(type: FloatDtype, n: number): Matrix {
  return build(type, n, n, (i, j) => (i === j || j === n - 1 ? 1 : i > j ? -1 : 0));
}
