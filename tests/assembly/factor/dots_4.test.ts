import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatTypes, lengths, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`dots_4_${type} on ${name}: four products, each within (n/L + 3)u·|x|·|y|, nothing read beyond the rows`, () => {
      const lanes = type === "f32" ? 4 : 2;
      for (const n of lengths) {
        const rows = [1, 2, 3, 4].map((seed) => uniform(type, n, rng(n + seed)));
        const operands = [...rows.map((row, i) => operand(`row ${i}`, row)), operand("out", new Float64Array(4).fill(7))];
        const after = fenced(engine, operands, (x0, x1, y0, y1, out) =>
          engine.wasm[`dots_4_${type}`](n, x0!, x1!, y0!, y1!, out!),
        );
        [...asFloats("f64", after[4]!)].forEach((got, i) => {
          const [x, y] = [rows[i >> 1]!, rows[2 + (i & 1)]!];
          let [sum, size] = [0, 0];
          x.forEach((a, j) => {
            sum += a * y[j]!;
            size += Math.abs(a * y[j]!);
          });
          assert.ok(Math.abs(got - sum) <= (n / lanes + 4) * unit[type] * size, `product ${i}, n = ${n}: ${got}, not ${sum}`);
        });
      }
    });
  }
}
