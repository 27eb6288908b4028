import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { gamma, same, u32, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { call, f32Of, quantizedProducts, quantizeRows, randomRows } from "../../support/quant.ts";
import { blockTypes, kTypes } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";

for (const { name, engine } of builds) {
  for (const type of kTypes) {
    for (const [rows, n] of [
      [1, 256],
      [3, 512],
      [5, 768],
    ] as const) {
      test(`gemv_${type}_q8 on ${name}, ${rows}×${n}: every row within (n/256 + 8)·u of the product of the quantized numbers`, () => {
        const next = rng(rows * 1000 + n);
        const w = randomRows(type, rows, n, next);
        const x = quantizeRows(engine, 1, n, 256, Float32Array.from(normal(n, next)));
        const y = call(engine, `gemv_${type}_q8`, [w, x], rows * 4, rows, (out, p, q) => [n, p, q, out]);
        const { want, scale } = quantizedProducts(type, w, x, n, 256);
        within(
          f32Of(y),
          want,
          scale.map((s) => gamma(n / 256 + 8, u32) * s),
          "y",
        );
      });
    }

    test(`gemv_${type}_q8 on ${name}: each weight alone, picked out by one activation, exactly`, () => {
      const w = randomRows(type, 1, 256, rng(81));
      const { halves } = blockTypes[type];
      for (const h of halves) w.set([0, 0x3c], h);
      for (let i = 0; i < 256; i += 3) {
        const x = new Float32Array(256);
        x[i] = 127;
        const row = quantizeRows(engine, 1, 256, 256, x);
        const y = call(engine, `gemv_${type}_q8`, [w, row], 4, 1, (out, p, q) => [256, p, q, out]);
        assert.equal(f32Of(y)[0], quantizedProducts(type, w, row, 256, 256).want[0]! + 0, `weight ${i}`);
      }
    });

    test(`gemv_${type}_q8 on ${name}: any split of the rows gives the same bits, and touches no other row`, () => {
      const next = rng(82);
      const w = randomRows(type, 4, 256, next);
      const x = quantizeRows(engine, 1, 256, 256, Float32Array.from(normal(256, next)));
      const whole = f32Of(call(engine, `gemv_${type}_q8`, [w, x], 16, 4, (out, p, q) => [256, p, q, out], 4));
      for (const [i0, i1] of [
        [0, 4],
        [0, 0],
        [1, 3],
        [3, 4],
      ] as const) {
        const [, , y] = fenced(
          engine,
          [operand("w", w), operand("x", x), operand("y", new Float32Array(4).fill(-1))],
          (p, q, r) => {
            engine.wasm[`gemv_${type}_q8`](256, p!, q!, r!, i0, i1);
          },
        );
        same(
          f32Of(y!),
          whole.map((v, i) => (i >= i0 && i < i1 ? v : -1)),
          `rows ${i0} to ${i1}`,
        );
      }
    });

    test(`gemv_${type}_q8 on ${name}: a block of NaN makes NaN of its row alone, an activation of NaN of all`, () => {
      const next = rng(83);
      const w = randomRows(type, 3, 512, next);
      const { bytes, halves } = blockTypes[type];
      w.set([0, 0x7e], 3 * bytes + halves[0]!);
      const x = Float32Array.from(normal(512, next));
      const run = (): boolean[] => {
        const row = quantizeRows(engine, 1, 512, 256, x);
        return [...f32Of(call(engine, `gemv_${type}_q8`, [w, row], 12, 3, (out, p, q) => [512, p, q, out]))].map(Number.isNaN);
      };
      assert.deepEqual(run(), [false, true, false]);
      x[300] = Number.NaN;
      assert.deepEqual(run(), [true, true, true]);
    });
  }
}
