import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { floatsOf, floatTypes, lengths, tiniest, uniform } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

function iamax(engine: Engine, type: FloatDtype, x: Floats): number {
  let result = -1;
  fenced(engine, [operand("x", x)], (p) => {
    result = engine.wasm[`iamax_${type}`](x.length, p!);
  });
  return result;
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`iamax_${type} on ${name}: the first of the largest, nothing beyond the operand`, () => {
      for (const n of lengths) {
        const x = uniform(type, n, rng(n + 9));
        let want = 0;
        for (let i = 1; i < n; i++) if (Math.abs(x[i]!) > Math.abs(x[want]!)) want = i;
        assert.equal(iamax(engine, type, x), want, `n = ${n}`);
        assert.equal(iamax(engine, type, floatsOf(type, n).fill(-1)), 0, `n = ${n}, all the same`);
      }
    });

    test(`iamax_${type} on ${name}: finds a subnormal among zeros, Inf above all numbers, the first NaN above Inf`, () => {
      for (let at = 0; at < 11; at++) {
        const x = floatsOf(type, 11);
        x[at] = -tiniest[type];
        assert.equal(iamax(engine, type, x), at);
        x.fill(1e30);
        x[at] = Number.NEGATIVE_INFINITY;
        assert.equal(iamax(engine, type, x), at);
        x[10 - at] = Number.NaN;
        x[10] = Number.NaN;
        assert.equal(iamax(engine, type, x), 10 - at);
      }
    });
  }
}
