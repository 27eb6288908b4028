import assert from "node:assert/strict";
import { test } from "node:test";
import type { Edit } from "../../../ts-wrapper/adapters/adapter.ts";
import { resizedVocabulary, textConfig, vocabularyRole } from "../../../ts-wrapper/adapters/vocabulary.ts";
import type { JsonObject } from "../../../ts-wrapper/io/json.ts";
import { json, shapes, stored } from "../../support/adapters.ts";

const replace = (target: string, shape: number[]): Edit => ({
  op: "replace",
  target,
  tensor: stored(target, { dtype: "F32", shape, bytes: new Uint8Array(4 * shape.reduce((n, d) => n * d, 1)) }),
});

test("embedding and head are told by the last part of the module's name", () => {
  const roles = [
    "model.embed_tokens.weight",
    "transformer.wte.weight",
    "lm_head.weight",
    "gpt_neox.embed_out.weight",
    "lm_head.bias",
    "model.norm.weight",
  ].map(vocabularyRole);
  assert.deepEqual(roles, ["embedding", "embedding", "head", "head", undefined, undefined]);
});

test("text_config speaks of the language model where there is one", () => {
  assert.deepEqual(textConfig(json({ text_config: { a: 1 } }) as JsonObject), { config: json({ a: 1 }), path: ["text_config"] });
  assert.deepEqual(textConfig(json({ a: 1 }) as JsonObject), { config: json({ a: 1 }), path: [] });
  assert.deepEqual(textConfig(undefined), { config: undefined, path: [] });
});

const base = shapes({ "m.embed_tokens.weight": [10, 4], "lm_head.weight": [10, 4], "visual.embed_tokens.weight": [7, 4] });

test("the new number of tokens, where embedding and head get it both", () => {
  const both = [replace("m.embed_tokens.weight", [12, 4]), replace("lm_head.weight", [12, 4])];
  assert.equal(resizedVocabulary("adapter", base, both, []), 12);
  assert.equal(resizedVocabulary("adapter", base, [replace("lm_head.weight", [10, 4])], []), undefined);
  assert.equal(resizedVocabulary("adapter", base, [replace("m.norm.weight", [12])], []), undefined);
});

test("an embedding with more rows than its head is MISMATCH with both numbers", () => {
  assert.throws(() => resizedVocabulary("adapter", base, [replace("m.embed_tokens.weight", [12, 4])], []), {
    code: "MISMATCH",
    tensor: "lm_head.weight",
    message: /m\.embed_tokens\.weight gets 12 rows from the adapter and lm_head\.weight has 10/,
  });
});

test("so is a head that is being made from the old embedding", () => {
  const tied = shapes({ "m.embed_tokens.weight": [10, 4] });
  const head = { ...tied.tensors.get("m.embed_tokens.weight")!, name: "lm_head.weight" };
  assert.throws(() => resizedVocabulary("adapter", tied, [replace("m.embed_tokens.weight", [12, 4])], [head]), {
    code: "MISMATCH",
  });
  assert.throws(() => resizedVocabulary("adapter", tied, [replace("lm_head.weight", [12, 4])], [head]), { code: "MISMATCH" });
  assert.equal(resizedVocabulary("adapter", tied, [replace("m.embed_tokens.weight", [12, 4])], []), 12);
});
