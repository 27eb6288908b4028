import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, lengths, rounding, tiniest, uniform } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

function scal(engine: Engine, type: FloatDtype, alpha: number, x: Floats): Floats {
  const after = fenced(engine, [operand("x", x)], (p) => {
    engine.wasm[`scal_${type}`](x.length, alpha, p!);
  });
  return asFloats(type, after[0]!);
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`scal_${type} on ${name}: one rounding for each element, nothing beyond the operand`, () => {
      for (const n of lengths) {
        const x = uniform(type, n, rng(n));
        const a = floatsOf(type, [-0.3])[0]!;
        same(
          scal(engine, type, a, x),
          Array.from(x, (v) => rounding[type](a * v)),
          `n = ${n}`,
        );
      }
    });

    test(`scal_${type} on ${name}: subnormals are kept, 0·Inf and 0·NaN are NaN`, () => {
      const tiny = tiniest[type];
      same(
        scal(engine, type, 3, floatsOf(type, 5).fill(tiny)),
        [3, 3, 3, 3, 3].map((k) => k * tiny),
        "subnormals",
      );
      const got = scal(engine, type, 0, floatsOf(type, [1, Number.NaN, -2, Number.NEGATIVE_INFINITY, 1]));
      assert.deepEqual(Array.from(got), [0, Number.NaN, -0, Number.NaN, 0]);
    });
  }
}
