import type { Floats } from "../engine/engine.ts";
import { checkInteger, checkMatrix, type Matrix, steps, stored } from "./matrix.ts";

/** A part of a matrix: rows `row` … `row + rows − 1` and so on. What is left out reaches from the start, or to the end. */
export interface Part {
  readonly row?: number;
  readonly col?: number;
  readonly rows?: number;
  readonly cols?: number;
}

/**
 * A part of a matrix on the same data: nothing is copied, and a change of either shows in both. Throws `SHAPE` and `DTYPE` for what is no
 * matrix, and `USAGE` for a part that reaches beyond it.
 */
export function view<F extends Floats>(a: Matrix<F>, part: Part): Matrix<F> {
  checkMatrix("view", "A", a);
  const { row = 0, col = 0 } = part;
  checkInteger("view", "row", row, 0, a.rows);
  checkInteger("view", "col", col, 0, a.cols);
  const { rows = a.rows - row, cols = a.cols - col } = part;
  checkInteger("view", "rows", rows, 0, a.rows - row);
  checkInteger("view", "cols", cols, 0, a.cols - col);
  const step = steps(a);
  const data = a.data.subarray(row * step.row + col * step.col) as F;
  return { ...a, rows, cols, data, stride: stored(a).stride };
}

/**
 * Aᵀ on the same data: nothing is copied, and a change of either shows in both. Every function that takes a matrix takes it; products pack
 * their panels from it as it lies. Throws `SHAPE` and `DTYPE` for what is no matrix.
 */
export function transpose<F extends Floats>(a: Matrix<F>): Matrix<F> {
  checkMatrix("transpose", "A", a);
  const { rows, cols, data, order = "row" } = a;
  return { rows: cols, cols: rows, data, stride: stored(a).stride, order: order === "row" ? "column" : "row" };
}
