import assert from "node:assert/strict";
import { test } from "node:test";
import { bindAdapter } from "../../../../ts-wrapper/adapters/load.ts";
import { type JsonLike, loraOf, shapes } from "../../../support/adapters.ts";

const fit = { "m.q.lora_A.weight": [2, 8], "m.q.lora_B.weight": [6, 2] };
const weights = {
  "m.q.weight": [6, 8],
  "m.q.bias": [6],
  "m.norm.weight": [8],
  "m.embed_tokens.weight": [10, 8],
  "lm_head.weight": [10, 8],
  "score.dense.weight": [3, 8],
  "score.dense.bias": [3],
};
const bind = (tensors: Record<string, number[]>, config: JsonLike = {}) =>
  bindAdapter(loraOf({ target_modules: ["q"], ...config }, { ...fit, ...tensors }), shapes(weights));
const replaced = (b: ReturnType<typeof bind>) => b.edits.filter((e) => e.op === "replace").map((e) => e.target);

test("modules_to_save replaces every tensor of the module, and asks for all of them", () => {
  const both = { "score.dense.weight": [3, 8], "score.dense.bias": [3] };
  const bound = bind(both, { modules_to_save: ["score"] });
  assert.deepEqual([replaced(bound), bound.warnings], [["score.dense.weight", "score.dense.bias"], []]);
  assert.throws(() => bind({ "score.dense.weight": [3, 8] }, { modules_to_save: ["score"] }), {
    code: "MISMATCH",
    tensor: "score.dense.bias",
    message: /"score\.dense\.bias" is kept whole by modules_to_save "score" .*, but the file does not hold it/,
  });
});

test("an entry of modules_to_save that the base does not have is nothing: PEFT names two heads for every classifier", () => {
  assert.deepEqual(replaced(bind({ "m.norm.weight": [8] }, { modules_to_save: ["norm", "classifier"] })), ["m.norm.weight"]);
});

test("in-memory names of kept modules are taken", () => {
  const names = {
    "score.modules_to_save.default.dense.weight": [3, 8],
    "score.modules_to_save.dense.bias": [3],
    "m.embed_tokens.original_module.weight": [10, 8],
  };
  const bound = bind(names, { modules_to_save: ["score"] });
  assert.deepEqual(replaced(bound), ["score.dense.weight", "score.dense.bias"]);
  assert.deepEqual(
    bound.copies.map((c) => c.of),
    [{ base: "m.embed_tokens.weight" }],
  );
});

test("an original_module of another size is passed over: what replaced it counts", () => {
  const bound = bind({ "m.embed_tokens.original_module.weight": [12, 8] });
  assert.deepEqual([bound.copies, bound.unused], [[], []]);
});

test("embeddings of a resized vocabulary replace the base's without being asked for, both together", () => {
  const bound = bind({ "m.embed_tokens.weight": [12, 8], "lm_head.weight": [12, 8] });
  assert.deepEqual([replaced(bound), bound.vocabSize, bound.warnings], [["m.embed_tokens.weight", "lm_head.weight"], 12, []]);
});

test("any other difference of shapes is MISMATCH", () => {
  for (const [name, shape] of [
    ["m.embed_tokens.weight", [10, 9]],
    ["m.norm.weight", [9]],
    ["score.dense.weight", [4, 8]],
    ["lm_head.weight", [80]],
  ] as const) {
    assert.throws(
      () => bind({ [name]: [...shape] }, { modules_to_save: ["norm", "dense"] }),
      { code: "MISMATCH", message: /was needed to replace .*; only the rows/ },
      name,
    );
  }
});

test("stored biases replace the base's: beside the layer, and inside the wrapper of a targeted one", () => {
  assert.deepEqual(replaced(bind({ "m.q.base_layer.bias": [6] }, { bias: "lora_only" })), ["m.q.bias"]);
  assert.deepEqual(replaced(bind({ "m.q.bias": [6], "score.dense.bias": [3] }, { bias: "all" })), [
    "m.q.bias",
    "score.dense.bias",
  ]);
});

test("a whole tensor that nothing asks for replaces the base's as in PEFT, with a warning", () => {
  const bound = bind({ "m.norm.weight": [8] });
  assert.deepEqual(replaced(bound), ["m.norm.weight"]);
  assert.match(
    bound.warnings[0]!,
    /m\.norm\.weight replaces m\.norm\.weight, as PEFT does on loading, though .* does not ask for it/,
  );
});

test("a copy of a wrapped layer is to be compared; one of a layer that is not wrapped goes unused", () => {
  for (const name of ["m.q.base_layer.weight", "m.q.weight"]) {
    const bound = bind({ [name]: [6, 8] });
    assert.deepEqual([replaced(bound), bound.copies.map((c) => c.of)], [[], [{ base: "m.q.weight" }]]);
  }
  assert.throws(() => bind({ "m.norm.base_layer.weight": [8] }), { code: "UNUSED", message: /m\.norm\.base_layer\.weight/ });
});

test("a wrapped embedding of a resized vocabulary is replaced by its copy, and the factors add to that", () => {
  const tensors = {
    "m.embed_tokens.base_layer.weight": [12, 8],
    "m.embed_tokens.lora_embedding_A": [2, 12],
    "m.embed_tokens.lora_embedding_B": [8, 2],
    "lm_head.weight": [12, 8],
  };
  const bound = bind(tensors, { target_modules: ["q", "embed_tokens"] });
  const edits = bound.edits.filter((e) => e.target === "m.embed_tokens.weight");
  assert.deepEqual(
    edits.map((e) => e.op),
    ["replace", "low-rank"],
  );
  assert.ok(edits[1]?.op === "low-rank" && edits[1].rows === 12);
  assert.equal(bound.vocabSize, 12);
});

test("a whole tensor that the base does not have goes unused", () => {
  assert.throws(() => bind({ "classifier.weight": [2, 8] }, { modules_to_save: ["classifier"] }), {
    code: "UNUSED",
    message: /classifier\.weight/,
  });
});
