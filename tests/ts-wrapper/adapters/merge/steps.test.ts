import assert from "node:assert/strict";
import { test } from "node:test";
import { planMerge } from "../../../../ts-wrapper/adapters/merge/plan.ts";
import { hashSteps, tensorSteps } from "../../../../ts-wrapper/adapters/merge/steps.ts";
import type { Desk } from "../../../../ts-wrapper/adapters/merge/work.ts";
import { createInlineHasher } from "../../../../ts-wrapper/io/hasher.ts";
import { openBase, openExample } from "../../../support/merge.ts";

const base = await openBase();
const desk = { sum: "f32", base: "base" } as Desk;
const sink = { write: async () => {} };

test("the steps of each tensor read all of it once and write all of it once, in order, for every tile size", async () => {
  const plan = planMerge(base, [{ adapter: await openExample("dora-manual") }], { dtype: "f32" });
  for (const tileBytes of [1000, 65536, 1 << 23]) {
    for (const tensor of plan.tensors) {
      let [from, to] = [tensor.from.offset, 5000];
      const { steps } = tensorSteps(desk, base, tensor, tileBytes, { sink, offset: 5000 });
      for (const { input, output } of steps) {
        assert.deepEqual([input!.offset, output!.offset], [from, to], tensor.name);
        from += input!.length;
        to += output!.length;
      }
      assert.deepEqual([from - tensor.from.offset, to - 5000], [tensor.from.byteLength, tensor.byteLength], tensor.name);
    }
  }
});

test("steps for the hash alone cover the stretch and write nothing; without a hash there are none", () => {
  const steps = [...hashSteps(base, 0, 100, 1000, 300, createInlineHasher())];
  assert.deepEqual(
    steps.map((s) => [s.input!.offset, s.input!.length, s.output]),
    [
      [100, 300, undefined],
      [400, 300, undefined],
      [700, 300, undefined],
      [1000, 100, undefined],
    ],
  );
  assert.deepEqual([...hashSteps(base, 0, 100, 1000, 300, undefined)], []);
});
