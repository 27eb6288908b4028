import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../../ts-wrapper/engine/create.ts";
import { probe } from "../../../ts-wrapper/engine/features.ts";
import { copyMatrixIn, copyMatrixOut } from "../../../ts-wrapper/linalg/matrix.ts";
import { longPeaks, maximum, svdJacobi } from "../../../ts-wrapper/linalg/svd-jacobi.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, reconstructionError } from "../../support/matrices.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`longPeaks ${type} on ${name}: of rows when tall or square, of columns when wide, NaN kept`, () => {
      const peaks = (rows: number, cols: number, bad?: number): number[] =>
        engine.scope((s) => {
          const a = build(type, rows, cols, (i, j) => (i * cols + j === bad ? Number.NaN : (i + 1) * (j % 2 ? -1 : 1) * (j + 1)));
          return [...longPeaks(engine, s, type, copyMatrixIn(engine, s, a))];
        });
      assert.deepEqual(peaks(3, 2), [2, 4, 6]);
      assert.deepEqual(peaks(2, 2), [2, 4]);
      assert.deepEqual(peaks(2, 3), [2, 4, 6]);
      assert.deepEqual(peaks(3, 2, 2), [2, Number.NaN, 6]);
      assert.deepEqual(peaks(2, 3, 2), [2, 4, Number.NaN]);
    });

    test(`svdJacobi ${type} on ${name}: a matrix whose rows lie apart, vectors left in the engine's memory, values not rounded to the type`, () => {
      engine.scope((s) => {
        const a = normals(type, 9, 6, 3);
        const spread = copyMatrixIn(
          engine,
          s,
          build(type, 9, 8, (i, j) => (j < 6 ? a.data[i * 6 + j]! : Number.NaN)),
        );
        const placed = { ...spread, cols: 6 };
        const peaks = longPeaks(engine, s, type, placed);
        const {
          s: values,
          u,
          vt,
          offNorm,
          sweeps,
        } = svdJacobi(engine, s, type, "test", placed, peaks, { vectors: "thin", maxSweeps: 30 });
        const [left, right] = [copyMatrixOut(s, u!, type), copyMatrixOut(s, vt!, type)];
        const bound = 30 * unit[type];
        assert.ok(values instanceof Float64Array);
        assert.ok(reconstructionError(a, left, values, right) <= bound);
        assert.ok(orthonormalityError(left, "columns") <= bound && orthonormalityError(right, "rows") <= bound);
        assert.ok(sweeps >= 2 && offNorm <= 4 * unit[type]);
      });
      assert.equal(engine.live(), 0);
    });
  }
}

test("svdJacobi: the bits do not depend on the number of threads, where rounds of a sweep are shared out and where they are not", async () => {
  if (!probe().threads.available) return;
  const engines = await Promise.all(
    [1, 2, 3, 5].map((threads) => createEngine({ build: threads > 1 ? "simd-threads" : "simd", threads })),
  );
  for (const type of floatTypes) {
    for (const [rows, cols] of [
      [140, 131],
      [40, 300],
      [30, 30],
    ] as const) {
      const a = normals(type, rows, cols, 7);
      const results = engines.map((engine) =>
        engine.scope((s) => {
          const placed = copyMatrixIn(engine, s, a);
          const options = { vectors: "thin", maxSweeps: 30 } as const;
          const { s: values, u, vt } = svdJacobi(engine, s, type, "test", placed, longPeaks(engine, s, type, placed), options);
          return [values, copyMatrixOut(s, u!, type).data, copyMatrixOut(s, vt!, type).data];
        }),
      );
      for (const result of results) {
        result.forEach((x, i) => {
          same(x, results[0]![i]!, `${type} ${rows}×${cols}`);
        });
      }
    }
  }
  for (const engine of engines) engine[Symbol.dispose]();
});

test("maximum: the largest, 0 for none, NaN if there is one", () => {
  assert.equal(maximum(Float64Array.of(1, 3, 2)), 3);
  assert.equal(maximum(new Float64Array(0)), 0);
  assert.ok(Number.isNaN(maximum(Float64Array.of(1, Number.NaN, 2))));
});
