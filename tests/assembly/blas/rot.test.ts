import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, lengths, multiplyAdd, rounding, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

function rot(engine: Engine, type: FloatDtype, x: Floats, y: Floats, c: number, s: number): [Floats, Floats] {
  const after = fenced(engine, [operand("x", x), operand("y", y)], (px, py) => {
    engine.wasm[`rot_${type}`](x.length, px!, py!, c, s);
  });
  return [asFloats(type, after[0]!), asFloats(type, after[1]!)];
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`rot_${type} on ${name}: both from the old values, each within 2u(|c x| + |s y|), nothing beyond the operands`, () => {
      const c = rounding[type](Math.cos(0.7));
      const s = rounding[type](Math.sin(0.7));
      for (const n of lengths) {
        const x = uniform(type, n, rng(n + 1));
        const y = uniform(type, n, rng(n + 2));
        const [gx, gy] = rot(engine, type, x, y, c, s);
        const wx = Array.from(x, (v, i) => multiplyAdd(type, s, y[i]!, rounding[type](c * v)));
        const wy = Array.from(x, (v, i) => multiplyAdd(type, -s, v, rounding[type](c * y[i]!)));
        const bound = Array.from(x, (v, i) => 2 * unit[type] * (Math.abs(v) + Math.abs(y[i]!)));
        if (isDeterministic(name)) {
          same(gx, wx, `x, n = ${n}`);
          same(gy, wy, `y, n = ${n}`);
        } else {
          within(gx, wx, bound, `x, n = ${n}`);
          within(gy, wy, bound, `y, n = ${n}`);
        }
      }
    });

    test(`rot_${type} on ${name}: a quarter turn exchanges x and y`, () => {
      const [x, y] = rot(engine, type, floatsOf(type, [1, 2, 3, 4, 5]), floatsOf(type, [6, 7, 8, 9, 10]), 0, 1);
      assert.deepEqual(Array.from(x), [6, 7, 8, 9, 10]);
      assert.deepEqual(Array.from(y), [-1, -2, -3, -4, -5]);
    });
  }
}
