import assert from "node:assert/strict";
import { test } from "node:test";
import { type BindOptions, bindAdapter } from "../../../ts-wrapper/adapters/load.ts";
import { tieOf, withHead } from "../../../ts-wrapper/adapters/tied.ts";
import { type JsonLike, loraOf, shapes } from "../../support/adapters.ts";

const e = "m.embed_tokens";
const embedding = { [`${e}.weight`]: [10, 4] };
const stored = { ...embedding, "lm_head.weight": [10, 4] };
const lm: JsonLike = { architectures: ["LlamaForCausalLM"] };

const ties: readonly (readonly [
  what: string,
  tensors: Record<string, number[]>,
  config: JsonLike | undefined,
  head: string | undefined,
  path: string[],
])[] = [
  ["the flag, no head", embedding, { tie_word_embeddings: true }, "lm_head.weight", []],
  ["the flag, head stored as well", stored, { tie_word_embeddings: true }, "lm_head.weight", []],
  ["no flag, head stored", stored, lm, undefined, []],
  ["no flag, no head, a language model: the default of transformers", embedding, lm, "lm_head.weight", []],
  ["no flag, no head, no language model", embedding, { architectures: ["BertModel"] }, undefined, []],
  ["not tied", stored, { tie_word_embeddings: false }, undefined, []],
  ["not tied and no head", embedding, { ...lm, tie_word_embeddings: false }, undefined, []],
  ["the flag in text_config", embedding, { text_config: { tie_word_embeddings: true } }, "lm_head.weight", ["text_config"]],
  [
    "text_config against the outer flag, head stored",
    stored,
    { tie_word_embeddings: false, text_config: { tie_word_embeddings: true } },
    undefined,
    [],
  ],
  [
    "text_config against the outer flag, no head",
    embedding,
    { tie_word_embeddings: false, text_config: { tie_word_embeddings: true } },
    "lm_head.weight",
    ["text_config"],
  ],
  ["no configuration", embedding, undefined, undefined, []],
  ["no embedding", { "x.weight": [2, 2] }, { tie_word_embeddings: true }, undefined, []],
  [
    "a nested language model",
    { "language_model.model.embed_tokens.weight": [10, 4] },
    { tie_word_embeddings: true },
    "language_model.lm_head.weight",
    [],
  ],
  ["GPT-NeoX", { "gpt_neox.embed_in.weight": [10, 4] }, { tie_word_embeddings: true }, "embed_out.weight", []],
];

for (const [what, tensors, config, head, path] of ties) {
  test(`${what}: ${head === undefined ? "not tied" : `tied to ${head}`}`, () => {
    const tie = tieOf(shapes(tensors, config));
    assert.equal(tie?.head, head);
    if (tie) assert.deepEqual([tie.path, tie.isStored], [path, head! in tensors]);
  });
}

test("withHead shows the embedding under the head's name, and leaves other bases as they are", () => {
  const base = shapes(embedding, { tie_word_embeddings: true });
  assert.deepEqual(withHead(base, tieOf(base)).tensors.get("lm_head.weight")?.shape, [10, 4]);
  assert.equal(withHead(base, undefined), base);
});

const onEmbedding = { [`${e}.lora_embedding_A`]: [2, 10], [`${e}.lora_embedding_B`]: [4, 2] };
const onHead = { "lm_head.lora_A.weight": [2, 4], "lm_head.lora_B.weight": [10, 2] };
const bind = (
  tensors: Record<string, number[]>,
  config: JsonLike,
  options: BindOptions = {},
  base: Record<string, number[]> = embedding,
) => bindAdapter(loraOf(config, tensors), shapes(base, { tie_word_embeddings: true }), options);
const ops = (b: ReturnType<typeof bind>) => b.edits.map((x) => `${x.op} ${x.target}`);
const E = { target_modules: ["embed_tokens"] };
const H = { target_modules: ["lm_head"] };
const EH = { target_modules: ["embed_tokens", "lm_head"] };

const asked: readonly (readonly [what: string, tensors: Record<string, number[]>, config: JsonLike, which: RegExp])[] = [
  ["the embedding", onEmbedding, E, /changes m\.embed_tokens\.weight \(base_model\.model\.m\.embed_tokens\.lora_embedding_A\)/],
  ["the head", onHead, H, /changes lm_head\.weight \(base_model\.model\.lm_head\.lora_B\.weight\)/],
  ["both", { ...onEmbedding, ...onHead }, EH, /changes m\.embed_tokens\.weight and lm_head\.weight, each in its own way/],
  [
    "the head, kept whole",
    { "lm_head.weight": [10, 4] },
    { target_modules: [], modules_to_save: ["lm_head"] },
    /changes lm_head\.weight/,
  ],
];

for (const [what, tensors, config, which] of asked) {
  test(`an adapter that changes ${what} of a tied base needs a policy; the refusal explains both`, () => {
    assert.throws(
      () => bind(tensors, config),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "MISMATCH");
        assert.match(error.message, which);
        assert.match(error.message, /choose: tied: keep puts .*; tied: untie makes the head a tensor of its own/);
        return true;
      },
    );
  });
}

test("an adapter that changes neither needs none", () => {
  const other = bind(
    { "m.q.lora_A.weight": [2, 4], "m.q.lora_B.weight": [6, 2] },
    { target_modules: ["q"] },
    {},
    { ...embedding, "m.q.weight": [6, 4] },
  );
  assert.deepEqual([ops(other), other.extra, other.tieWordEmbeddings], [["low-rank m.q.weight"], [], undefined]);
});

