import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatTypes, lengths, multiplyAdd, rounding, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

function givens(engine: Engine, type: FloatDtype, x: Floats, y: Floats, s: number, tau: number): [Floats, Floats] {
  const after = fenced(engine, [operand("x", x), operand("y", y)], (px, py) => {
    engine.wasm[`givens_${type}`](x.length, px!, py!, s, tau);
  });
  return [asFloats(type, after[0]!), asFloats(type, after[1]!)];
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`givens_${type} on ${name}: both rows from the old values, each element within u|x'| + 3u|s|(|y| + |τx|), nothing beyond them`, () => {
      const s = rounding[type](Math.sin(0.7));
      const tau = rounding[type](Math.tan(0.35));
      for (const n of lengths) {
        const x = uniform(type, n, rng(n + 1));
        const y = uniform(type, n, rng(n + 2));
        const [gx, gy] = givens(engine, type, x, y, s, tau);
        if (isDeterministic(name)) {
          const rounded = (a: number, b: number, sign: number): number =>
            multiplyAdd(type, sign * s, multiplyAdd(type, -sign * tau, a, b), a);
          same(
            gx,
            Array.from(x, (a, i) => rounded(a, y[i]!, 1)),
            `x, n = ${n}`,
          );
          same(
            gy,
            Array.from(y, (b, i) => rounded(b, x[i]!, -1)),
            `y, n = ${n}`,
          );
        }
        const wx = Array.from(x, (a, i) => a + s * (y[i]! - tau * a));
        const wy = Array.from(y, (b, i) => b - s * (x[i]! + tau * b));
        const bound = (want: number, a: number, b: number): number =>
          unit[type] * (Math.abs(want) + 3 * s * (Math.abs(b) + tau * Math.abs(a))) * (1 + 4 * unit[type]);
        within(
          gx,
          wx,
          wx.map((w, i) => bound(w, x[i]!, y[i]!)),
          `x, n = ${n}`,
        );
        within(
          gy,
          wy,
          wy.map((w, i) => bound(w, y[i]!, x[i]!)),
          `y, n = ${n}`,
        );
      }
    });

    test(`givens_${type} on ${name}: an angle below u/4 moves nothing but what it must`, () => {
      const s = unit[type] / 4;
      const x = Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1);
      const y = x.map(() => s / 4);
      const rows = (values: Float64Array): Floats => (type === "f32" ? Float32Array.from(values) : values);
      const [gx, gy] = givens(engine, type, rows(x), rows(y), s, s / 2);
      assert.ok(
        gx.every((value) => value === 1),
        "x changed",
      );
      assert.ok(
        gy.every((value) => value === s / 4 - s),
        `y is ${gy[0]}`,
      );
    });
  }
}
