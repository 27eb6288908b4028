import assert from "node:assert/strict";
import { test } from "node:test";
import { describeEdit, isResized, planMerge } from "../../../../ts-wrapper/adapters/merge/plan.ts";
import { fixtureAdapter, fixtureModel, loraOf } from "../../../support/adapters.ts";
import { openBase, openExample } from "../../../support/merge.ts";

test("the plan of the example: 35 tensors merged, 17 copied, sizes of the base, and no weight is read for it", async () => {
  const base = await openBase();
  const plan = planMerge(base, [{ adapter: await openExample("lora-licences") }]);
  const count = (action: string): number => plan.tensors.filter((t) => t.action === action).length;
  assert.deepEqual([count("merged"), count("copied"), plan.tensors.length], [35, base.tensors.size - 35, base.tensors.size]);
  assert.equal(plan.files[0]!.byteLength, base.shards[0]!.source.byteLength);
  assert.deepEqual(plan.warnings, []);
});

test("scale and weights multiply, and a report says where the scale comes from", async () => {
  const plan = planMerge(await openBase(), [{ adapter: await openExample("lora-licences"), weight: 0.5 }], { scale: 3 });
  const edit = describeEdit(plan.tensors.find((t) => t.action === "merged")!.edits[0]!);
  assert.deepEqual([edit.op, edit.scale, edit.rank], ["low-rank", (0.5 * 3 * 16) / 8, 8]);
  assert.match(edit.scaleWhy!, /alpha 16/);
});

test("no adapter, a weight that is no number, and a scale that is infinite are wrong usage", async () => {
  const base = await openBase();
  const adapter = await openExample("lora-licences");
  assert.throws(() => planMerge(base, []), { code: "USAGE", message: /no adapter was given/ });
  assert.throws(() => planMerge(base, [{ adapter, weight: Number.NaN }]), { code: "USAGE", message: /weight of .* is NaN/ });
  assert.throws(() => planMerge(base, [{ adapter }], { scale: Number.POSITIVE_INFINITY }), {
    code: "USAGE",
    message: /scale is Infinity/,
  });
});

test("two adapters that replace one tensor are refused, since the result would depend on their order", async () => {
  const base = await openBase();
  const adapter = await openExample("lora-full");
  assert.throws(() => planMerge(base, [{ adapter }, { adapter }]), {
    code: "MISMATCH",
    tensor: "lm_head.weight",
    message: /replaced whole by two adapters/,
  });
});

test("a quantized base tensor is refused by name, with its type and the way out", async () => {
  const base = await openBase();
  const name = "model.layers.0.self_attn.q_proj.weight";
  const tensors = new Map([...base.tensors].map(([n, t]) => [n, n === name ? { ...t, dtype: "F8_E4M3" as const } : t]));
  const shards = base.shards.map((s) => ({ ...s, tensors: s.tensors.map((t) => tensors.get(t.name)!) }));
  const adapter = loraOf(
    { target_modules: ["q_proj"], layers_to_transform: [0] },
    {
      "model.layers.0.self_attn.q_proj.lora_A.weight": [2, 192],
      "model.layers.0.self_attn.q_proj.lora_B.weight": [192, 2],
    },
  );
  assert.throws(() => planMerge({ ...base, tensors, shards }, [{ adapter }]), {
    code: "MISMATCH",
    tensor: name,
    message: /is F8_E4M3, .*dequantize/,
  });
});

test("a resized vocabulary changes shape and config; it can only be taken whole", async () => {
  const base = await fixtureModel("adapters/resized/base");
  const adapter = await fixtureAdapter("adapters/resized/adapter");
  const plan = planMerge(base, [{ adapter }]);
  assert.ok(plan.tensors.some(isResized));
  assert.ok(plan.configChanges.some(({ path }) => path.at(-1) === "vocab_size"));
  assert.throws(() => planMerge(base, [{ adapter, weight: 0.5 }]), { code: "MISMATCH", message: /weight 1/ });
});

test("a chosen output type is written into config.json under the key that is there", async () => {
  const plan = planMerge(await openBase(), [{ adapter: await openExample("lora-licences") }], { dtype: "f16" });
  assert.deepEqual(plan.configChanges, [{ path: ["torch_dtype"], value: "float16" }]);
});
