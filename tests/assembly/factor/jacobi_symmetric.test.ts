import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype } from "../../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, relativeError, transposed } from "../../support/matrices.ts";
import { referenceSingularValues } from "../../support/reference-svd.ts";
import { eigenError, symmetric } from "../../support/symmetric.ts";

/** Sweeps over A, rows 1 element apart, beside V = I, until nothing is rotated. */
function sweep(engine: Engine, type: FloatDtype, a: Matrix, vectors = true) {
  const n = a.rows;
  const ld = n + 1;
  const spread = (m: Matrix) =>
    floatsOf(type, n * ld - 1).map((_, k) => (k % ld < n ? m.data[Math.floor(k / ld) * n + (k % ld)]! : 0));
  let sweeps = 0;
  const after = fenced(
    engine,
    [
      operand("a", spread(a)),
      operand("v", spread(build(type, n, n, (i, j) => Number(i === j)))),
      operand("peak", new Float64Array(1)),
    ],
    (pa, pv, peak) => {
      const v = vectors ? pv! : 0;
      for (sweeps = 1; engine.wasm[`jacobi_symmetric_${type}`](n, pa!, ld, v, ld, n, unit[type], peak!) > 0; sweeps++) {
        assert.ok(sweeps < 30, "no convergence");
      }
    },
  );
  const [d, v] = [asFloats(type, after[0]!), asFloats(type, after[1]!)];
  return {
    sweeps,
    w: Array.from({ length: n }, (_, i) => d[i * (ld + 1)]!),
    v: transposed(build(type, n, n, (i, j) => v[i * ld + j]!)),
    peak: asFloats("f64", after[2]!)[0]!,
  };
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    const u = unit[type];

    test(`jacobi_symmetric_${type} on ${name}: orders 1 to 33, V orthonormal and A·V − V·Λ to 8n·u, the same values without V`, () => {
      for (const n of [1, 2, 3, 8, 17, 33]) {
        const a = symmetric(type, n, n);
        const { sweeps, w, v } = sweep(engine, type, a);
        assert.ok(sweeps <= 10, `${sweeps} sweeps`);
        assert.ok(orthonormalityError(v, "columns") <= 8 * n * u, `n = ${n}`);
        assert.ok(eigenError(a, w, v) <= 8 * n * u, `n = ${n}: ${eigenError(a, w, v) / u} u`);
        assert.deepEqual(sweep(engine, type, a, false).w, w);
      }
    });

    test(`jacobi_symmetric_${type} on ${name}: D·B·D with D over ${type === "f32" ? "2²⁰" : "2⁶⁰"} keeps every eigenvalue to 100n·u of itself`, () => {
      const n = 12;
      const g = normals("f64", n, 3 * n, 5).data;
      const scale = (i: number): number => 2 ** -Math.round((((i * 7) % n) / n) * (type === "f32" ? 20 : 60));
      const a = build(type, n, n, (i, j) => {
        let sum = 0;
        for (let k = 0; k < 3 * n; k++) sum += g[Math.max(i, j) * 3 * n + k]! * g[Math.min(i, j) * 3 * n + k]!;
        return sum * scale(i) * scale(j);
      });
      const w = sweep(engine, type, a).w.sort((x, y) => y - x);
      const error = relativeError(w, referenceSingularValues(n, n, a.data));
      assert.ok(error <= 100 * n * u, `${error / u} u`);
    });

    test(`jacobi_symmetric_${type} on ${name}: zero, diagonal, equal and singular matrices end; peak is the largest element met`, () => {
      assert.deepEqual(
        sweep(
          engine,
          type,
          build(type, 3, 3, () => 0),
        ).w,
        [0, 0, 0],
      );
      const diagonal = sweep(
        engine,
        type,
        build(type, 3, 3, (i, j) => (i === j ? i - 1 : 0)),
      );
      assert.deepEqual([diagonal.w, diagonal.sweeps], [[-1, 0, 1], 1]);
      const ones = sweep(
        engine,
        type,
        build(type, 9, 9, () => 1),
      );
      assert.ok(Math.abs(Math.max(...ones.w) - 9) <= 72 * u);
      assert.ok(ones.w.filter((x) => Math.abs(x) <= 72 * u).length === 8);
      const { w, peak } = sweep(
        engine,
        type,
        build(type, 2, 2, (i, j) => (i === j ? 0 : 3)),
      );
      assert.deepEqual(
        [...w].sort((x, y) => x - y).map((x) => Math.round(x * 1e6) / 1e6),
        [-3, 3],
      );
      assert.ok(peak <= 6 * u);
    });
  }
}
