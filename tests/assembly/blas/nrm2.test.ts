import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { floatsOf, floatTypes, largest, lengths, tiniest, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

function nrm2(engine: Engine, type: FloatDtype, x: Floats): number {
  let result = Number.NaN;
  fenced(engine, [operand("x", x)], (p) => {
    result = engine.wasm[`nrm2_${type}`](x.length, p!);
  });
  return result;
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`nrm2_${type} on ${name}: relative error at most (n/2 + 2)u, at every scale the type has`, () => {
      const scales =
        type === "f32" ? [2 ** -140, 2 ** -60, 1, 2 ** 60, 2 ** 126] : [2 ** -1060, 2 ** -500, 2 ** -449, 1, 2 ** 520, 2 ** 1021];
      for (const n of lengths) {
        const x = uniform(type, n, rng(n + 3));
        for (const scale of scales) {
          const y = floatsOf(
            type,
            Array.from(x, (v) => v * scale),
          );
          const want = Math.sqrt(Array.from(y, (v) => (v / scale) ** 2).reduce((sum, v) => sum + v, 0)) * scale;
          if (want > largest[type]) continue;
          // The twin of f64 errs as much again; the tiniest number is half a unit of a subnormal result.
          const bound = (n + 4) * unit[type] * want + tiniest[type];
          const got = nrm2(engine, type, y);
          assert.ok(Math.abs(got - want) <= bound, `n = ${n}, scale ${scale}: ${got}, ${want} ± ${bound} wanted`);
        }
      }
    });

    test(`nrm2_${type} on ${name}: single elements exactly, subnormal to largest; Inf and NaN; overflow of the result`, () => {
      for (const v of [tiniest[type], 3 * tiniest[type], 2 ** -120, 1, 2 ** 100, largest[type]]) {
        for (let at = 0; at < 9; at++) {
          const x = floatsOf(type, 9);
          x[at] = -v;
          assert.equal(nrm2(engine, type, x), v, `${v} at ${at}`);
        }
      }
      assert.equal(nrm2(engine, type, floatsOf(type, [3, 4])), 5);
      assert.equal(nrm2(engine, type, floatsOf(type, [3 * 2 ** 100, 4 * 2 ** 100])), 5 * 2 ** 100);
      assert.equal(nrm2(engine, type, floatsOf(type, [1, Number.NEGATIVE_INFINITY, 2])), Number.POSITIVE_INFINITY);
      assert.ok(Number.isNaN(nrm2(engine, type, floatsOf(type, [1, Number.NaN, Number.POSITIVE_INFINITY]))));
      assert.equal(nrm2(engine, type, floatsOf(type, 5).fill(largest[type])), Number.POSITIVE_INFINITY);
      assert.equal(nrm2(engine, type, floatsOf(type, 7)), 0);
    });
  }
}
