import assert from "node:assert/strict";
import { test } from "node:test";
import type { LowRankEdit } from "../../../../ts-wrapper/adapters/adapter.ts";
import { bindAdapter } from "../../../../ts-wrapper/adapters/load.ts";
import { type JsonLike, loraOf, shapes } from "../../../support/adapters.ts";
import { product } from "../../../support/reference-merge.ts";

function bind(weight: number[], inputs: number, outputs: number, config: JsonLike = {}, model: JsonLike = {}): LowRankEdit {
  const adapter = loraOf(
    { target_modules: ["q"], ...config },
    { "m.q.lora_A.weight": [2, inputs], "m.q.lora_B.weight": [outputs, 2] },
  );
  const { edits } = bindAdapter(adapter, shapes({ "m.q.weight": weight }, model));
  assert.equal(edits[0]?.op, "low-rank");
  return edits[0] as LowRankEdit;
}

const strides = (e: LowRankEdit) => [...e.left, ...e.right].map((v) => [v.rows, v.cols, v.rowStride, v.colStride]);

test("a linear layer, out × in: B·A, row by row", () => {
  assert.deepEqual(strides(bind([6, 8], 8, 6)), [
    [6, 2, 2, 1],
    [2, 8, 8, 1],
  ]);
});

test("a Conv1D, in × out: (B·A)ᵀ by exchanged strides, the product is the transpose", async () => {
  const edit = bind([8, 6], 8, 6, { fan_in_fan_out: true });
  assert.deepEqual(strides(edit), [
    [8, 2, 1, 8],
    [2, 6, 1, 2],
  ]);
  const [plain, transposed] = [await product(bind([6, 8], 8, 6)), await product(edit)];
  for (let i = 0; i < 6; i++) for (let j = 0; j < 8; j++) assert.equal(transposed[j * 6 + i], plain[i * 8 + j]);
});

test("where only one way fits, the flag does not matter for a linear layer, as in PEFT", () => {
  assert.equal(bind([6, 8], 8, 6, { fan_in_fan_out: true }).rows, 6);
});

test("a square layer goes by the flag, or by a model type whose layers are Conv1D", () => {
  const isTransposed = (e: LowRankEdit) => e.left[0]!.rowStride === 1;
  assert.equal(isTransposed(bind([6, 6], 6, 6)), false);
  assert.equal(isTransposed(bind([6, 6], 6, 6, { fan_in_fan_out: true })), true);
  assert.equal(isTransposed(bind([6, 6], 6, 6, {}, { model_type: "gpt2" })), true);
  assert.equal(isTransposed(bind([8, 6], 8, 6, {}, { model_type: "gpt2" })), true);
});

test("DoRA norms run along the outputs: rows, or columns of a Conv1D", () => {
  const dora = (weight: number[], flag: boolean) => {
    const adapter = loraOf(
      { target_modules: ["q"], use_dora: true, fan_in_fan_out: flag },
      { "m.q.lora_A.weight": [2, 8], "m.q.lora_B.weight": [6, 2], "m.q.lora_magnitude_vector": [6] },
    );
    const [edit] = bindAdapter(adapter, shapes({ "m.q.weight": weight })).edits;
    return edit?.op === "low-rank" ? edit.magnitude?.along : undefined;
  };
  assert.equal(dora([6, 8], false), "rows");
  assert.equal(dora([8, 6], true), "columns");
});

test("factors that fit only the transpose are refused with the flag that would take them", () => {
  assert.throws(() => bind([8, 6], 8, 6), {
    code: "MISMATCH",
    message: /fit the transpose of m\.q\.weight \[8,6\] only; if the layer is a Conv1D, set fan_in_fan_out/,
  });
});
