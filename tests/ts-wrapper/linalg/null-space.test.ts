import assert from "node:assert/strict";
import { test } from "node:test";
import { nullSpace } from "../../../ts-wrapper/linalg/null-space.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, withSpectrum } from "../../support/matrices.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`nullSpace ${type} on ${name}: n − rank orthonormal columns that A makes zero to 20·max(m, n)·u; wide, tall, deficient, full, zero`, () => {
      for (const [a, count] of [
        [normals(type, 4, 9, 1), 5],
        [withSpectrum(type, 9, 6, [2, 1], 2), 4],
        [withSpectrum(type, 6, 9, [2, 1], 2), 7],
        [normals(type, 9, 4, 1), 0],
        [build(type, 3, 5, () => 0), 5],
        [normals(type, 1, 3, 3), 2],
        [normals(type, 3, 1, 3), 0],
      ] as const) {
        const z = nullSpace(engine, a);
        assert.deepEqual([z.rows, z.cols], [a.cols, count]);
        const bound = 20 * Math.max(a.rows, a.cols) * unit[type];
        assert.ok(orthonormalityError(z, "columns") <= bound);
        for (let i = 0; i < a.rows; i++) {
          for (let j = 0; j < count; j++) {
            let sum = 0;
            for (let k = 0; k < a.cols; k++) sum += a.data[i * a.cols + k]! * z.data[k * count + j]!;
            assert.ok(Math.abs(sum) <= bound * 4, `${a.rows}×${a.cols}: ${sum}`);
          }
        }
      }
      assert.equal(nullSpace(engine, withSpectrum(type, 6, 6, [1, 0.1, 0.01], 1), { rcond: 0.05 }).cols, 4);
      assert.throws(() => nullSpace(engine, normals(type, 2, 2, 1), { rcond: -1 }), {
        code: "USAGE",
        message: /^nullSpace: rcond is -1/,
      });
      assert.equal(engine.live(), 0);
    });
  }
}
