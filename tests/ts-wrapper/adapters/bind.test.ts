import assert from "node:assert/strict";
import { test } from "node:test";
import { bindAdapter } from "../../../ts-wrapper/adapters/bind.ts";
import { type JsonLike, loraOf, shapes } from "../../support/adapters.ts";

const fit = { "m.q.lora_A.weight": [2, 8], "m.q.lora_B.weight": [6, 2] };
const weights = { "m.q.weight": [6, 8], "m.norm.weight": [8] };
const bind = (tensors: Record<string, number[]>, config: JsonLike = {}, options = {}) =>
  bindAdapter(loraOf({ target_modules: ["q"], ...config }, tensors), shapes(weights), options);

test("an adapter that fits: its edits and nothing else", () => {
  const { edits, ...rest } = bind(fit);
  assert.equal(edits.length, 1);
  assert.deepEqual(rest, { extra: [], copies: [], twins: [], unused: [], warnings: [], configChanges: [], configPath: [] });
});

test("every tensor that goes unused is counted, some are listed, the nearest name of the base is told", () => {
  const more = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`x.${i}.q.lora_A.weight`, [2, 8]]));
  assert.throws(
    () => bind({ ...fit, ...more }),
    (error: Error & { code?: string; tensor?: string }) => {
      assert.deepEqual([error.code, error.tensor], ["UNUSED", "base_model.model.x.0.q.lora_A.weight"]);
      assert.match(error.message, /^adapter: 12 of its tensors would go unused/);
      assert.match(error.message, /x\.7\.q\.lora_A\.weight, …; the nearest name in the base is "m\.q\.weight"$/);
      return true;
    },
  );
});

test("allowUnused lists them instead", () => {
  const { unused, edits } = bind({ ...fit, "x.q.lora_A.weight": [2, 8] }, {}, { allowUnused: true });
  assert.deepEqual([unused, edits.length], [["base_model.model.x.q.lora_A.weight"], 1]);
});

test("allowUnused does not let contradictions pass: a missing pair, a wrong shape", () => {
  assert.throws(() => bind({ "m.q.lora_A.weight": [2, 8] }, {}, { allowUnused: true }), { code: "MISMATCH" });
  assert.throws(() => bind({ ...fit, "m.q.lora_A.weight": [2, 7] }, {}, { allowUnused: true }), { code: "MISMATCH" });
});

test("a name in the configuration that nothing answers is MISMATCH, and a warning with allowUnused", () => {
  const config = { target_modules: ["q", "c_attn"] };
  assert.throws(() => bind(fit, config), {
    code: "MISMATCH",
    message: /target_modules has "c_attn", which is no module of base; correct the configuration/,
  });
  assert.match(bind(fit, config, { allowUnused: true }).warnings[0]!, /"c_attn"/);
});

test("the path of the configuration is that of text_config where there is one", () => {
  const base = shapes(weights, { text_config: { vocab_size: 4 } });
  assert.deepEqual(bindAdapter(loraOf({ target_modules: ["q"] }, fit), base).configPath, ["text_config"]);
});

const embedding = { "m.embed_tokens.weight": [10, 8] };
const resized = { "m.embed_tokens.weight": [12, 8] };
const changes = (model: JsonLike, tensors: Record<string, number[]>, config: JsonLike, tied: "keep" | "untie") =>
  bindAdapter(loraOf({ target_modules: [], ...config }, tensors), shapes(embedding, model), { tied }).configChanges;

test("a new number of tokens goes to every place where the configuration has it", () => {
  const save = { modules_to_save: ["embed_tokens"] };
  const at = (model: JsonLike) => changes({ tie_word_embeddings: true, ...model }, resized, save, "keep");
  const outer = { path: ["vocab_size"], value: 12 };
  const inner = { path: ["text_config", "vocab_size"], value: 12 };
  assert.deepEqual(at({}), [outer]);
  assert.deepEqual(at({ vocab_size: 10 }), [outer]);
  assert.deepEqual(at({ text_config: { vocab_size: 10 } }), [inner]);
  assert.deepEqual(at({ vocab_size: 10, text_config: { vocab_size: 10 } }), [outer, inner]);
  assert.deepEqual(at({ vocab_size: 10, text_config: {} }), [outer]);
  assert.deepEqual(at({ text_config: {} }), [inner]);
});

test("an untied head is told to the outer object and to text_config", () => {
  const save = { modules_to_save: ["lm_head"] };
  const head = { "lm_head.weight": [10, 8] };
  const outer = { path: ["tie_word_embeddings"], value: false };
  assert.deepEqual(changes({ tie_word_embeddings: true }, head, save, "untie"), [outer]);
  assert.deepEqual(changes({ text_config: { tie_word_embeddings: true } }, head, save, "untie"), [
    outer,
    { path: ["text_config", "tie_word_embeddings"], value: false },
  ]);
});
