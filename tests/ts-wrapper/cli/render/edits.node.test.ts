import assert from "node:assert/strict";
import { test } from "node:test";
import type { EditReport } from "../../../../ts-wrapper/adapters/merge/report.ts";
import { colorsFor } from "../../../../ts-wrapper/cli/colors.ts";
import { adapterTable, editWords } from "../../../../ts-wrapper/cli/render/edits.ts";

const plain = colorsFor({ isTTY: false, env: {}, refused: true });
const low = (adapter: number, rank: number, scale: number): EditReport => ({ adapter, op: "low-rank", rank, scale });

test("edits: one row for each adapter, with the range of rank and scale and its number of tensors", () => {
  const adapters = [
    { name: "a", kind: "lora", weight: 1 },
    { name: "b", kind: "lora", weight: -0.5 },
  ];
  const tensors = [
    { edits: [low(0, 4, 2), low(1, 8, -1)] },
    { edits: [low(0, 16, 0.5)] },
    { edits: [{ adapter: 1, op: "replace" } as const] },
    { edits: [] },
  ];
  assert.deepEqual(
    adapterTable(adapters, tensors, plain)
      .split("\n")
      .map((l) => l.trim().split(/ {2,}/)),
    [
      ["adapter", "kind", "weight", "tensors", "rank", "scale"],
      ["a", "lora", "1", "2", "4 … 16", "0.5 … 2"],
      ["b", "lora", "-0.5", "2", "8", "-1"],
    ],
  );
});

test("edits: what happens to a group of tensors is told once", () => {
  assert.equal(editWords([{ edits: [low(0, 8, 2)] }, { edits: [low(0, 8, 2)] }]), "r 8 · scale 2");
  assert.equal(
    editWords([{ edits: [{ ...low(0, 4, 2), dora: "rows" }] }, { edits: [{ adapter: 0, op: "replace" }] }]),
    "r 4 · scale 2 · DoRA, replace",
  );
  assert.equal(editWords([{ edits: [low(0, 8, 2), low(1, 4, 1)] }]), "r 8 · scale 2 + r 4 · scale 1");
  assert.equal(editWords([{ edits: [] }]), "");
});
