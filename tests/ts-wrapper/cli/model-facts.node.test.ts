import assert from "node:assert/strict";
import { test } from "node:test";
import { modelFacts, toPlain } from "../../../ts-wrapper/cli/model-facts.ts";
import type { JsonValue } from "../../../ts-wrapper/io/json.ts";
import type { Model, TensorInfo } from "../../../ts-wrapper/io/model.ts";
import { openModel } from "../../../ts-wrapper/io/open-model.ts";

test("model facts: the example model by its own headers and configuration", async () => {
  const model = await openModel("examples/kjv-llama/base");
  const facts = modelFacts(model);
  await model.close();
  const layers = facts.groups.filter((g) => g.pattern.includes("*"));
  assert.equal(
    facts.parameters,
    facts.groups.reduce((n, g) => n + g.parameters, 0),
  );
  assert.equal(facts.bytes, 2 * facts.parameters);
  assert.deepEqual(facts.types, [{ dtype: "BF16", tensors: facts.tensors, parameters: facts.parameters, bytes: facts.bytes }]);
  assert.ok(layers.length > 0 && layers.every((g) => g.count === facts.config.num_hidden_layers), JSON.stringify(layers));
  assert.deepEqual(facts.head, { tied: false, why: "lm_head.weight is stored" });
  assert.deepEqual(facts.config.architectures, ["LlamaForCausalLM"]);
  assert.ok(facts.sideFiles.includes("tokenizer.json"));
});

function model(names: readonly string[], config: [string, JsonValue][]): Model {
  const tensors = names.map((name): TensorInfo => ({ name, dtype: "F32", shape: [2], byteLength: 8, shard: 0, offset: 0 }));
  const source = { byteLength: 8 * names.length, read: async () => new Uint8Array() };
  const shard = { file: "model.safetensors", source, dataOffset: 8, header: new Uint8Array(8), metadata: new Map(), tensors };
  return {
    name: "m",
    shards: [shard],
    tensors: new Map(tensors.map((t) => [t.name, t])),
    index: undefined,
    config: new Map(config),
    sideFiles: [],
    leftOut: [],
    close: async () => {},
  } as Model;
}

test("model facts: a head is tied, its own, or not to be told, and the reason says why", () => {
  const tied: [string, JsonValue][] = [["tie_word_embeddings", true]];
  assert.deepEqual(modelFacts(model(["model.embed_tokens.weight"], tied)).head.tied, true);
  assert.match(modelFacts(model(["lm_head.weight"], tied)).head.why, /lm_head\.weight is stored all the same/);
  assert.equal(modelFacts(model(["lm_head.weight"], [])).head.tied, false);
  assert.equal(modelFacts(model(["a"], [])).head.tied, undefined);
});

test("model facts: packed types count their elements, not their bytes", () => {
  const base = model([], []);
  const packed = {
    ...base,
    shards: [{ ...base.shards[0]!, tensors: [{ name: "q", dtype: "F4", shape: [6], byteLength: 3, shard: 0, offset: 0 }] }],
  } as Model;
  assert.equal(modelFacts(packed).parameters, 6);
});

test("model facts: maps become plain objects, __proto__ among their keys", () => {
  const plain = toPlain(
    new Map<string, JsonValue>([
      ["__proto__", 1],
      ["a", [new Map([["b", null]])]],
    ]),
  );
  assert.equal(JSON.stringify(plain), '{"__proto__":1,"a":[{"b":null}]}');
});
