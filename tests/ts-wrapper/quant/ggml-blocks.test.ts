import assert from "node:assert/strict";
import { test } from "node:test";
import { ggmlTypes } from "../../../ts-wrapper/quant/ggml-blocks.ts";
import { quantize } from "../../../ts-wrapper/quant/quantize.ts";
import { builds } from "../../support/builds.ts";
import { fixture } from "../../support/fixtures.ts";
import { f32Of } from "../../support/quant.ts";
import { blockedTypes, blockTypes } from "../../support/reference-quant.ts";

const weights = f32Of(await fixture("quant/weights.f32"));

for (const type of ggmlTypes) {
  const kernel = blockedTypes.find((known) => known === type.name.toLowerCase())!;

  test(`${type.name}: the bits of a weight are those of its block, and quantize writes ggml's bytes`, async () => {
    const { size, bytes } = blockTypes[kernel];
    assert.deepEqual([type.bits, type.multiple], [(8 * bytes) / size, size]);
    const blocks = await fixture(`quant/${kernel}.bin`);
    for (const { name, engine } of builds) {
      const a = { rows: 1, cols: weights.length, data: weights };
      assert.deepEqual(quantize(engine, a, type.name).data, blocks, name);
    }
  });
}
