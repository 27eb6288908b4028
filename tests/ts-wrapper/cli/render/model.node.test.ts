import assert from "node:assert/strict";
import { test } from "node:test";
import { colorsFor } from "../../../../ts-wrapper/cli/colors.ts";
import type { ModelFacts } from "../../../../ts-wrapper/cli/model-facts.ts";
import { oneLine, renderModel } from "../../../../ts-wrapper/cli/render/model.ts";

const plain = colorsFor({ isTTY: false, env: {}, refused: true });
const facts: ModelFacts = {
  name: "./base",
  files: [{ file: "model.safetensors", bytes: 1000, tensors: 3 }],
  sideFiles: ["config.json", "tokenizer.json"],
  tensors: 3,
  parameters: 2_420_000,
  bytes: 4_840_000,
  types: [{ dtype: "BF16", tensors: 3, parameters: 2_420_000, bytes: 4_840_000 }],
  config: { architectures: ["X"], hidden_size: 192 },
  head: { tied: true, why: "config.json ties it, and no head is stored" },
  groups: [
    {
      pattern: "layers.*.w\u001b[2J",
      count: 3,
      dtypes: ["BF16"],
      shapes: [
        [4, 2],
        [2, 2],
      ],
      parameters: 20,
      bytes: 40,
    },
  ],
  metadata: {},
};

test("model: parameters, types, head, configuration, files and groups are told", () => {
  const text = renderModel(facts, undefined, plain);
  assert.match(text, /parameters +2\.42 M in 3 tensors, 4\.84 MB\n/);
  assert.match(text, /head +tied to the embedding \(config\.json ties it/);
  assert.match(text, /hidden_size +192\n/);
  assert.match(text, /model\.safetensors +1 kB +3\n/);
  assert.match(text, /4 × 2, 2 × 2 +20 +40 B$/);
});

test("model: names from a file cannot write escape codes", () => {
  assert.ok(!renderModel(facts, undefined, plain).includes("\u001b"));
});

test("model: with a list of tensors each is a row", () => {
  const each = renderModel(facts, [{ name: "a", dtype: "BF16", shape: [], byteLength: 2, shard: 0, offset: 0 }], plain);
  assert.match(each, /a +BF16 +scalar +2 B$/);
  assert.equal(oneLine([1, { a: 2 }]), '1, {"a":2}');
});
