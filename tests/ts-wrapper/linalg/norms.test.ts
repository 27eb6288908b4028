import assert from "node:assert/strict";
import { test } from "node:test";
import { norm } from "../../../ts-wrapper/linalg/norms.ts";
import { floatsOf, floatTypes, largest, tiniest } from "../../support/floats.ts";

const all = ["frobenius", "max", "one", "infinity"] as const;

for (const type of floatTypes) {
  test(`norms of a ${type} matrix with gaps: √30·2, 8, 12, 14; of an empty one and of zeros 0`, () => {
    const a = { rows: 2, cols: 2, stride: 3, data: floatsOf(type, [2, -4, 99, 6, 8]) };
    assert.equal(norm(a, "frobenius"), Math.sqrt(120));
    assert.deepEqual([norm(a, "max"), norm(a, "one"), norm(a, "infinity")], [8, 12, 14]);
    for (const kind of all) {
      assert.equal(norm({ rows: 0, cols: 4, data: floatsOf(type, 0) }, kind), 0);
      assert.equal(norm({ rows: 2, cols: 2, data: floatsOf(type, 4) }, kind), 0);
    }
  });

  test(`norms of ${type} neither overflow nor vanish on the way`, () => {
    const small = { rows: 2, cols: 2, data: floatsOf(type, 4).fill(tiniest[type]) };
    assert.deepEqual(
      all.map((kind) => norm(small, kind) / tiniest[type]),
      [2, 1, 2, 2],
    );
    const large = { rows: 1, cols: 2, data: floatsOf(type, [largest[type] / 2, largest[type] / 2]) };
    assert.ok(Math.abs(norm(large, "frobenius") / (largest[type] / 2) - Math.SQRT2) < 1e-15);
    assert.equal(norm(large, "infinity"), largest[type]);
  });

  test(`norms of ${type}: NaN gives NaN wherever it stands, infinity gives infinity`, () => {
    for (let at = 0; at < 4; at++) {
      const data = floatsOf(type, [1, 2, 3, 4]);
      data[at] = Number.NaN;
      for (const kind of all) assert.ok(Number.isNaN(norm({ rows: 2, cols: 2, data }, kind)));
      data[at] = Number.NEGATIVE_INFINITY;
      for (const kind of all) assert.equal(norm({ rows: 2, cols: 2, data }, kind), Number.POSITIVE_INFINITY);
    }
  });
}

test("norm refuses what is no matrix", () => {
  assert.throws(() => norm({ rows: 2, cols: 2, data: new Float32Array(3) }, "max"), { code: "SHAPE" });
});
