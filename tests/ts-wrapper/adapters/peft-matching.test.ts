import assert from "node:assert/strict";
import { test } from "node:test";
import { readLoraConfig } from "../../../ts-wrapper/adapters/peft-config.ts";
import { layerRules, packedAttentionOf, targetsOf } from "../../../ts-wrapper/adapters/peft-matching.ts";
import type { JsonObject } from "../../../ts-wrapper/io/json.ts";
import { type JsonLike, json, shapes } from "../../support/adapters.ts";

const config = (c: JsonLike) => readLoraConfig(json({ r: 8, lora_alpha: 16, ...c }) as JsonObject, "lora");
const targets = (c: JsonLike, module: string, rule: "first" | "last" = "first") => targetsOf(config(c), rule).targets(module);

const name = "model.layers.3.self_attn.q_proj";

const cases: readonly (readonly [config: JsonLike, module: string, targeted: boolean])[] = [
  [{ target_modules: ["q_proj"] }, name, true],
  [{ target_modules: ["q_proj"] }, "q_proj", true],
  [{ target_modules: ["proj"] }, name, false], // an ending begins behind a dot
  [{ target_modules: ["self_attn.q_proj"] }, name, true],
  [{ target_modules: [] }, name, false],
  [{ target_modules: null }, name, false],
  [{ target_modules: ".*q_proj" }, name, true],
  [{ target_modules: "q_proj" }, name, false],
  [{ target_modules: "all-linear" }, name, true],
  [{ target_modules: ["q_proj"], exclude_modules: ["q_proj"] }, name, false],
  [{ target_modules: ["q_proj"], exclude_modules: [name] }, name, false],
  [{ target_modules: ["q_proj"], exclude_modules: ".*layers\\.3\\..*" }, name, false],
  [{ target_modules: ["q_proj"], exclude_modules: ".*layers\\.4\\..*" }, name, true],
  [{ target_modules: ["q_proj"], modules_to_save: ["self_attn"] }, name, false],
  [{ target_modules: ["q_proj"], modules_to_save: ["attn"] }, name, true],
  [{ target_modules: ["q_proj"], layers_to_transform: [3] }, name, true],
  [{ target_modules: ["q_proj"], layers_to_transform: 4 }, name, false],
  [{ target_modules: [name], layers_to_transform: 4 }, name, true], // named whole: layers are not asked
  [{ target_modules: ["q_proj"], layers_to_transform: [3] }, "layers.3.q_proj", false], // PEFT wants a name before the list's
  [{ target_modules: ["q_proj"], layers_to_transform: [3], layers_pattern: "layers" }, name, true],
  [{ target_modules: ["q_proj"], layers_to_transform: [3], layers_pattern: ["blocks", "h"] }, name, false],
  [{ target_modules: ["q_proj"], layers_to_transform: [3], layers_pattern: ["blocks", "lay.*"] }, name, true],
  [{ target_modules: ["q_proj"], layers_to_transform: [3] }, "model.norm.q_proj", false],
];

for (const [c, module, targeted] of cases) {
  test(`${JSON.stringify(c)} ${targeted ? "targets" : "does not target"} ${module}`, () => {
    assert.equal(targets(c, module), targeted);
  });
}

test("of several numbers in a name, PEFT from 0.20 on takes the first, before that the last", () => {
  const expert = "model.layers.1.mlp.experts.7.w1";
  const both = { target_modules: ["w1"], layers_to_transform: [1] };
  assert.deepEqual([targets(both, expert, "first"), targets(both, expert, "last")], [true, false]);
  assert.deepEqual(targetsOf(config({ layers_pattern: ["experts"] }), "first").layerOf(expert), 7);
  assert.deepEqual(layerRules(config({ peft_version: "0.20.0" })), ["first"]);
  assert.deepEqual(layerRules(config({ peft_version: "1.0.0" })), ["first"]);
  assert.deepEqual(layerRules(config({ peft_version: "0.19.1" })), ["first", "last"]);
  assert.deepEqual(layerRules(config({})), ["first", "last"]);
});

test("modules_to_save keeps a module whose name ends in an entry, dot or not, and all that is in it", () => {
  const saved = targetsOf(config({ modules_to_save: ["head", "score"] }), "first");
  assert.equal(saved.savedBy("lm_head"), "head");
  assert.equal(saved.savedBy("score.dense"), "score");
  assert.equal(saved.savedBy("model.norm"), undefined);
});

test("entryOf tells which entry targets a module", () => {
  assert.equal(targetsOf(config({ target_modules: ["k_proj", "q_proj"] }), "first").entryOf(name), "q_proj");
  assert.equal(targetsOf(config({ target_modules: ".*q_proj" }), "first").entryOf(name), ".*q_proj");
  assert.equal(targetsOf(config({}), "first").entryOf(name), undefined);
});

test("out_proj beside an in_proj_weight is the output of packed attention", () => {
  const base = shapes({ "attn.in_proj_weight": [6, 2], "attn.out_proj.weight": [2, 2], "other.out_proj.weight": [2, 2] });
  assert.equal(packedAttentionOf("attn.out_proj", base), "attn");
  assert.equal(packedAttentionOf("other.out_proj", base), undefined);
});
