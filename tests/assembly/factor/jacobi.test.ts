import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, graded, normals, orthonormalityError, relativeError, transposed } from "../../support/matrices.ts";
import { referenceSingularValues } from "../../support/reference-svd.ts";

interface Swept {
  readonly sweeps: number;
  readonly norms: Float64Array;
  readonly peak: number;
  /** X, then G. */
  readonly x: Matrix;
  readonly g: Matrix;
}

/** Sweeps over [A | I], rows 2 elements apart, until nothing is rotated. */
function sweep(engine: Engine, type: FloatDtype, a: Matrix, tiny = 0): Swept {
  const { rows, cols: n } = a;
  const width = n + rows;
  const ld = width + 2;
  const w = floatsOf(type, (rows - 1) * ld + width);
  for (let i = 0; i < rows; i++) {
    w.set(a.data.subarray(i * n, (i + 1) * n), i * ld);
    w[i * ld + n + i] = 1;
  }
  const tol = Math.max(4, Math.sqrt(n)) * unit[type];
  let sweeps = 0;
  const after = fenced(
    engine,
    [operand("w", w), operand("norms", new Float64Array(rows)), operand("peak", new Float64Array(1))],
    (pw, norms, peak) => {
      for (sweeps = 1; engine.wasm[`jacobi_sweep_${type}`](rows, n, width, pw!, ld, tol, tiny, norms!, peak!) > 0; sweeps++) {
        assert.ok(sweeps < 40, "no convergence");
      }
    },
  );
  const out = asFloats(type, after[0]!);
  for (let i = 0; i + 1 < rows; i++) assert.deepEqual([...out.subarray(i * ld + width, (i + 1) * ld)], [0, 0], `gap ${i}`);
  const part = (from: number, cols: number): Matrix => build(type, rows, cols, (i, j) => out[i * ld + from + j]!);
  return {
    sweeps,
    norms: asFloats("f64", after[1]!) as Float64Array,
    peak: asFloats("f64", after[2]!)[0]!,
    x: part(0, n),
    g: part(n, rows),
  };
}

function largestDifference(x: Floats, y: Float64Array): number {
  return Array.from(x).reduce((most, value, i) => Math.max(most, Math.abs(value - y[i]!)), 0);
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    const u = unit[type];

    for (const [rows, n] of [
      [1, 1],
      [1, 4],
      [2, 2],
      [3, 9],
      [16, 16],
      [33, 40],
    ] as const) {
      test(`jacobi_sweep_${type} ${rows}×${n} on ${name}: norms are the singular values to 8n·u·σ₁, G orthonormal and X = G·A to 8n·u`, () => {
        const a = normals(type, rows, n, rows + n);
        const { norms, x, g, peak } = sweep(engine, type, a);
        const want = referenceSingularValues(rows, n, a.data);
        const bound = 8 * n * u;
        assert.ok(largestDifference(norms, want) <= bound * want[0]!, `values off by ${largestDifference(norms, want)}`);
        assert.ok(
          [...norms].every((value, i) => i === 0 || value <= norms[i - 1]!),
          "norms descend",
        );
        assert.ok(peak <= Math.max(4, Math.sqrt(n)) * u, `cosine ${peak}`);
        assert.ok(orthonormalityError(g, "rows") <= bound);
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let k = 0; k < rows; k++) sum += g.data[i * rows + k]! * a.data[k * n + j]!;
            assert.ok(Math.abs(sum - x.data[i * n + j]!) <= bound * want[0]!, `X (${i}, ${j})`);
          }
        }
      });
    }

    test(`jacobi_sweep_${type} on ${name}: rows graded over ${type === "f32" ? "2³⁰" : "2²⁰⁰"} keep every singular value to 200n·u of itself`, () => {
      const a = graded(type, 20, type === "f32" ? -30 : -200, "rows", 4);
      const { norms } = sweep(engine, type, a);
      // The reference is given columns, which it takes as rows of its own.
      const want = referenceSingularValues(20, 20, transposed(a).data);
      assert.ok(relativeError(norms, want) <= 200 * 20 * u, `off by ${relativeError(norms, want)}`);
    });

    test(`jacobi_sweep_${type} on ${name}: norms 2^±${type === "f32" ? 40 : 470} apart neither overflow nor stall`, () => {
      const size = type === "f32" ? 2 ** 40 : 2 ** 470;
      const { norms, sweeps } = sweep(
        engine,
        type,
        build(type, 2, 2, (i, j) => (i === 0 ? size : (j + 1) / size)),
      );
      assert.ok(sweeps <= 3);
      assert.ok(Math.abs(norms[0]! / (size * Math.SQRT2) - 1) <= 4 * u);
      assert.ok(Math.abs((norms[1]! * size) / Math.SQRT1_2 - 1) <= 4 * u, `${norms[1]}`);
    });

    test(`jacobi_sweep_${type} on ${name}: zero rows, equal rows, rows of norm ≤ tiny, which are cleared`, () => {
      const { norms, g } = sweep(
        engine,
        type,
        build(type, 4, 3, (i) => (i === 1 ? 0 : 1)),
        1e-20,
      );
      assert.ok(Math.abs(norms[0]! - 3) <= 8 * u);
      assert.ok(norms.subarray(1).every((x) => x <= 8 * u));
      assert.ok(orthonormalityError(g, "rows") <= 16 * u);
      const cleared = sweep(
        engine,
        type,
        build(type, 2, 3, (i, j) => (i === 0 ? 2 ** -20 : Number(j === 1))),
        2 ** -19,
      );
      assert.deepEqual([...cleared.norms], [1, 0]);
      assert.deepEqual([...cleared.x.data], [0, 1, 0, 0, 0, 0]);
    });
  }
}
