import assert from "node:assert/strict";
import { test } from "node:test";
import { deflate } from "../../../ts-wrapper/linalg/deflate.ts";

interface Turn {
  readonly i: number;
  readonly j: number;
  readonly c: number;
  readonly s: number;
}

function run(d: number[], z: number[], middle: number, tolerance = 1e-3) {
  const turns: Turn[] = [];
  const after = Float64Array.from(z);
  const result = deflate(Float64Array.from(d), after, middle, tolerance, (i, j, c, s) => turns.push({ i, j, c, s }));
  return { ...result, z: [...after], turns };
}

test("deflate keeps entries that stand apart, ascending after the row's own place, grouped by half", () => {
  const { kept, order, apart, deflated, turns } = run([3, 1, 0, 2, 4], [1, 1, 1, 1, 1], 2);
  assert.deepEqual(kept, [2, 1, 3, 0, 4]);
  assert.deepEqual(order, [1, 3, 0, 2, 4]); // d = 1 and 3 are the left half's, then the row between, then the right half's
  assert.deepEqual(apart, { left: 2, both: 0 });
  assert.deepEqual([deflated, turns], [[], []]);
});

test("deflate sets aside entries whose z is within the tolerance, and lifts the row's own z to it with its sign", () => {
  const { kept, deflated, z } = run([1, 0, 2, 3], [1e-3, -1e-9, 1.001e-3, 0], 1);
  assert.deepEqual(kept, [1, 2]);
  assert.deepEqual(deflated, [0, 3]);
  assert.equal(z[1], -1e-3);
  assert.equal(run([0], [0], 0).z[0], 1e-3);
});

test("deflate turns close values until one of them has z = 0, and knows rows that now lie in both halves", () => {
  const { kept, order, apart, deflated, z, turns } = run([1, 0, 1.0005, 1.001, 2], [3, 1, 4, 12, 1], 1);
  assert.deepEqual(kept, [1, 3, 4]);
  assert.deepEqual(deflated, [0, 2]);
  assert.deepEqual(
    turns.map(({ i, j }) => [i, j]),
    [
      [0, 2],
      [2, 3],
    ],
  );
  for (const [k, x, y] of [
    [0, 3, 4],
    [1, 5, 12],
  ] as const) {
    const { c, s } = turns[k]!;
    assert.ok(Math.abs(c * x + s * y) < 1e-15 && Math.abs(c * y - s * x - Math.hypot(x, y)) < 1e-14);
  }
  assert.deepEqual([z[0], z[2], z[3]], [0, 0, 13]);
  assert.deepEqual(apart, { left: 0, both: 1 });
  assert.deepEqual(order, [0, 1, 2]);
  // Two of the same half stay in it.
  assert.deepEqual(run([0, 1, 1], [1, 1, 1], 0).apart, { left: 0, both: 0 });
});
