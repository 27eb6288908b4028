import type { Floats } from "../../ts-wrapper/engine/engine.ts";
import type { SvdResult } from "../operations.ts";

/** Rows as arrays of numbers. */
export function arrays(a: ArrayLike<number>, rows: number, cols: number): number[][] {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: cols }, (_, j) => a[i * cols + j]!));
}

/** A decomposition with its triplets in descending order; u and v have a column for each. */
export function sortedSvd(u: readonly number[][], s: ArrayLike<number>, v: readonly number[][]): SvdResult {
  const order = Array.from({ length: s.length }, (_, i) => i).sort((i, j) => s[j]! - s[i]!);
  return {
    u: u.flatMap((row) => order.map((j) => row[j]!)),
    s: order.map((j) => s[j]!),
    vt: order.flatMap((j) => v.map((row) => row[j]!)),
  };
}

/** The transpose of a row-major matrix. */
export function transposed(a: Floats, rows: number, cols: number): Floats {
  const out = a.slice();
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = a[i * cols + j]!;
  return out;
}
