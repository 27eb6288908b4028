import assert from "node:assert/strict";
import { test } from "node:test";
import { cond } from "../../../ts-wrapper/linalg/cond.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, withSpectrum } from "../../support/matrices.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`cond ${type} on ${name}: σ₁/σₖ to 20n·u·κ, 1 for one row or column, infinity for singular ones`, () => {
      for (const [m, n] of [
        [9, 4],
        [4, 9],
      ] as const) {
        const got = cond(engine, withSpectrum(type, m, n, [8, 4, 2, 0.5], 1));
        assert.ok(Math.abs(got / 16 - 1) <= 20 * 9 * unit[type] * 16, `${got}`);
      }
      assert.deepEqual([cond(engine, normals(type, 1, 5, 1)), cond(engine, normals(type, 5, 1, 1))], [1, 1]);
      assert.equal(
        cond(
          engine,
          build(type, 3, 3, (i) => i),
        ),
        Number.POSITIVE_INFINITY,
      );
      assert.equal(
        cond(
          engine,
          build(type, 3, 3, () => 0),
        ),
        Number.POSITIVE_INFINITY,
      );
      assert.throws(
        () =>
          cond(
            engine,
            build(type, 3, 0, () => 0),
          ),
        { code: "SHAPE", message: /^cond: A is 3×0/ },
      );
      assert.equal(engine.live(), 0);
    });
  }
}
