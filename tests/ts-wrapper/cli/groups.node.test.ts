import assert from "node:assert/strict";
import { test } from "node:test";
import { distinct, groupByPattern, patternOf } from "../../../ts-wrapper/cli/groups.ts";

test("groups: numbers that stand alone between dots become *", () => {
  assert.equal(patternOf("model.layers.12.mlp.experts.3.w1.weight"), "model.layers.*.mlp.experts.*.w1.weight");
  assert.equal(patternOf("h.0"), "h.*");
  assert.equal(patternOf("0.weight"), "*.weight");
  assert.equal(patternOf("conv1.weight2"), "conv1.weight2");
});

test("groups: members keep their order and none is lost", () => {
  const items = ["b.0", "a", "b.1", "a.7.x"].map((name) => ({ name }));
  const groups = groupByPattern(items);
  assert.deepEqual([...groups.keys()], ["b.*", "a", "a.*.x"]);
  assert.deepEqual([...groups.values()].flat().length, items.length);
  assert.equal(distinct(["F32", "BF16", "F32"]), "F32, BF16");
});
