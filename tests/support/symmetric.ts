/** Symmetric matrices with known spectra and known difficulties, and what is measured on their decompositions. In float64. */
import type { FloatDtype } from "../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../ts-wrapper/linalg/matrix.ts";
import { build, normals, orthonormal } from "./matrices.ts";

/** G + Gᵀ with normal G. */
export function symmetric(type: FloatDtype, n: number, seed: number): Matrix {
  const g = normals("f64", n, n, seed);
  return build(type, n, n, (i, j) => g.data[i * n + j]! + g.data[j * n + i]!);
}

/** Q·diag(values)·Qᵀ with a random orthogonal Q, both triangles the same. */
export function withEigenvalues(type: FloatDtype, values: readonly number[], seed: number): Matrix {
  const n = values.length;
  const q = orthonormal(n, n, seed);
  return build(type, n, n, (i, j) => {
    const [high, low] = [Math.max(i, j), Math.min(i, j)];
    return values.reduce((sum, value, k) => sum + q[k]![high]! * value * q[k]![low]!, 0);
  });
}

export function tridiagonal(type: FloatDtype, d: ArrayLike<number>, e: ArrayLike<number>): Matrix {
  return build(type, d.length, d.length, (i, j) => (i === j ? d[i]! : Math.abs(i - j) === 1 ? e[Math.min(i, j)]! : 0));
}

/** Wilkinson's W⁺ of odd order: |i − m| on the diagonal, 1 beside it; its largest eigenvalues are pairs that agree to many digits. */
export function wilkinson(n: number): { d: number[]; e: number[] } {
  return {
    d: Array.from({ length: n }, (_, i) => Math.abs(i - (n - 1) / 2)),
    e: Array.from({ length: n - 1 }, () => 1),
  };
}

/** Copies of W⁺ joined by a small element: clusters in which vectors are hard to keep orthogonal. */
export function gluedWilkinson(n: number, copies: number, glue: number): { d: number[]; e: number[] } {
  const one = wilkinson(n);
  return {
    d: Array.from({ length: copies }, () => one.d).flat(),
    e: Array.from({ length: n * copies - 1 }, (_, i) => ((i + 1) % n === 0 ? glue : 1)),
  };
}

/** The eigenvalues 2 − 2cos(kπ/(n + 1)) of the tridiagonal matrix (−1, 2, −1), ascending. */
export function laplacianEigenvalues(n: number): number[] {
  return Array.from({ length: n }, (_, k) => 4 * Math.sin(((k + 1) * Math.PI) / (2 * (n + 1))) ** 2);
}

/** ‖A·V − V·diag(w)‖/‖A‖ in Frobenius norms (‖A‖ = 0 counts as 1); A's lower triangle is taken. */
export function eigenError(a: Matrix, w: ArrayLike<number>, v: Matrix): number {
  const n = a.rows;
  const at = (i: number, j: number): number => a.data[Math.max(i, j) * n + Math.min(i, j)]!;
  let square = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += at(i, j) * v.data[j * n + k]!;
      square += (sum - w[k]! * v.data[i * n + k]!) ** 2;
      total += at(i, k) ** 2;
    }
  }
  return Math.sqrt(square) / (Math.sqrt(total) || 1);
}

/** The largest |gotᵢ − wantᵢ| over the largest |wantᵢ| (0 counts as 1), both ascending. */
export function spectrumError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  const size = Array.from(want).reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1;
  return Array.from(want).reduce((most, x, i) => Math.max(most, Math.abs(got[i]! - x)), 0) / size;
}

export function isAscending(w: ArrayLike<number>): boolean {
  return Array.from(w).every((x, i) => i === 0 || x >= w[i - 1]!);
}
