import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { encodeBlocks } from "../../support/quant.ts";
import { testLegacyBlocks } from "../../support/quant-tests.ts";
import { blockTypes, parts } from "../../support/reference-quant.ts";

const type = "q4_0";
const { size, bytes } = blockTypes[type];

await testLegacyBlocks(type, (b) => Math.abs(b.d) * (1 + 2 ** -8));

for (const { name, engine } of builds) {
  test(`${type} on ${name}: of w and −w, both the largest, the first gives the scale its sign; zeros give −0`, () => {
    const x = new Float32Array(3 * size).fill(0.25);
    x.set([-2], 7);
    x.set([2], 9);
    x.set([2], size + 30);
    x.set([-2], size + 31);
    x.fill(0, 2 * size);
    const encoded = encodeBlocks(engine, type, x);
    const d = [0, 1, 2].map((k) => parts(type, encoded.subarray(k * bytes)).d);
    assert.deepEqual(d, [2 / 8, -2 / 8, -0]);
  });
}
