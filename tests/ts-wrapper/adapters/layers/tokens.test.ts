import assert from "node:assert/strict";
import { test } from "node:test";
import { bindAdapter } from "../../../../ts-wrapper/adapters/load.ts";
import { type JsonLike, loraOf, shapes } from "../../../support/adapters.ts";

const base = { "m.embed_tokens.weight": [10, 8], "lm_head.weight": [10, 8] };
const rows = { "m.embed_tokens.token_adapter.trainable_tokens_delta": [2, 8] };
const bind = (
  tensors: Record<string, number[]>,
  trainable: JsonLike | number[] | null,
  model: JsonLike = { tie_word_embeddings: false },
) => bindAdapter(loraOf({ target_modules: [], trainable_token_indices: trainable } as JsonLike, tensors), shapes(base, model));

for (const [what, trainable] of [
  ["a list", [3, 7]],
  ["a list by module", { embed_tokens: [3, 7] }],
  ["a list by the whole name", { "m.embed_tokens": [3, 7] }],
] as const) {
  test(`indices as ${what} name the rows that are replaced`, () => {
    const { edits } = bind(rows, trainable as JsonLike | number[]);
    assert.ok(edits.length === 1 && edits[0]?.op === "rows");
    assert.deepEqual([edits[0].target, edits[0].indices], ["m.embed_tokens.weight", [3, 7]]);
  });
}

test("embedding and head may have rows of their own", () => {
  const both = { ...rows, "lm_head.token_adapter.trainable_tokens_delta": [1, 8] };
  const { edits } = bind(both, { embed_tokens: [3, 7], lm_head: [1] });
  assert.deepEqual(
    edits.map((e) => [e.target, e.op === "rows" && e.indices]),
    [
      ["m.embed_tokens.weight", [3, 7]],
      ["lm_head.weight", [1]],
    ],
  );
});

test("a tied head's rows are stored once, with the embedding", () => {
  const { edits } = bind(rows, { embed_tokens: [3, 7], lm_head: [3, 7] }, { tie_word_embeddings: true });
  assert.deepEqual(
    edits.map((e) => e.target),
    ["m.embed_tokens.weight", "lm_head.weight"],
  );
});

const refusals: readonly (readonly [
  what: string,
  tensors: Record<string, number[]>,
  trainable: JsonLike | number[] | null,
  message: RegExp,
])[] = [
  [
    "rows without indices",
    rows,
    null,
    /holds rows of m\.embed_tokens\.weight, but trainable_token_indices .* does not say which/,
  ],
  ["rows of a module that is not named", rows, { lm_head: [1, 2] }, /does not say which/],
  ["more indices than rows", rows, [1, 2, 3], /is \[2,8\], \[3,8\] was needed/],
  [
    "rows of another width",
    { "m.embed_tokens.token_adapter.trainable_tokens_delta": [2, 9] },
    [1, 2],
    /is \[2,9\], \[2,8\] was needed/,
  ],
  ["an index beyond the vocabulary", rows, [1, 10], /has 10, but m\.embed_tokens\.weight has 10 rows/],
  ["an index that comes twice", rows, [4, 4], /has 4 twice/],
  [
    "indices for a module without rows",
    rows,
    { embed_tokens: [1, 2], extra: [1] },
    /names rows for "extra", but no trainable_tokens_delta/,
  ],
];

for (const [what, tensors, trainable, message] of refusals) {
  test(`${what} is MISMATCH`, () => {
    assert.throws(() => bind(tensors, trainable), { code: "MISMATCH", message });
  });
}
