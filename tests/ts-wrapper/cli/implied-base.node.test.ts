import assert from "node:assert/strict";
import { test } from "node:test";
import type { Adapter, StoredTensor } from "../../../ts-wrapper/adapters/adapter.ts";
import { bindAdapter, openAdapter } from "../../../ts-wrapper/adapters/load.ts";
import { impliedBase } from "../../../ts-wrapper/cli/implied-base.ts";
import type { JsonValue } from "../../../ts-wrapper/io/json.ts";
import { openModel } from "../../../ts-wrapper/io/open-model.ts";
import { base, example } from "./in-process.ts";

for (const name of ["lora-licences", "rslora-patterns", "dora-manual", "lora-full"]) {
  test(`implied base of ${name}: the same edits, ranks, scales and shapes as of the true base`, async () => {
    const [model, adapter] = [await openModel(base), await openAdapter(example(name))];
    const told = (b: Parameters<typeof bindAdapter>[1]): unknown[] =>
      bindAdapter(adapter, b, { allowUnused: true, tied: "untie" })
        .edits.map((e) =>
          e.op === "low-rank" ? [e.target, e.rank, e.scale, e.scaleWhy, e.rows, e.cols, e.magnitude?.along] : [e.target, e.op],
        )
        .sort();
    assert.deepEqual(told(impliedBase(adapter)), told(model));
    await Promise.all([model.close(), adapter.close()]);
  });
}

function adapterOf(config: [string, JsonValue][], tensors: [string, number[]][]): Adapter {
  const stored = tensors.map(([name, shape]): [string, StoredTensor] => [
    `base_model.model.${name}`,
    { name: `base_model.model.${name}`, dtype: "F32", shape, byteLength: 4, read: async () => new Uint8Array(4) },
  ]);
  return { config: new Map(config), tensors: new Map(stored) } as unknown as Adapter;
}

const shapeOf = (adapter: Adapter, name: string) => impliedBase(adapter).tensors.get(name)?.shape;

test("implied base: fan_in_fan_out swaps, convolutions keep their window, embeddings are tokens × features, biases go along", () => {
  const pair: [string, number[]][] = [
    ["a.lora_A.weight", [2, 5]],
    ["a.lora_B.weight", [7, 2]],
  ];
  assert.deepEqual(shapeOf(adapterOf([], pair), "a.weight"), [7, 5]);
  assert.deepEqual(shapeOf(adapterOf([["fan_in_fan_out", true]], pair), "a.weight"), [5, 7]);
  assert.deepEqual(
    shapeOf(
      adapterOf(
        [],
        [
          ["c.lora_A.weight", [2, 5, 3, 3]],
          ["c.lora_B.weight", [7, 2, 1, 1]],
        ],
      ),
      "c.weight",
    ),
    [7, 5, 3, 3],
  );
  assert.deepEqual(
    shapeOf(
      adapterOf(
        [],
        [
          ["e.lora_embedding_A", [2, 100]],
          ["e.lora_embedding_B", [8, 2]],
        ],
      ),
      "e.weight",
    ),
    [100, 8],
  );
  assert.deepEqual(shapeOf(adapterOf([], [...pair, ["a.lora_B.bias", [7]]]), "a.bias"), [7]);
});

test("implied base: half a pair and names of another format imply nothing", () => {
  assert.equal(impliedBase(adapterOf([], [["a.lora_A.weight", [2, 5]]])).tensors.size, 0);
  const foreign = adapterOf([], []);
  assert.equal(
    impliedBase({
      ...foreign,
      tensors: new Map([["x", { name: "x", dtype: "F32", shape: [1], byteLength: 4 } as unknown as StoredTensor]]),
    }).tensors.size,
    0,
  );
});
