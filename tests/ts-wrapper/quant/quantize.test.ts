import assert from "node:assert/strict";
import { test } from "node:test";
import { dequantize } from "../../../ts-wrapper/quant/dequantize.ts";
import { quantTypes } from "../../../ts-wrapper/quant/index.ts";
import { quantize } from "../../../ts-wrapper/quant/quantize.ts";
import { builds } from "../../support/builds.ts";
import { gaussian, shapesOf } from "../../support/quant-matrices.ts";

/** Root mean square of the error, relative to that of normal weights. Floating point: half a unit in the last place; else what the bits leave. */
const most: Readonly<Record<string, number>> = { F16: 2 ** -11, BF16: 2 ** -8, F8_E4M3: 2 ** -4, F8_E5M2: 2 ** -3, I8: 0.02, q8_0: 0.006, q6_K: 0.02, q5_K: 0.04, q5_1: 0.05, q5_0: 0.06, q4_K: 0.08, q4_1: 0.1, q4_0: 0.11, nf4: 0.1 }; // biome-ignore format: a table

for (const { name, engine } of builds) {
  for (const type of quantTypes) {
    test(`quantize ${type.name} on ${name}: whole for every shape, and the error of normal weights below ${most[type.name]} of them`, () => {
      for (const [rows, cols] of shapesOf(type)) {
        const a = gaussian(rows, cols, rows + cols);
        const q = quantize(engine, a, type.name);
        assert.deepEqual([q.type, q.rows, q.cols, q.data.length], [type.name, rows, cols, type.bytes(rows, cols)]);
        const back = dequantize(engine, q);
        assert.deepEqual([back.rows, back.cols, back.data.length], [rows, cols, rows * cols]);
        let [errors, sizes] = [0, 0];
        for (const [i, x] of a.data.entries()) {
          errors += (x - back.data[i]!) ** 2;
          sizes += x * x;
        }
        assert.ok(Math.sqrt(errors) <= most[type.name]! * Math.sqrt(sizes), `${rows}×${cols}: ${Math.sqrt(errors / sizes)}`);
      }
      assert.equal(engine.live(), 0);
    });

    test(`quantize ${type.name} on ${name}: rows that lie apart give the same as rows without gaps; the argument is not changed`, () => {
      const [rows, cols] = shapesOf(type).at(-1)!;
      const a = gaussian(rows, cols, 3);
      const data = new Float32Array(rows * (cols + 3)).fill(9);
      for (let i = 0; i < rows; i++) data.set(a.data.subarray(i * cols, (i + 1) * cols), i * (cols + 3));
      const copy = data.slice();
      assert.deepEqual(quantize(engine, { rows, cols, data, stride: cols + 3 }, type.name), quantize(engine, a, type.name));
      assert.deepEqual(data, copy);
    });
  }
}

const { engine } = builds[0]!;

test("quantize refuses columns that do not fill blocks, and f64", () => {
  const a = gaussian(2, 40, 1);
  assert.throws(() => quantize(engine, a, "q8_0"), {
    code: "SHAPE",
    message: /^quantize: W is 2×40, and q8_0 needs a multiple of 32 columns; pad/,
  });
  const wide = { rows: 1, cols: 32, data: new Float64Array(32) };
  assert.throws(() => quantize(engine, wide as never, "q8_0"), { code: "DTYPE", message: /W is f64, f32 was needed/ });
  assert.throws(() => quantize(engine, a, "q3_K" as never), { code: "DTYPE" });
});
