import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { gamma } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { floatsOf, floatTypes, largest, lengths, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

function asum(engine: Engine, type: FloatDtype, x: Floats): number {
  let result = Number.NaN;
  fenced(engine, [operand("x", x)], (p) => {
    result = engine.wasm[`asum_${type}`](x.length, p!);
  });
  return result;
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`asum_${type} on ${name}: relative error at most γₙ₋₁, nothing beyond the operand`, () => {
      for (const n of lengths) {
        const x = uniform(type, n, rng(n + 3));
        const want = Array.from(x).reduce((sum, v) => sum + Math.abs(v), 0);
        const bound = (type === "f32" ? 1 : 2) * gamma(n, unit[type]) * want; // for f64 the twin errs as much again
        const got = asum(engine, type, x);
        assert.ok(Math.abs(got - want) <= bound, `n = ${n}: ${got}, ${want} ± ${bound} wanted`);
      }
    });

    test(`asum_${type} on ${name}: each element counts by its size; NaN and Inf show wherever they stand`, () => {
      for (let at = 0; at < 13; at++) {
        const x = floatsOf(type, 13);
        x[at] = -(2 ** at);
        assert.equal(asum(engine, type, x), 2 ** at);
        x[at] = Number.NEGATIVE_INFINITY;
        assert.equal(asum(engine, type, x), Number.POSITIVE_INFINITY);
        x[at] = Number.NaN;
        assert.ok(Number.isNaN(asum(engine, type, x)), `NaN at ${at}`);
      }
      assert.equal(asum(engine, type, floatsOf(type, [largest[type], -largest[type]])), Number.POSITIVE_INFINITY);
    });
  }
}
