import assert from "node:assert/strict";
import { test } from "node:test";
import { openAdapter } from "../../../../ts-wrapper/adapters/load.ts";
import { planMerge } from "../../../../ts-wrapper/adapters/merge/plan.ts";
import { colorsFor } from "../../../../ts-wrapper/cli/colors.ts";
import { planToJson, renderPlan } from "../../../../ts-wrapper/cli/render/plan.ts";
import { openModel } from "../../../../ts-wrapper/io/open-model.ts";
import { base, example } from "../in-process.ts";

const [model, adapter] = [await openModel(base), await openAdapter(example("lora-licences"))];
const plan = planMerge(model, [{ adapter, weight: 0.5 }], { dtype: "f16", shardSize: 1e6 });
await Promise.all([model.close(), adapter.close()]);
const plain = colorsFor({ isTTY: false, env: {}, refused: true });
const colored = colorsFor({ isTTY: true, env: {}, refused: false });

test("plan for people: a changed type shows both, changed configuration is told, files are listed", () => {
  const text = renderPlan({ plan, out: "./out", free: 1e12 }, plain);
  assert.match(text, /model\.norm\.weight +1 +converted +BF16 → F16 /);
  assert.match(text, /up_proj\.weight +5 +merged +BF16 → F16 .* r 8 · scale 1\n/);
  assert.match(text, /config +torch_dtype = "float16"\n/);
  assert.match(text, /disk +\S+ MB needed, 1 TB free\n/);
  assert.equal([...text.matchAll(/^ {2}model-\d{5}-of-\d{5}\.safetensors /gm)].length, plan.files.length);
});

test("plan for people: too little room on the disk is red", () => {
  const text = renderPlan({ plan, out: "./out", free: 10 }, colored);
  const told = text.split("\n").find((l) => l.includes("10 B free")) ?? "";
  assert.ok(told.includes(colored.red(told.slice(told.indexOf("31m") + 3, told.lastIndexOf("\u001b")))), JSON.stringify(told));
  assert.match(renderPlan({ plan, out: undefined, free: undefined }, plain), /\(no --out given\)[\s\S]*disk +\S+ MB needed\n/);
});

test("plan as JSON survives a round trip and names the file of every tensor", () => {
  const json = planToJson({ plan, out: undefined, free: undefined });
  assert.deepEqual(JSON.parse(JSON.stringify(json)), json);
  const files = new Set(plan.files.map((f) => f.file));
  const tensors = json.tensors as { file: string; dtypeFrom: string }[];
  assert.ok(tensors.every((t) => files.has(t.file) && t.dtypeFrom === "BF16"));
});
