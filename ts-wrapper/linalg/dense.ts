import type { FloatDtype, Floats } from "../engine/engine.ts";
import { type Fresh, type Matrix, steps } from "./matrix.ts";

/** Matrices outside the engine's memory, element by element: for what is too small, or too seldom, for a kernel. */

/** A result of the type of its operand: that `Fresh<F>` is an F cannot be seen through the conditional type. */
export function typed<F extends Floats>(a: Matrix): Matrix<F> {
  return a as Matrix<F>;
}

/** Zeros of the type. */
export function zeros<F extends Floats>(dtype: FloatDtype, length: number): Fresh<F> {
  return (dtype === "f32" ? new Float32Array(length) : new Float64Array(length)) as Fresh<F>;
}

/** Calls f with each element, row by row. */
export function eachElement(a: Matrix, f: (x: number, i: number, j: number) => void): void {
  const { row, col } = steps(a);
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < a.cols; j++) f(a.data[i * row + j * col]!, i, j);
}

/** Rows `first` … `first + rows − 1` of the first `cols` columns, copied without gaps, in the type of the matrix. */
export function rowsOf<F extends Floats>(a: Matrix<F>, first = 0, rows = a.rows - first, cols = a.cols): Matrix<Fresh<F>> {
  const data = zeros<F>(a.data instanceof Float32Array ? "f32" : "f64", rows * cols);
  return { rows, cols, data: fill(data, a, first, rows, cols) };
}

/** The same in float64. */
export function doubleRowsOf(a: Matrix, first = 0, rows = a.rows - first, cols = a.cols): Matrix<Float64Array<ArrayBuffer>> {
  return { rows, cols, data: fill(new Float64Array(rows * cols), a, first, rows, cols) };
}

/** Aᵀ, copied without gaps. */
export function transposedCopy<F extends Floats>(a: Matrix<F>): Matrix<Fresh<F>> {
  const data = zeros<F>(a.data instanceof Float32Array ? "f32" : "f64", a.rows * a.cols);
  eachElement(a, (x, i, j) => {
    data[j * a.rows + i] = x;
  });
  return { rows: a.cols, cols: a.rows, data };
}

function fill<T extends Floats>(out: T, a: Matrix, first: number, rows: number, cols: number): T {
  const { row, col } = steps(a);
  for (let i = 0; i < rows; i++) {
    const at = (first + i) * row;
    if (col === 1) out.set(a.data.subarray(at, at + cols), i * cols);
    else for (let j = 0; j < cols; j++) out[i * cols + j] = a.data[at + j * col]!;
  }
  return out;
}
