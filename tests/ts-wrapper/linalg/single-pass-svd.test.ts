import assert from "node:assert/strict";
import { test } from "node:test";
import { typed } from "../../../ts-wrapper/linalg/dense.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { singlePassSvd } from "../../../ts-wrapper/linalg/single-pass-svd.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, reconstructionError, withSpectrum } from "../../support/matrices.ts";

const part = (a: Matrix, i0: number, i1: number): Matrix => ({
  rows: i1 - i0,
  cols: a.cols,
  data: a.data.subarray(i0 * a.cols, i1 * a.cols),
});

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`singlePassSvd ${type} on ${name}: rank 3 is reproduced to 200√n·u from rows in any order and in parts that add up`, () => {
      for (const [m, n] of [
        [40, 30],
        [30, 40],
        [6, 50],
        [50, 6],
      ] as const) {
        const a = withSpectrum(type, m, n, [3, 2, 1], 3);
        const sketch = singlePassSvd(engine, { rows: m, cols: n, dtype: type, rank: 3 });
        const half = build(type, m, n, (i, j) => 0.5 * a.data[i * n + j]!);
        sketch.update(part(half, 5, m), 5);
        sketch.update(part(half, 0, 5), 0);
        sketch.update(half, 0);
        sketch.update(part(half, 2, 2), 2);
        const { u, s, vt } = sketch.result();
        assert.ok(reconstructionError(a, u, s, vt) <= 200 * Math.sqrt(50) * unit[type], `${m}×${n}`);
        assert.ok(orthonormalityError(u, "columns") <= 80 * unit[type] && orthonormalityError(vt, "rows") <= 80 * unit[type]);
      }
      assert.equal(engine.live(), 0);
    });
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

test("singlePassSvd: over 20 seeds the mean squared error is within (1 + 2·2)² of the least, as theorem 4.3 and the cut allow", () => {
  const values = Array.from({ length: 40 }, (_, i) => 1 / (i + 1));
  const a = withSpectrum("f64", 60, 40, values, 5);
  const tail = (k: number): number => values.slice(k).reduce((sum, x) => sum + x * x, 0);
  let mean = 0;
  for (let seed = 0; seed < 20; seed++) {
    const sketch = singlePassSvd(engine, { rows: 60, cols: 40, dtype: "f64", rank: 5, seed });
    sketch.update(typed(a), 0);
    const { u, s, vt } = sketch.result();
    mean += reconstructionError(a, u, s, vt) ** 2 / 20;
  }
  assert.ok(mean <= 25 * (tail(5) / tail(0)) && mean >= tail(5) / tail(0), `${mean} of ${tail(5) / tail(0)}`);
});

test("singlePassSvd refuses what does not fit", () => {
  const make = { rows: 9, cols: 8, dtype: "f64", rank: 2 } as const;
  assert.throws(() => singlePassSvd(engine, { ...make, rank: 9 }), { code: "USAGE", message: /rank is 9/ });
  assert.throws(() => singlePassSvd(engine, { ...make, rows: 0 }), { code: "SHAPE", message: /A is 0×8/ });
  assert.throws(() => singlePassSvd(engine, { ...make, seed: -1 }), { code: "USAGE" });
  const sketch = singlePassSvd<Matrix["data"]>(engine, make);
  assert.throws(() => sketch.update(normals("f64", 3, 8, 1), 7), {
    code: "SHAPE",
    message: "singlePassSvd: A is 9×8, so 3×8 from row 7 on do not fit; give 8 columns within it",
  });
  assert.throws(() => sketch.update(normals("f64", 3, 7, 1), 0), { code: "SHAPE" });
  assert.throws(() => sketch.update(normals("f32", 3, 8, 1), 0), { code: "DTYPE" });
  assert.throws(() => sketch.update(normals("f64", 3, 8, 1), -1), { code: "USAGE" });
});
