import assert from "node:assert/strict";
import { test } from "node:test";
import { bindAdapter } from "../../../../ts-wrapper/adapters/load.ts";
import { loraOf, shapes } from "../../../support/adapters.ts";
import { product } from "../../../support/reference-merge.ts";

const bind = (bias: Record<string, number[]>, base: Record<string, number[]>, loraBias = true) =>
  bindAdapter(
    loraOf({ target_modules: ["q"], lora_bias: loraBias }, { "m.q.lora_A.weight": [2, 8], "m.q.lora_B.weight": [6, 2], ...bias }),
    shapes({ "m.q.weight": [6, 8], ...base }),
  );
const bias = { "m.q.lora_B.bias": [6] };

test("the bias of lora_B is added to the base's bias as a change of rank 1, with the scale of the layer", async () => {
  const { edits } = bind(bias, { "m.q.bias": [6] });
  const edit = edits.find((e) => e.target === "m.q.bias");
  assert.ok(edit?.op === "low-rank");
  assert.deepEqual([edit.rows, edit.cols, edit.rank, edit.scale], [1, 6, 1, 2]);
  assert.deepEqual([...(await product(edit))], [1, 2, 3, 4, 5, 6]);
});

test("a base without bias is refused, as PEFT does", () => {
  assert.throws(() => bind(bias, {}), {
    code: "MISMATCH",
    tensor: "base_model.model.m.q.lora_B.bias",
    message: /the base has no m\.q\.bias/,
  });
});

test("file and configuration have to agree, and the lengths too", () => {
  assert.throws(() => bind({}, { "m.q.bias": [6] }), {
    code: "MISMATCH",
    message: /lora_B\.weight has no bias beside it, which lora_bias/,
  });
  assert.throws(() => bind(bias, { "m.q.bias": [6] }, false), {
    code: "MISMATCH",
    message: /lora_B\.bias is there, but lora_bias .* is false/,
  });
  assert.throws(() => bind({ "m.q.lora_B.bias": [5] }, { "m.q.bias": [6] }), {
    code: "MISMATCH",
    message: /is \[5\], \[6\] was needed/,
  });
});
