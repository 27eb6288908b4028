import assert from "node:assert/strict";
import { test } from "node:test";
import type { AdapterFacts, EditFacts } from "../../../../ts-wrapper/cli/adapter-facts.ts";
import { colorsFor } from "../../../../ts-wrapper/cli/colors.ts";
import { renderAdapter } from "../../../../ts-wrapper/cli/render/adapter.ts";

const plain = colorsFor({ isTTY: false, env: {}, refused: true });
const edit = (name: string, norm: number): EditFacts => ({
  name,
  op: "low-rank",
  shape: [4, 2],
  matrices: 1,
  rank: 8,
  scale: 2,
  scaleWhy: "alpha 16 / r 8",
  norm,
  spectralNorm: norm,
  stableRank: 1.5,
});
const facts: AdapterFacts = {
  name: "./lora",
  kind: "lora",
  title: "LoRA",
  formula: "ΔW = s·B·A",
  files: [{ file: "adapter_model.safetensors", bytes: 1000 }],
  tensors: 4,
  parameters: 100,
  dtypes: ["F32"],
  config: { r: 8 },
  base: null,
  edits: [
    edit("layers.0.q.weight", 1),
    edit("layers.1.q.weight", 3),
    { name: "lm_head.weight", op: "replace", shape: [3, 2], matrices: 1 },
  ],
  unused: [],
  warnings: [],
};

test("adapter: groups with rank, scale and its reason, norm and stable rank as ranges", () => {
  const text = renderAdapter(facts, false, plain);
  assert.match(text, /layers\.\*\.q\.weight +2 +4 × 2 +8 +2 +1 … 3 +1\.50 +alpha 16 \/ r 8\n/);
  assert.match(text, /lm_head\.weight +1 +3 × 2 +– +– +– +– +whole tensor$/);
  assert.match(text, /base +none given/);
  assert.ok(!text.includes("‖ΔW‖/‖W‖  "), "no column for what only a base tells");
});

test("adapter: with a base every tensor has its relative change and survival", () => {
  const edits = facts.edits.slice(0, 1).map((e) => ({ ...e, relativeChange: 0.1, survival: 0.99 }));
  const text = renderAdapter({ ...facts, base: "./base", edits, totals: { relativeChange: 0.1, survival: 0.99 } }, true, plain);
  assert.match(text, /change +‖ΔW‖\/‖W‖ = 0\.1\n/);
  assert.match(text, /layers\.0\.q\.weight +4 × 2 +8 +2 +1 +1\.50 +0\.1 +99\.00 % +alpha 16 \/ r 8$/);
});
