import assert from "node:assert/strict";
import { test } from "node:test";
import { distinct, groupByPattern, groupByTrait, patternOf } from "../../../ts-wrapper/cli/groups.ts";

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

test("groups: where members differ by a trait, their numbers tell which they are", () => {
  const items = [0, 1, 2, 3].map((i) => ({ name: `l.${i}.q`, rank: i === 1 || i === 3 ? 4 : i === 0 ? 16 : 8 }));
  const labels = groupByTrait([...items, { name: "h", rank: 1 }, { name: "m.0", rank: 2 }, { name: "m.1", rank: 2 }], (t) =>
    String(t.rank),
  );
  assert.deepEqual(
    labels.map(([label, members]) => [label, members.length]),
    [
      ["l.0.q", 1],
      ["l.{1,3}.q", 2],
      ["l.2.q", 1],
      ["h", 1],
      ["m.*", 2],
    ],
  );
});
