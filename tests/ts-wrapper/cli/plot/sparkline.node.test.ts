// Node only: the command line is for Node
import assert from "node:assert/strict";
import { test } from "node:test";
import { sparkline } from "../../../../ts-wrapper/cli/plot/sparkline.ts";

test("steps of one factor are steps of one level", () => {
  assert.equal(sparkline([1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7], 8), "▁▂▃▄▅▆▇█");
  assert.equal(sparkline([4, 4, 4], 8), "███");
});

test("zeros are blanks, and nothing is an empty line", () => {
  assert.equal(sparkline([100, 1, 0], 8), "█▁ ");
  assert.equal(sparkline([0, 0], 8), "  ");
  assert.equal(sparkline([], 8), "");
});

test("more values than columns are told by the largest of each stretch", () => {
  assert.equal(sparkline([1, 1e7, 10, 1, 1, 1], 3), "█▂▁");
  assert.equal(
    [
      ...sparkline(
        Float64Array.from({ length: 1000 }, (_, i) => 1000 - i),
        60,
      ),
    ].length,
    60,
  );
});
