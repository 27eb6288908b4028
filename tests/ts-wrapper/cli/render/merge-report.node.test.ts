import assert from "node:assert/strict";
import { test } from "node:test";
import type { MergeReport, TensorReport } from "../../../../ts-wrapper/adapters/merge/report.ts";
import { colorsFor } from "../../../../ts-wrapper/cli/colors.ts";
import { counts, renderMergeReport, unusedWarnings } from "../../../../ts-wrapper/cli/render/merge-report.ts";

const plain = colorsFor({ isTTY: false, env: {}, refused: true });

function tensor(name: string, survival: number | null): TensorReport {
  const edits = survival === null ? [] : [{ adapter: 0, op: "low-rank", rank: 8, scale: 2 } as const];
  const action = survival === null ? "copied" : "merged";
  return {
    name,
    file: "model.safetensors",
    action,
    dtype: "BF16",
    shape: [2, 2],
    edits,
    relativeChange: survival === null ? null : 0.125,
    survival,
  };
}

function report(survivals: readonly number[], total: number | null): MergeReport {
  return {
    schema: 1,
    tool: "lowrank",
    options: { dtype: "same", accumulate: "f32", scale: 1, tied: null, math: "deterministic" },
    base: { name: "base", files: [] },
    adapters: [{ name: "lora", kind: "lora", weight: 1, files: [], unused: [] }],
    outputs: [{ file: "model.safetensors", bytes: 4_850_000, sha256: "0123456789abcdef0123456789abcdef" }],
    tensors: [tensor("norm", null), ...survivals.map((s, i) => tensor(`t${i}`, s))],
    totals: { tensors: survivals.length + 1, edited: survivals.length, relativeChange: 0.125, survival: total },
    warnings: [],
  };
}

const timings = { elapsedMs: 1500, phases: { merge: { elapsedMs: 1000, bytesRead: 6e6, bytesWritten: 5e6 } } };

test("summary: what went in, what changed, what survived, what was written, how fast", () => {
  const text = renderMergeReport(
    { base: "./base", out: "./out", report: report([0.95, 0.99], 0.97), timings, verified: true },
    plain,
  );
  assert.match(text, /^Merged \.\/base → \.\/out\n/);
  assert.match(text, /lora +lora +1 +2 +8 +2\n/);
  assert.match(text, /tensors +2 merged, 1 copied\n/);
  assert.match(text, /change +‖ΔW‖\/‖W‖ = 0\.125\n/);
  assert.match(text, /survival +97\.00 % of ΔW is left after rounding to BF16\n/);
  assert.match(text, /verified +read back/);
  assert.match(text, /model\.safetensors +4\.85 MB +0123456789abcdef…\n/);
  assert.match(text, /done in 1\.50 s, read 6 MB, wrote 5 MB, merged at 5 MB\/s$/);
});

test("summary: the three tensors that keep the least come first; those that keep all are not shown", () => {
  const text = renderMergeReport(
    { base: "b", out: "o", report: report([0.99, 0.5, 0.9, 0.7, 1], 0.95), timings, verified: true },
    plain,
  );
  assert.deepEqual(
    [...text.matchAll(/^ {2}(t\d) /gm)].map((m) => m[1]),
    ["t1", "t3", "t2"],
  );
  const exact = renderMergeReport({ base: "b", out: "o", report: report([1, 1], 1), timings, verified: true }, plain);
  assert.ok(!exact.includes("least left"), exact);
  assert.match(exact, /survival +100 % of ΔW/);
});

test("summary: a low survival says how to keep more, a skipped check says so", () => {
  const text = renderMergeReport({ base: "b", out: "o", report: report([0.2], 0.2), timings, verified: false }, plain);
  assert.match(text, /20\.00 % of ΔW is left after rounding to BF16; a wider --dtype keeps more/);
  assert.match(text, /verified +no \(--no-verify\)/);
  assert.ok(
    !renderMergeReport({ base: "b", out: "o", report: report([], null), timings, verified: true }, plain).includes("survival"),
  );
});

test("summary: actions are counted in words", () => {
  assert.equal(
    counts([{ action: "copied" }, { action: "rows" }, { action: "merged" }, { action: "merged" }]),
    "2 merged, 1 with rows replaced, 1 copied",
  );
});

test("summary: unused tensors are named, three of them at most", () => {
  assert.deepEqual(unusedWarnings([{ name: "a", unused: [] }]), []);
  assert.deepEqual(unusedWarnings([{ name: "a", unused: ["x", "y", "z", "w"] }]), [
    "a: 4 tensors found no place in the base: x, y, z, …",
  ]);
});
