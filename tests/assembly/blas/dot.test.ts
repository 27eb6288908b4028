import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { floatsOf, floatTypes, largest, lengths, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

function dot(engine: Engine, type: FloatDtype, x: Floats, y: Floats): number {
  let result = Number.NaN;
  fenced(engine, [operand("x", x), operand("y", y)], (px, py) => {
    result = engine.wasm[`dot_${type}`](x.length, px!, py!);
  });
  return result;
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`dot_${type} on ${name}: within γₙ·|x|ᵀ|y| of the float64 sum, nothing beyond the operands`, () => {
      for (const n of lengths) {
        const next = rng(n + 1);
        const x = uniform(type, n, next);
        const y = uniform(type, n, next);
        let want = 0;
        let size = 0;
        for (let i = 0; i < n; i++) {
          want += x[i]! * y[i]!;
          size += Math.abs(x[i]! * y[i]!);
        }
        const bound = (type === "f32" ? 1 : 2) * gamma(n + 1, unit[type]) * size; // for f64 the twin errs as much again
        const got = dot(engine, type, x, y);
        assert.ok(Math.abs(got - want) <= bound, `n = ${n}: ${got}, ${want} ± ${bound} wanted`);
      }
    });

    test(`dot_${type} on ${name}: whole numbers exactly; NaN, Inf and overflow as IEEE has them`, () => {
      const count = floatsOf(
        type,
        Array.from({ length: 37 }, (_, i) => i + 1),
      );
      assert.equal(dot(engine, type, count, count), (37 * 38 * 75) / 6);
      for (let at = 0; at < 21; at++) {
        const x = floatsOf(type, 21).fill(1);
        const y = floatsOf(type, 21).fill(1);
        x[at] = Number.NaN;
        assert.ok(Number.isNaN(dot(engine, type, x, y)), `NaN at ${at}`);
        x[at] = Number.POSITIVE_INFINITY;
        assert.equal(dot(engine, type, x, y), Number.POSITIVE_INFINITY, `Inf at ${at}`);
        y[at] = 0;
        assert.ok(Number.isNaN(dot(engine, type, x, y)), `Inf·0 at ${at}`);
      }
      const huge = floatsOf(type, 5).fill(largest[type]);
      assert.equal(dot(engine, type, huge, huge), Number.POSITIVE_INFINITY);
    });
  }
}

test("dot: debug, simd and threads give the same bits", () => {
  for (const type of floatTypes) {
    const x = uniform(type, 1003, rng(5));
    const y = uniform(type, 1003, rng(6));
    const results = builds.filter((b) => isDeterministic(b.name)).map((b) => dot(b.engine, type, x, y));
    same(
      results,
      results.map(() => results[0]!),
      type,
    );
  }
});
