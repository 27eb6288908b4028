import type { Engine, FloatDtype, Floats, Ptr, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { multiply } from "./gemm.ts";
import {
  bytesPerElement,
  checkMatrix,
  copyMatrixIn,
  copyRows,
  type Matrix,
  type Placed,
  place,
  placeRows,
  refuseNotFinite,
} from "./matrix.ts";
import type { LowRank } from "./operator.ts";
import { factorQr } from "./qr-blocked.ts";
import { exponentOf, type Scaling, scalingBy } from "./scaling.ts";
import { lowerTriangle, orthonormalRows } from "./sketch.ts";
import { longPeaks, maximum } from "./svd-jacobi.ts";

/** Σ sᵢ·Bᵢ·Aᵢ = 2^−e · Q₁·C·Q₂ᵀ with orthonormal Q. */
export interface LowRankCore {
  /** Q₁ᵀ: p₁×m; without vectors undefined. */
  readonly q1: Placed | undefined;
  /** Q₂ᵀ: p₂×n. */
  readonly q2: Placed | undefined;
  /** C: p₁×p₂ with p₁ = min(m, r), p₂ = min(n, r), r the sum of the ranks. */
  readonly core: Placed;
  readonly scaling: Scaling;
}

interface Checked {
  readonly m: number;
  readonly n: number;
  readonly r: number;
  readonly dtype: FloatDtype;
}

/** Checks that the factors of each term and the terms go together. Throws `USAGE`, `SHAPE` or `DTYPE`. */
export function checkTerms<F extends Floats>(what: string, terms: readonly LowRank<F>[]): Checked {
  const [first] = terms;
  if (!first) throw new LowrankError("USAGE", what, "there are no terms, at least one was needed");
  const [m, n] = [first.b.rows, first.a.cols];
  const dtype = checkMatrix(what, "B of term 0", first.b);
  let r = 0;
  terms.forEach(({ b, a, scale = 1 }, i) => {
    for (const [name, x] of [[`B of term ${i}`, b] as const, [`A of term ${i}`, a] as const]) {
      const got = checkMatrix(what, name, x);
      if (got !== dtype) throw new LowrankError("DTYPE", what, `B of term 0 is ${dtype}, so ${name} must be too; got ${got}`);
    }
    if (b.cols !== a.rows || b.rows !== m || a.cols !== n) {
      const are = `term ${i} is ${b.rows}×${b.cols} times ${a.rows}×${a.cols}`;
      throw new LowrankError("SHAPE", what, `${are}, ${m}×r times r×${n} was needed`);
    }
    if (!Number.isFinite(scale))
      throw new LowrankError("USAGE", what, `the scale of term ${i} is ${scale}, a finite number was needed`);
    r += b.cols;
  });
  return { m, n, r, dtype };
}

/**
 * The sum in orthonormal bases of its columns and rows, in 4(m + n)r² operations and without a matrix of m×n:
 *
 *   [s₁B₁ s₂B₂ …] = Q₁·R₁    [A₁; A₂; …]ᵀ = Q₂·R₂    C = R₁·R₂ᵀ
 *
 * Each factor is brought near 1 by a power of two and those go into the scale, so that a tiny B beside a huge A does no harm. The result is that of
 * factors changed by a small multiple of max(m, n, r)·u, relative to the norm of each column of B and each row of A: the error of the sum is
 * relative to Σ ‖sᵢBᵢ‖‖Aᵢ‖, which is more than the sum itself where terms cancel.   Higham, ASNA 2e, theorem 19.4
 */
export function lowRankCore<F extends Floats>(
  engine: Engine,
  s: Scope,
  what: string,
  terms: readonly LowRank<F>[],
  { m, n, r, dtype }: Checked,
  vectors: boolean,
): LowRankCore {
  const left = placeRows(s, r, m, bytesPerElement[dtype]); // rows: columns of B
  const right = placeRows(s, r, n, bytesPerElement[dtype]);
  const exponent = engine.scope((inner) => {
    const placed = terms.map(({ b, a, scale = 1 }, i) => ({
      b: copyFinite(engine, inner, what, `B of term ${i}`, b),
      a: copyFinite(engine, inner, what, `A of term ${i}`, a),
      scale,
    }));
    const sizes = placed
      .filter(({ scale }) => scale !== 0)
      .map(({ b, a, scale }) => exponentOf(Math.abs(scale)) + b.exponent + a.exponent);
    const up = sizes.length === 0 ? 0 : clamp(-Math.max(...sizes));
    let at = 0;
    for (const { b, a, scale } of placed) {
      const [to, ta] = [rowsFrom(left, at, b.cols, dtype), rowsFrom(right, at, a.rows, dtype)];
      engine.parallel(`transpose_${dtype}`, [m, b.ptr, b.ld, to.ptr, to.ld], b.cols, 16);
      copyRows(engine, dtype, a, ta);
      scaleRows(engine, dtype, to, [...scalingBy(-b.exponent).factors, weight(scale, b.exponent + a.exponent + up)]);
      scaleRows(engine, dtype, ta, scalingBy(-a.exponent).factors);
      at += b.cols;
    }
    return up;
  });

  const [q1, q2] = [left, right].map((x) => {
    if (vectors) return orthonormalRows(engine, s, dtype, x);
    factorQr(engine, s, dtype, x);
    return undefined;
  });
  const [l1, l2] = [lowerTriangle(engine, s, dtype, left), lowerTriangle(engine, s, dtype, right)]; // R₁ᵀ and R₂ᵀ
  const core = place(s, l1.cols, l2.cols, bytesPerElement[dtype]);
  multiply(engine, s, dtype, { transA: true }, l1, l2, core);
  return { q1, q2, core, scaling: scalingBy(exponent) };
}

interface Sized extends Placed {
  /** ⌊log₂⌋ of the largest element; 0 if there is none but zeros. */
  readonly exponent: number;
}

function copyFinite(engine: Engine, s: Scope, what: string, name: string, x: Matrix): Sized {
  const placed = copyMatrixIn(engine, s, x);
  if (x.rows === 0 || x.cols === 0) return { ...placed, exponent: 0 };
  const dtype: FloatDtype = x.data instanceof Float32Array ? "f32" : "f64";
  const peak = maximum(longPeaks(engine, s, dtype, placed));
  if (!Number.isFinite(peak)) refuseNotFinite(what, name, x);
  return { ...placed, exponent: peak === 0 ? 0 : exponentOf(peak) };
}

/** What `scalingBy` can take; numbers that far apart vanish beside each other, or are beyond the type. */
const clamp = (exponent: number): number => Math.max(-2000, Math.min(2000, exponent));

/** scale·2^exponent, at most about 2 in size; 0 where it is too small to count. */
function weight(scale: number, exponent: number): number {
  if (scale === 0 || exponentOf(Math.abs(scale)) + exponent < -1000) return 0;
  const [f, g] = scalingBy(clamp(exponent)).factors;
  return scale * f * g;
}

function rowsFrom(x: Placed, first: number, rows: number, dtype: FloatDtype): Placed {
  return { ...x, ptr: (x.ptr + first * x.ld * bytesPerElement[dtype]) as Ptr, rows };
}

function scaleRows(engine: Engine, dtype: FloatDtype, x: Placed, factors: readonly number[]): void {
  for (const factor of factors) if (factor !== 1) engine.wasm[`scal_${dtype}`](x.rows * x.ld, factor, x.ptr);
}