test("keep: a change of either goes into the one tensor, changes of both are added, with a warning", () => {
  const keep = { tied: "keep" } as const;
  assert.deepEqual(ops(bind(onEmbedding, E, keep)), [`low-rank ${e}.weight`]);
  assert.deepEqual(ops(bind(onHead, H, keep)), [`low-rank ${e}.weight`]);
  const both = bind({ ...onEmbedding, ...onHead }, EH, keep);
  assert.deepEqual(ops(both), [`low-rank ${e}.weight`, `low-rank ${e}.weight`]);
  assert.match(both.warnings[0]!, /gets the changes of both/);
  assert.deepEqual([both.extra, both.tieWordEmbeddings], [[], undefined]);
});

test("untie: the head becomes a tensor of its own, made from the embedding, and the configuration says so", () => {
  const untied = bind({ ...onEmbedding, ...onHead }, EH, { tied: "untie" });
  assert.deepEqual(ops(untied), [`low-rank ${e}.weight`, "low-rank lm_head.weight"]);
  assert.deepEqual(untied.extra, [{ name: "lm_head.weight", from: `${e}.weight` }]);
  assert.equal(untied.tieWordEmbeddings, false);
  const one = bind(onEmbedding, E, { tied: "untie" });
  assert.deepEqual([ops(one), one.extra.length], [[`low-rank ${e}.weight`], 1]);
});

test("a base that holds the tied head as well: keep edits both, untie each its own, and both files' copies are to be compared", () => {
  const keep = bind(onEmbedding, E, { tied: "keep" }, stored);
  assert.deepEqual(ops(keep), [`low-rank ${e}.weight`, "low-rank lm_head.weight"]);
  assert.deepEqual(keep.twins, [[`${e}.weight`, "lm_head.weight"]]);
  const untie = bind(onEmbedding, E, { tied: "untie" }, stored);
  assert.deepEqual([ops(untie), untie.extra, untie.tieWordEmbeddings], [[`low-rank ${e}.weight`], [], false]);
});

const whole = { [`${e}.weight`]: [10, 4], "lm_head.weight": [10, 4] };
const save = { target_modules: [], modules_to_save: ["embed_tokens", "lm_head"] };

test("keep with both kept whole: one replacement, and the other is to be the same bytes", () => {
  const kept = bind(whole, save, { tied: "keep" });
  assert.deepEqual(ops(kept), [`replace ${e}.weight`]);
  assert.deepEqual(
    kept.copies.map((c) => [c.tensor.name, "stored" in c.of && c.of.stored.name]),
    [["base_model.model.lm_head.weight", `base_model.model.${e}.weight`]],
  );
});

test("keep cannot hold a replacement and a low-rank change, nor DoRA of both", () => {
  const mixed = { ...onEmbedding, "lm_head.weight": [10, 4] };
  assert.throws(() => bind(mixed, { ...E, modules_to_save: ["lm_head"] }, { tied: "keep" }), {
    code: "MISMATCH",
    message: /m\.embed_tokens\.weight \(low-rank\) and lm_head\.weight \(replace\) are one tensor .* untie them/,
  });
  const dora = { ...onEmbedding, ...onHead, [`${e}.lora_magnitude_vector`]: [4], "lm_head.lora_magnitude_vector": [10] };
  assert.throws(() => bind(dora, { ...EH, use_dora: true }, { tied: "keep" }), {
    code: "MISMATCH",
    message: /\(DoRA\) and lm_head\.weight \(DoRA\)/,
  });
});

test("ensure_weight_tying needs no policy: one change, and the head's factors are to be the embedding's, transposed", () => {
  const tied = bind({ ...onEmbedding, ...onHead }, { ...EH, ensure_weight_tying: true });
  assert.deepEqual(ops(tied), [`low-rank ${e}.weight`]);
  assert.ok(tied.copies.length === 2 && tied.copies.every((c) => "stored" in c.of && c.of.transposed));
});

test("what stays tied by itself is untied with the same change on both", () => {
  const tied = bind(onEmbedding, { ...E, ensure_weight_tying: true }, { tied: "untie" });
  assert.deepEqual(ops(tied), [`low-rank ${e}.weight`, "low-rank lm_head.weight"]);
  const rows = { [`${e}.token_adapter.trainable_tokens_delta`]: [1, 4] };
  const tokens = { target_modules: [], trainable_token_indices: [3] };
  assert.deepEqual(ops(bind(rows, tokens)), [`rows ${e}.weight`]);
  assert.deepEqual(ops(bind(rows, tokens, { tied: "untie" })), [`rows ${e}.weight`, "rows lm_head.weight"]);
});

test("a resized vocabulary stays tied with keep, and is refused with untie: the head would have the old size", () => {
  const resized = { [`${e}.weight`]: [12, 4] };
  const kept = bind(resized, { target_modules: [], modules_to_save: ["embed_tokens"] }, { tied: "keep" });
  assert.equal(kept.vocabSize, 12);
  assert.throws(() => bind(resized, { target_modules: [], modules_to_save: ["embed_tokens"] }, { tied: "untie" }), {
    code: "MISMATCH",
    message: /gets 12 rows from the adapter and lm_head\.weight has 10/,
  });
});
