import assert from "node:assert/strict";
import { test } from "node:test";
import { RowOracle } from "../../../../ts-wrapper/adapters/merge/expected-row.ts";
import { planMerge } from "../../../../ts-wrapper/adapters/merge/plan.ts";
import { fixtureAdapter, fixtureModel, fixtureTensors } from "../../../support/adapters.ts";
import { decode } from "../../../support/reference-merge.ts";

/** Every row of every edited tensor against numpy's result: the oracle is held to what it is to judge. */
for (const name of [
  "fan-in-fan-out-dora",
  "embedding-dora",
  "conv-dora",
  "lora-bias",
  "tokens",
  "experts-in-out",
  "resized",
  "attention",
]) {
  test(`${name}: all rows of the oracle are numpy's within 2⁻²³ of the largest value, and within its own tolerance`, async () => {
    const base = await fixtureModel(`adapters/${name}/base`);
    const adapter = await fixtureAdapter(`adapters/${name}/adapter`);
    const want = await fixtureTensors(`adapters/${name}/merged.safetensors`);
    let rows = 0;
    for (const tensor of planMerge(base, [{ adapter }], { dtype: "f32" }).tensors) {
      if (tensor.edits.length === 0) continue;
      const golden = want.get(tensor.name)!;
      const expected = decode(golden.dtype, golden.bytes);
      const largest = expected.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
      const oracle = new RowOracle(base, tensor);
      assert.equal(oracle.rows * oracle.cols, expected.length);
      for (let row = 0; row < oracle.rows; row++, rows++) {
        const { values, tolerance } = await oracle.row(row);
        values.forEach((x, j) => {
          const error = Math.abs(x - expected[row * oracle.cols + j]!);
          assert.ok(error <= 2 ** -23 * largest && error <= tolerance[j]!, `${tensor.name} [${row}, ${j}]: off by ${error}`);
        });
      }
    }
    assert.ok(rows > 0);
  });
}
