import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { gamma, same, u32, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { call, f32Of, quantizedProducts, quantizeRows, randomRows } from "../../support/quant.ts";
import { blockTypes, legacyTypes } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";

for (const { name, engine } of builds) {
  for (const type of legacyTypes) {
    for (const [rows, n] of [
      [1, 32],
      [2, 64],
      [3, 96],
      [4, 32],
      [5, 160],
      [9, 256],
    ] as const) {
      test(`gemv_${type}_q8 on ${name}, ${rows}×${n}: every row within (n/32 + 5)·u of the product of the quantized numbers`, () => {
        const next = rng(rows * 1000 + n);
        const w = randomRows(type, rows, n, next);
        const x = quantizeRows(engine, 1, n, 32, Float32Array.from(normal(n, next)));
        const y = call(engine, `gemv_${type}_q8`, [w, x], rows * 4, rows, (out, p, q) => [n, p, q, out]);
        const { want, scale } = quantizedProducts(type, w, x, n, 32);
        within(
          f32Of(y),
          want,
          scale.map((s) => gamma(n / 32 + 5, u32) * s),
          "y",
        );
      });
    }

    test(`gemv_${type}_q8 on ${name}: any split of the rows gives the same bits, and touches no other row`, () => {
      const next = rng(71);
      const w = randomRows(type, 7, 64, next);
      const x = quantizeRows(engine, 1, 64, 32, Float32Array.from(normal(64, next)));
      const whole = f32Of(call(engine, `gemv_${type}_q8`, [w, x], 28, 7, (out, p, q) => [64, p, q, out], 7));
      for (const i0 of [0, 1, 4, 6]) {
        for (const i1 of [i0, i0 + 1, 7]) {
          const [, , y] = fenced(
            engine,
            [operand("w", w), operand("x", x), operand("y", new Float32Array(7).fill(-1))],
            (p, q, r) => {
              engine.wasm[`gemv_${type}_q8`](64, p!, q!, r!, i0, i1);
            },
          );
          same(
            f32Of(y!),
            whole.map((v, i) => (i >= i0 && i < i1 ? v : -1)),
            `rows ${i0} to ${i1}`,
          );
        }
      }
    });

    test(`gemv_${type}_q8 on ${name}: a block of NaN or an activation of NaN or Inf makes NaN of the rows it meets, and of no other`, () => {
      const next = rng(72);
      const w = randomRows(type, 5, 96, next);
      const width = 3 * blockTypes[type].bytes;
      const clean = quantizeRows(engine, 1, 96, 32, Float32Array.from(normal(96, next)));
      w.set([0, 0x7e], 2 * width + blockTypes[type].bytes);
      const run = (x: Uint8Array): Float32Array =>
        f32Of(call(engine, `gemv_${type}_q8`, [w, x], 20, 5, (out, p, q) => [96, p, q, out]));
      assert.deepEqual([...run(clean)].map(Number.isNaN), [false, false, true, false, false]);
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const x = Float32Array.from(normal(96, next));
        x[40] = bad;
        assert.ok(run(quantizeRows(engine, 1, 96, 32, x)).every(Number.isNaN));
      }
    });
  }
}
