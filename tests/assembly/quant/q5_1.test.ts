import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { decodeWith, encodeBlocks } from "../../support/quant.ts";
import { testLegacyBlocks } from "../../support/quant-tests.ts";
import { blockTypes, parts } from "../../support/reference-quant.ts";

const type = "q5_1";
const { size, bytes } = blockTypes[type];

await testLegacyBlocks(type, (b) => b.d * (0.5 + 2 ** -6) + Math.abs(b.dm) * 2 ** -11);

for (const { name, engine } of builds) {
  test(`${type} on ${name}: the minimum keeps the sign of the first zero, and a constant block is exact`, () => {
    const x = new Float32Array(3 * size).fill(0.25);
    x.set([-0], 3);
    x.set([0], 5);
    x.set([0], size + 3);
    x.set([-0], size + 5);
    x.fill(-1.5, 2 * size);
    const encoded = encodeBlocks(engine, type, x);
    assert.deepEqual(
      [0, 1, 2].map((k) => parts(type, encoded.subarray(k * bytes)).dm),
      [-0, 0, -1.5],
    );
    same(decodeWith(engine, type, encoded).subarray(2 * size), x.subarray(2 * size), "constant");
  });
}
