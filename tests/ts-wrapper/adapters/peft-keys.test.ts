import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestName, parentOf, parseKey, sortTensors } from "../../../ts-wrapper/adapters/peft-keys.ts";
import { loraOf, stored } from "../../support/adapters.ts";

const key = (name: string) => parseKey(stored(name, { dtype: "F32", shape: [1], bytes: new Uint8Array(4) }));

const factors: readonly (readonly [name: string, module: string, depth: number, slot: string])[] = [
  ["m.q.lora_A.weight", "m.q", 0, "A"],
  ["m.q.lora_A.default.weight", "m.q", 0, "A"],
  ["m.q.lora_B.weight", "m.q", 0, "B"],
  ["m.q.lora_B.bias", "m.q", 0, "B.bias"],
  ["m.q.lora_B.default.bias", "m.q", 0, "B.bias"],
  ["m.e.lora_embedding_A", "m.e", 0, "embedding A"],
  ["m.e.lora_embedding_B.default", "m.e", 0, "embedding B"],
  ["m.q.lora_magnitude_vector", "m.q", 0, "magnitude"],
  ["m.q.lora_magnitude_vector.weight", "m.q", 0, "magnitude"],
  ["m.q.lora_magnitude_vector.default.weight", "m.q", 0, "magnitude"],
  ["m.e.token_adapter.trainable_tokens_delta", "m.e", 0, "tokens"],
  ["m.e.token_adapter.trainable_tokens_delta.default", "m.e", 0, "tokens"],
  ["m.experts.base_layer.lora_A.weight", "m.experts", 1, "A"],
  ["m.experts.base_layer.base_layer.lora_B.weight", "m.experts", 2, "B"],
  ["m.attn.base_layer.out_proj.lora_A.weight", "m.attn.out_proj", 0, "A"],
  ["m.q.lora_velora_embed", "m.q", 0, "training"],
  ["m.q.lora_monteclora_sampler.default.std", "m.q", 0, "training"],
];

for (const [name, module, depth, slot] of factors) {
  test(`${name} is ${slot} of ${module} under ${depth} wrappers`, () => {
    const { tensor, ...rest } = key(`base_model.model.${name}`)!;
    assert.deepEqual(rest, { module, depth, slot });
  });
}

const wholes: readonly (readonly [name: string, slot: string, names: string[]])[] = [
  ["lm_head.weight", "whole", ["lm_head.weight"]],
  ["m.q.bias", "whole", ["m.q.bias"]],
  ["score.modules_to_save.weight", "whole", ["score.weight"]],
  ["score.modules_to_save.default.weight", "whole", ["score.default.weight", "score.weight"]],
  ["score.modules_to_save.default.dense.weight", "whole", ["score.default.dense.weight", "score.dense.weight"]],
  ["m.embed.original_module.weight", "original", ["m.embed.weight"]],
  ["m.embed.base_layer.weight", "copy", ["m.embed.weight"]],
  ["m.q.base_layer.bias", "copy", ["m.q.bias"]],
];

for (const [name, slot, names] of wholes) {
  test(`${name} is a ${slot} tensor called ${names.join(" or ")} in the base`, () => {
    const { tensor, ...rest } = key(`base_model.model.${name}`)!;
    assert.deepEqual(rest, { slot, names });
  });
}

test("names without the prefix are no keys, and sorting refuses them with the nearest name of the base", () => {
  assert.equal(key("model.layers.0.q.lora_A.weight"), undefined);
  const adapter = loraOf({}, {});
  const name = "base_model.layers.0.q.lora_A.weight";
  const bare = { ...adapter, tensors: new Map([[name, stored(name, { dtype: "F32", shape: [1], bytes: new Uint8Array(4) })]]) };
  assert.throws(() => sortTensors(bare, ["model.layers.0.q.weight", "model.layers.1.q.weight"]), {
    code: "MISMATCH",
    tensor: name,
    message:
      /does not begin with base_model\.model\., .* nearest name in the base is "model\.layers\.0\.q\.weight", so "base_model\.model\.model\.layers\.0\.q\.…"/,
  });
});

test("tensors are sorted by module, depth and slot", () => {
  const {
    modules,
    wholes: list,
    training,
  } = sortTensors(
    loraOf(
      {},
      {
        "m.e.lora_A.weight": [1],
        "m.e.lora_B.weight": [1],
        "m.e.base_layer.lora_A.weight": [1],
        "m.n.weight": [1],
        "m.e.lora_velora_embed": [1],
      },
    ),
    [],
  );
  assert.deepEqual([...modules.keys()], ["m.e"]);
  assert.deepEqual(
    [...modules.get("m.e")!].map(([depth, slots]) => [depth, [...slots.keys()]]),
    [
      [0, ["A", "B"]],
      [1, ["A"]],
    ],
  );
  assert.deepEqual([list.length, training.length], [1, 1]);
});

test("two names for one tensor are refused", () => {
  assert.throws(() => sortTensors(loraOf({}, { "m.q.lora_A.weight": [1], "m.q.lora_A.default.weight": [1] }), []), {
    code: "MISMATCH",
    message: /are the same once the adapter's name is left out/,
  });
  assert.throws(() => sortTensors(loraOf({}, { "m.n.weight": [1], "m.n.modules_to_save.default.weight": [1] }), []), {
    code: "MISMATCH",
  });
});

test("names that are too long or hold control characters are refused, quoted", () => {
  assert.throws(() => sortTensors(loraOf({}, { ["m.".repeat(3000)]: [1] }), []), {
    code: "LIMIT",
    message: /has a name of \d+ characters, at most 4096/,
  });
  assert.throws(() => sortTensors(loraOf({}, { "m.\u001b[31mq.lora_A.weight": [1] }), []), {
    code: "FORMAT",
    message: /m\.\\u001b\[31mq/,
  });
});

test("the nearest name shares the most parts from the end; one that shares only the last is none", () => {
  assert.equal(nearestName("x.layers.1.q.weight", ["m.layers.0.q.weight", "m.layers.1.q.weight"]), "m.layers.1.q.weight");
  assert.equal(nearestName("x.y.weight", ["a.weight"]), undefined);
  assert.equal(parentOf("a.b.weight"), "a.b");
  assert.equal(parentOf("weight"), "");
});
