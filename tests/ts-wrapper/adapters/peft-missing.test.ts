import assert from "node:assert/strict";
import { test } from "node:test";
import { bindAdapter } from "../../../ts-wrapper/adapters/load.ts";
import { type JsonLike, loraOf, shapes } from "../../support/adapters.ts";

const layers = {
  "m.layers.0.q.weight": [6, 8],
  "m.layers.1.q.weight": [6, 8],
  "m.layers.0.norm.weight": [8],
  "m.embed_tokens.weight": [10, 8],
};
const pair = (module: string) => ({ [`${module}.lora_A.weight`]: [2, 8], [`${module}.lora_B.weight`]: [6, 2] });
const bind = (config: JsonLike, tensors: Record<string, number[]>, base: Record<string, number[]> = layers) =>
  bindAdapter(loraOf(config, tensors), shapes(base));

test("a targeted module without factors is MISMATCH with the entry that targets it", () => {
  assert.throws(() => bind({ target_modules: ["q"] }, pair("m.layers.0.q")), {
    code: "MISMATCH",
    tensor: "m.layers.1.q.weight",
    message:
      /"m\.layers\.1\.q" is targeted \(target_modules "q" in adapter\/adapter_config\.json, "m\.layers\.1\.q\.weight" \[6,8\]\), but the file holds no factors/,
  });
});

test("exclude_modules, layers_to_transform and a pattern say that it is not targeted", () => {
  for (const config of [
    { target_modules: ["q"], exclude_modules: ["layers.1.q"] },
    { target_modules: ["q"], layers_to_transform: [0] },
    { target_modules: ".*layers\\.0\\.q" },
  ] as JsonLike[]) {
    assert.equal(bind(config, pair("m.layers.0.q")).edits.length, 1);
  }
});

test("weights in one dimension are no layers: a norm that an entry matches is not missed", () => {
  assert.equal(bind({ target_modules: ".*layers\\.0\\..*" }, pair("m.layers.0.q")).edits.length, 1);
});

test("all-linear: a module is missed where its like in another layer has factors", () => {
  assert.throws(() => bind({ target_modules: "all-linear" }, pair("m.layers.0.q")), {
    code: "MISMATCH",
    message: /"m\.layers\.1\.q" is targeted \(target_modules all-linear/,
  });
});

test("all-linear: matrices of which none has factors may be something else, and are a warning; embeddings are not linear", () => {
  const base = { ...layers, "m.layers.0.router.weight": [4, 8] };
  const { warnings } = bind({ target_modules: "all-linear" }, { ...pair("m.layers.0.q"), ...pair("m.layers.1.q") }, base);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /holds no factors for "m\.layers\.\*\.router"; right if these are no linear layers/);
});

test("the output of packed attention is targeted along with it", () => {
  const base = { "v.attn.in_proj_weight": [18, 6], "v.attn.out_proj.weight": [6, 6] };
  const tensors = { "v.attn.lora_A.weight": [2, 6], "v.attn.lora_B.weight": [18, 2] };
  assert.throws(() => bind({ target_modules: ["attn"] }, tensors, base), {
    code: "MISMATCH",
    message: /"v\.attn\.out_proj" is targeted \(target_modules "attn"/,
  });
});

test("entries that name no module, and layers in which no targeted module is, are told", () => {
  const both = { ...pair("m.layers.0.q"), ...pair("m.layers.1.q") };
  assert.throws(() => bind({ target_modules: ["q", "v"] }, both), {
    code: "MISMATCH",
    message: /target_modules has "v", which is no module of base/,
  });
  assert.throws(() => bind({ target_modules: ["q"], layers_to_transform: [0, 1, 7] }, both), {
    code: "MISMATCH",
    message: /layers_to_transform has 7, and no targeted module of base is in that layer/,
  });
  assert.equal(bind({ target_modules: ["q", "layers.0"] }, both).edits.length, 2); // a container is a module
});
