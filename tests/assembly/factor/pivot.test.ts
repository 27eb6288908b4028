import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes } from "../../support/floats.ts";

// A sweep over rows that are orthogonal already does nothing but bring the largest to the front, step by step.
for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`pivoting of ${type} rows on ${name}: the first of the largest comes first, with its norm and all it carries`, () => {
      const sizes = [2, 0, 5, 5, 3, 9, 1];
      const n = sizes.length;
      for (const extra of [0, 1, 2, 3, 4, 5, 8]) {
        const width = n + extra;
        const w = floatsOf(type, n * width);
        sizes.forEach((size, i) => {
          w[i * width + i] = size;
          for (let j = n; j < width; j++) w[i * width + j] = 100 * i + j;
        });
        const operands = [operand("w", w), operand("norms", new Float64Array(n)), operand("peak", Float64Array.of(7))];
        const after = fenced(engine, operands, (pw, norms, peak) => {
          assert.equal(engine.wasm[`jacobi_sweep_${type}`](n, n, width, pw!, width, 1e-6, 0, norms!, peak!), 0);
        });
        const order = [5, 2, 3, 4, 0, 6, 1];
        const want = order.flatMap((i) => [...w.subarray(i * width, (i + 1) * width)]);
        same(asFloats(type, after[0]!), want, `rows of ${width}`);
        assert.deepEqual(
          [...asFloats("f64", after[1]!)],
          order.map((i) => sizes[i]),
        );
        assert.deepEqual([...asFloats("f64", after[2]!)], [0]);
      }
    });
  }
}
