import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, lengths, multiplyAdd, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

function axpy(engine: Engine, type: FloatDtype, alpha: number, x: Floats, y: Floats): Floats {
  const after = fenced(engine, [operand("x", x), operand("y", y)], (px, py) => {
    engine.wasm[`axpy_${type}`](x.length, alpha, px!, py!);
  });
  same(asFloats(type, after[0]!), x, "x stays");
  return asFloats(type, after[1]!);
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`axpy_${type} on ${name}: every element within u(|αx| + |y|), nothing beyond the operands`, () => {
      for (const n of lengths) {
        const x = uniform(type, n, rng(n + 3));
        const y = uniform(type, n, rng(n + 4));
        const got = axpy(engine, type, 1.7, x, y);
        const a = floatsOf(type, [1.7])[0]!;
        const want = Array.from(x, (v, i) => multiplyAdd(type, a, v, y[i]!));
        if (isDeterministic(name)) same(got, want, `n = ${n}`);
        else
          within(
            got,
            want,
            Array.from(x, (v, i) => 2 * unit[type] * (Math.abs(a * v) + Math.abs(y[i]!))),
            `n = ${n}`,
          );
      }
    });

    test(`axpy_${type} on ${name}: α = 0 still multiplies, so NaN and Inf of x show`, () => {
      const x = floatsOf(type, [1, Number.NaN, Number.POSITIVE_INFINITY, 2, Number.NaN]);
      const got = axpy(engine, type, 0, x, floatsOf(type, 5).fill(3));
      assert.deepEqual(Array.from(got), [3, Number.NaN, Number.NaN, 3, Number.NaN]);
    });
  }
}
