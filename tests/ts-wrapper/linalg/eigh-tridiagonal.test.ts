import assert from "node:assert/strict";
import { test } from "node:test";
import { tridiagonalEigh } from "../../../ts-wrapper/linalg/eigh-tridiagonal.ts";
import { copyMatrixIn, elements } from "../../../ts-wrapper/linalg/matrix.ts";
import { unscale } from "../../../ts-wrapper/linalg/scaling.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build } from "../../support/matrices.ts";
import { eigenError, symmetric } from "../../support/symmetric.ts";

const first = new Map<string, Float64Array>();

for (const { name, engine } of builds.filter(({ name }) => name !== "debug")) {
  for (const type of floatTypes) {
    test(`tridiagonalEigh ${type} on ${name}: several panels, products in parts and blocks of updates, to n·u·‖A‖, the same bits whatever the threads`, () => {
      for (const n of [31, 33, 66, 200, 420]) {
        const a = symmetric(type, n, n);
        engine.scope((s) => {
          const peak = Array.from(a.data).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
          const { values, rows, scaling } = tridiagonalEigh(engine, s, type, copyMatrixIn(engine, s, a), "L", peak, true);
          if (isDeterministic(name)) {
            const key = `${type} ${n}`;
            same(values, first.get(key) ?? first.set(key, values).get(key)!, key);
          }
          const x = elements(engine, rows!.ptr, n * rows!.ld, type);
          const v = build(type, n, n, (i, j) => x[j * rows!.ld + i]!);
          const w = Array.from(values, (value) => unscale(value, scaling));
          const error = eigenError(a, w, v);
          assert.ok(error <= n * unit[type], `n = ${n}: ${error / unit[type]} u`);
        });
      }
      assert.equal(engine.live(), 0);
    });
  }
}
