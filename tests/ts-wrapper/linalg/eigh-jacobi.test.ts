import assert from "node:assert/strict";
import { test } from "node:test";
import { jacobiEigh } from "../../../ts-wrapper/linalg/eigh-jacobi.ts";
import { copyMatrixIn, elements } from "../../../ts-wrapper/linalg/matrix.ts";
import { unscale } from "../../../ts-wrapper/linalg/scaling.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build } from "../../support/matrices.ts";
import { eigenError, symmetric } from "../../support/symmetric.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`jacobiEigh ${type} on ${name}: values of the scaled matrix in the order of its diagonal, their vectors in rows, to 8n·u`, () => {
      for (const n of [0, 1, 6, 13]) {
        const a = symmetric(type, n, n);
        engine.scope((s) => {
          const peak = Math.max(0, ...Array.from(a.data, Math.abs));
          const options = { vectors: true, maxSweeps: 30 };
          const { values, rows, scaling } = jacobiEigh(engine, s, type, copyMatrixIn(engine, s, a), "L", peak, options);
          const x = elements(engine, rows!.ptr, n * rows!.ld, type);
          const v = build(type, n, n, (i, j) => x[j * rows!.ld + i]!);
          const w = Array.from(values, (value) => unscale(value, scaling));
          assert.ok(eigenError(a, w, v) <= 8 * n * unit[type]);
          const alone = jacobiEigh(engine, s, type, copyMatrixIn(engine, s, a), "L", peak, { ...options, vectors: false });
          assert.deepEqual([alone.rows, [...alone.values]], [undefined, [...values]]);
        });
      }
      assert.equal(engine.live(), 0);
    });
  }
}
