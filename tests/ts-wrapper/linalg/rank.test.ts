import assert from "node:assert/strict";
import { test } from "node:test";
import { cutoff, rank, rankOf } from "../../../ts-wrapper/linalg/rank.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, kahan, normals, withSpectrum } from "../../support/matrices.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`rank ${type} on ${name}: of tall, wide, deficient, zero, single and empty matrices; rcond decides`, () => {
      assert.equal(rank(engine, normals(type, 9, 5, 1)), 5);
      assert.equal(rank(engine, normals(type, 5, 9, 1)), 5);
      assert.equal(rank(engine, withSpectrum(type, 12, 8, [3, 2, 1], 1)), 3);
      assert.equal(
        rank(
          engine,
          build(type, 4, 3, () => 0),
        ),
        0,
      );
      assert.equal(rank(engine, normals(type, 1, 7, 2)), 1);
      assert.equal(rank(engine, normals(type, 7, 1, 2)), 1);
      assert.equal(
        rank(
          engine,
          build(type, 0, 3, () => 0),
        ),
        0,
      );
      assert.equal(rank(engine, withSpectrum(type, 12, 8, [1, 0.1, 0.01], 1), { rcond: 0.05 }), 2);
      // Kahan's matrix, whose small singular value pivoting does not show: 0.9⁵⁹ keeps its diagonal far from zero.
      assert.equal(rank(engine, kahan(type, 60), { rcond: 1e-4 }), 59);
      assert.equal(engine.live(), 0);
    });
  }
}

test("cutoff is max(m, n)·2u unless it is given; rankOf compares with the first", () => {
  for (const type of floatTypes)
    assert.equal(
      cutoff(
        "f",
        build(type, 3, 7, () => 1),
        {},
      ),
      14 * unit[type],
    );
  assert.deepEqual([rankOf([4, 2, 1], 0.25), rankOf([4, 2, 1], 0), rankOf([0, 0], 0.1), rankOf([], 1)], [2, 3, 0, 0]);
  assert.throws(() => rank(builds[0]!.engine, normals("f32", 2, 2, 1), { rcond: -1 }), {
    code: "USAGE",
    message: "rank: rcond is -1, a number of at least 0 was needed",
  });
});
