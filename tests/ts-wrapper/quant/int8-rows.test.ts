import assert from "node:assert/strict";
import { test } from "node:test";
import { dequantize } from "../../../ts-wrapper/quant/dequantize.ts";
import { quantize } from "../../../ts-wrapper/quant/quantize.ts";
import { builds } from "../../support/builds.ts";

for (const { name, engine } of builds) {
  test(`I8 on ${name}: each row under its own scale, the largest weight 127 of it`, () => {
    const data = Float32Array.of(1, -2, 0.5, 100, 50, -25, 0, 0, 0);
    const q = quantize(engine, { rows: 3, cols: 3, data }, "I8");
    assert.deepEqual([...new Int8Array(q.data.buffer)], [64, -127, 32, 127, 64, -32, 0, 0, 0]);
    assert.deepEqual([...q.scales!], [Math.fround(2 / 127), Math.fround(100 / 127), 0]);
    assert.deepEqual([...dequantize(engine, q).data.slice(6)], [0, 0, 0]);
  });
}
