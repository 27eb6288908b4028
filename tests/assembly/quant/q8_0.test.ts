import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { encodeBlocks } from "../../support/quant.ts";
import { testLegacyBlocks } from "../../support/quant-tests.ts";
import { blockTypes, parts } from "../../support/reference-quant.ts";

const type = "q8_0";
const { size, bytes } = blockTypes[type];

await testLegacyBlocks(type, (b) => Math.abs(b.d) * (0.5 + 2 ** -4));

for (const { name, engine } of builds) {
  test(`${type} on ${name}: halves round away from zero, and what is just below does not`, () => {
    const x = new Float32Array(2 * size).fill(0);
    x.set([127, 0.5, -0.5, 1.5, 2.5, -2.5, 126.5, 0.49999997, -0.49999997, 1.4999999, 2.4999998]);
    x.set([-127, 62.5, 63.5], size);
    const encoded = encodeBlocks(engine, type, x);
    assert.deepEqual(parts(type, encoded).codes.slice(0, 11), [127, 1, -1, 2, 3, -3, 127, 0, 0, 1, 2]);
    assert.deepEqual(parts(type, encoded.subarray(bytes)).codes.slice(0, 3), [-127, 63, 64]);
  });
}
