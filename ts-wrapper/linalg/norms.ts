import { checkMatrix, type Matrix, steps } from "./matrix.ts";
import { exponentOf, powerOfTwo } from "./scaling.ts";

/** `frobenius` √Σ a² · `max` the largest |a| · `one` the largest column sum of |a| · `infinity` the largest row sum of |a|. */
export type NormKind = "frobenius" | "max" | "one" | "infinity";

/**
 * A norm of a matrix, summed in float64 in row order: the same bits on every runtime. NaN if an element is NaN; neither overflows nor
 * vanishes on the way, as long as the norm itself is within float64. Throws `SHAPE` and `DTYPE` for what is no matrix.
 */
export function norm(a: Matrix, kind: NormKind): number {
  checkMatrix("norm", "A", a);
  const peak = fold(a, (most, x) => (x > most || Number.isNaN(x) ? x : most));
  if (kind === "max" || !(peak > 0 && peak < Number.POSITIVE_INFINITY)) return peak;
  // Divided by a power of two near the largest element, sums cannot overflow; what vanishes then is far below the last digit.
  const exponent = Math.max(-1000, Math.min(1000, exponentOf(peak)));
  const down = powerOfTwo(-exponent);
  const up = powerOfTwo(exponent);
  if (kind === "frobenius") return up * Math.sqrt(fold(a, (sum, x) => sum + x * down * (x * down)));
  const sums = new Float64Array(kind === "one" ? a.cols : a.rows);
  each(a, (x, i, j) => {
    sums[kind === "one" ? j : i]! += x * down;
  });
  return up * sums.reduce((most, x) => Math.max(most, x), 0);
}

function fold(a: Matrix, f: (sum: number, absolute: number) => number): number {
  let sum = 0;
  each(a, (x) => {
    sum = f(sum, x);
  });
  return sum;
}

function each(a: Matrix, f: (absolute: number, i: number, j: number) => void): void {
  const { rows, cols, data } = a;
  const step = steps(a);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) f(Math.abs(data[i * step.row + j * step.col]!), i, j);
}
