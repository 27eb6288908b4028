import assert from "node:assert/strict";
import { test } from "node:test";
import { bindAdapter } from "../../../../ts-wrapper/adapters/load.ts";
import { type JsonLike, loraOf, shapes } from "../../../support/adapters.ts";

const base = shapes({ "m.embed_tokens.weight": [10, 6], "lm_head.weight": [10, 6] });
const bind = (tensors: Record<string, number[]>, config: JsonLike = {}) =>
  bindAdapter(loraOf({ target_modules: ["embed_tokens"], ...config }, tensors), base);
const e = "m.embed_tokens";

test("an embedding, tokens × dim: (B·A)ᵀ, with DoRA along the columns", () => {
  const tensors = { [`${e}.lora_embedding_A`]: [2, 10], [`${e}.lora_embedding_B`]: [6, 2], [`${e}.lora_magnitude_vector`]: [6] };
  const [edit] = bind(tensors, { use_dora: true }).edits;
  assert.ok(edit?.op === "low-rank");
  assert.deepEqual([edit.rows, edit.cols, edit.magnitude?.along], [10, 6, "columns"]);
  assert.deepEqual([edit.left[0]!.rowStride, edit.left[0]!.colStride], [1, 10]);
  assert.deepEqual([edit.right[0]!.rowStride, edit.right[0]!.colStride], [1, 2]);
});

test("factors as of a linear layer are refused with the shape an embedding has", () => {
  assert.throws(() => bind({ [`${e}.lora_embedding_A`]: [2, 6], [`${e}.lora_embedding_B`]: [10, 2] }), {
    code: "MISMATCH",
    message: /lora_embedding_A is \[2,6\], \[2,10\] was needed/,
  });
});

test("B and magnitudes are for the dimensions, not for the tokens", () => {
  assert.throws(() => bind({ [`${e}.lora_embedding_A`]: [2, 10], [`${e}.lora_embedding_B`]: [10, 2] }), {
    code: "MISMATCH",
    message: /\[6,2\] was needed/,
  });
  const tensors = { [`${e}.lora_embedding_A`]: [2, 10], [`${e}.lora_embedding_B`]: [6, 2], [`${e}.lora_magnitude_vector`]: [10] };
  assert.throws(() => bind(tensors, { use_dora: true }), { code: "MISMATCH", message: /each of the 6 outputs/ });
});

test("A without B is refused by its name", () => {
  assert.throws(() => bind({ [`${e}.lora_embedding_A`]: [2, 10] }), {
    code: "MISMATCH",
    message: /lora_embedding_B of m\.embed_tokens is missing/,
  });
});
