import assert from "node:assert/strict";
import { test } from "node:test";
import { patternValue, readLoraConfig } from "../../../ts-wrapper/adapters/peft-config.ts";
import type { JsonObject } from "../../../ts-wrapper/io/json.ts";
import { type JsonLike, json } from "../../support/adapters.ts";

const read = (config: JsonLike) =>
  readLoraConfig(json({ peft_type: "LORA", r: 8, lora_alpha: 16, ...config }) as JsonObject, "lora");

test("a minimal configuration has PEFT's defaults", () => {
  const { warnings, file, ...config } = read({});
  assert.deepEqual(config, {
    rank: 8,
    alpha: 16,
    rankStabilized: false,
    rankPattern: [],
    alphaPattern: [],
    fanInFanOut: false,
    dora: false,
    loraBias: false,
    bias: "none",
    targetModules: undefined,
    excludeModules: undefined,
    modulesToSave: [],
    layersToTransform: [],
    layersPattern: [],
    targetParameters: [],
    trainableTokens: undefined,
    ensureWeightTying: false,
    residualInit: undefined,
    peftVersion: undefined,
  });
  assert.deepEqual([warnings, file], [[], "lora/adapter_config.json"]);
});

test("null is absent, and a single value stands for a list of one", () => {
  const config = read({
    target_modules: ["q", "v"],
    modules_to_save: null,
    layers_to_transform: 3,
    layers_pattern: "h",
    trainable_token_indices: { wte: [1, 2] },
    lora_alpha: 2.5,
    peft_version: "0.18.2.dev0@abc",
    bias: "lora_only",
  });
  assert.deepEqual(config.targetModules, { by: "names", names: ["q", "v"] });
  assert.deepEqual([config.modulesToSave, config.layersToTransform, config.layersPattern], [[], [3], ["h"]]);
  assert.deepEqual(config.trainableTokens, new Map([["wte", [1, 2]]]));
  assert.deepEqual([config.alpha, config.peftVersion, config.bias], [2.5, [0, 18, 2], "lora_only"]);
});

test("target_modules as a string is all-linear in any case, or a pattern for the whole name", () => {
  assert.deepEqual(read({ target_modules: "All-Linear" }).targetModules, { by: "all-linear" });
  const { targetModules } = read({ target_modules: ".*_proj" });
  assert.ok(
    targetModules?.by === "pattern" && targetModules.regex.matchesWhole("q_proj") && !targetModules.regex.matchesWhole("q_proj2"),
  );
});

test("patterns match the end of a name behind a dot, and the first in the order of the file wins", () => {
  const { rankPattern } = read({
    rank_pattern: { "layers\\.0\\.self_attn\\.q_proj": 16, q_proj: 4, "(k|v)_proj": 12, "^o_proj": 2 },
  });
  const rank = (module: string) => patternValue(rankPattern, module)?.value;
  assert.equal(rank("model.layers.0.self_attn.q_proj"), 16);
  assert.equal(rank("model.layers.10.self_attn.q_proj"), 4);
  assert.equal(rank("q_proj"), 4);
  assert.equal(rank("model.layers.1.self_attn.v_proj"), 12);
  assert.equal(rank("model.layers.1.self_attn.xq_proj"), undefined);
  assert.equal(rank("model.layers.1.o_proj"), undefined);
  assert.equal(rank("o_proj"), 2);
});

test("a pattern that is a module's name with characters of regular expressions in it matches that name", () => {
  const { alphaPattern } = read({ alpha_pattern: { "blocks.0+1": 3 } });
  assert.equal(patternValue(alphaPattern, "blocks.0+1")?.value, 3);
});

const refusals: readonly (readonly [config: JsonLike, code: string, message: RegExp])[] = [
  [{ r: null }, "FORMAT", /r is missing/],
  [{ r: 0 }, "FORMAT", /r is 0, an integer of at least 1 was needed/],
  [{ r: 2.5 }, "FORMAT", /r is 2\.5, an integer/],
  [{ lora_alpha: null }, "FORMAT", /lora_alpha is missing, a number was needed; the scale depends on it/],
  [{ lora_alpha: Number.POSITIVE_INFINITY }, "FORMAT", /lora_alpha is Infinity, a finite number was needed/],
  [{ lora_alpha: "16" }, "FORMAT", /lora_alpha is the string "16", a finite number/],
  [{ use_dora: 1 }, "FORMAT", /use_dora is 1, true or false was needed/],
  [{ bias: "some" }, "FORMAT", /bias is "some", "none", "all" or "lora_only"/],
  [{ rank_pattern: { q: 0 } }, "FORMAT", /rank_pattern\["q"\] is 0, an integer of at least 1/],
  [{ rank_pattern: ["q"] }, "FORMAT", /rank_pattern is an array, an object was needed/],
  [{ alpha_pattern: { q: "x" } }, "FORMAT", /alpha_pattern\["q"\] is the string "x", a finite number/],
  [{ rank_pattern: { "(q": 4 } }, "FORMAT", /regular expression .* a group that is not closed/],
  [{ target_modules: "(?i)q" }, "KIND", /regular expression .* not supported/],
  [{ target_modules: [1] }, "FORMAT", /target_modules is 1, strings was needed/],
  [{ modules_to_save: 1 }, "FORMAT", /modules_to_save is 1, strings/],
  [{ layers_to_transform: [-1] }, "FORMAT", /layers_to_transform is -1, integers from 0 on/],
  [{ trainable_token_indices: { wte: 1 } }, "FORMAT", /trainable_token_indices is 1, lists was needed/],
  [{ init_lora_weights: 3 }, "FORMAT", /init_lora_weights is 3, a name was needed/],
  [{ init_lora_weights: "nova" }, "KIND", /init_lora_weights is "nova", which is not known here/],
  [{ use_dora: true, lora_bias: true }, "KIND", /use_dora and lora_bias are both set/],
  [{ use_qalora: true }, "KIND", /use_qalora is set, which cannot be merged: QA-LoRA/],
  [{ alora_invocation_tokens: [1] }, "KIND", /alora_invocation_tokens is set, .* activated LoRA/],
  [{ layer_replication: [[0, 4]] }, "KIND", /layer_replication is set/],
  [{ use_bdlora: { nblocks: 2 } }, "KIND", /use_bdlora is set, .* block-diagonal/],
  [{ kasa_config: { beta: 1 } }, "KIND", /kasa_config is set, .* KaSA/],
  [{ arrow_config: { top_k: 1 } }, "KIND", /arrow_config is set, .* router/],
  [{ use_nova: true }, "KIND", /use_nova is true, an option that is not known here/],
];

for (const [config, code, message] of refusals) {
  test(`${JSON.stringify(config)} is refused with ${code}`, () => {
    assert.throws(() => read(config), { code, message, file: "lora/adapter_config.json" });
  });
}

test("unknown fields that say something are warnings; those that are null, false or empty are nothing", () => {
  const { warnings } = read({
    nova_config: { depth: 2 },
    use_nova: false,
    other: null,
    more: [],
    velora_config: { num_groups: 1 },
  });
  assert.equal(warnings.length, 2);
  assert.match(warnings[0]!, /has the field "nova_config", which is not known here/);
  assert.match(warnings[1]!, /velora_config is set/);
});
