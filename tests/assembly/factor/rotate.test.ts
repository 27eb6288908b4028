import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, lengths, multiplyAdd, rounding, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

function rotate(engine: Engine, type: FloatDtype, x: Floats, y: Floats, alpha: number, beta: number): [Floats, Floats] {
  const after = fenced(engine, [operand("x", x), operand("y", y)], (px, py) => {
    engine.wasm[`rotate_${type}`](x.length, px!, py!, alpha, beta);
  });
  return [asFloats(type, after[0]!), asFloats(type, after[1]!)];
}

/** Both rows from their old values, with the bound u(|x'| + |αy|) of each element, and what a deterministic build computes. */
function expected(type: FloatDtype, x: ArrayLike<number>, y: ArrayLike<number>, alpha: number): Expected {
  const want = Array.from(x, (a, i) => a + alpha * y[i]!);
  const u = unit[type] * (type === "f64" ? 2 : 1); // in float64 what is wanted is rounded as well
  return {
    want,
    bound: want.map((w, i) => u * (Math.abs(w) + Math.abs(alpha * y[i]!)) * (1 + 2 * unit[type])),
    rounded: Array.from(x, (a, i) => multiplyAdd(type, alpha, y[i]!, a)),
  };
}

interface Expected {
  readonly want: number[];
  readonly bound: number[];
  readonly rounded: number[];
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`rotate_${type} on ${name}: both rows from the old values, each element within u(|x'| + |αy|), nothing beyond them`, () => {
      const [alpha, beta] = [rounding[type](0.7), rounding[type](0.3)];
      for (const n of lengths) {
        const x = uniform(type, n, rng(n + 1));
        const y = uniform(type, n, rng(n + 2));
        const got = rotate(engine, type, x, y, alpha, beta);
        [expected(type, x, y, alpha), expected(type, y, x, -beta)].forEach(({ want, bound, rounded }, i) => {
          within(got[i]!, want, bound, `row ${i}, n = ${n}`);
          if (isDeterministic(name)) same(got[i]!, rounded, `row ${i}, n = ${n}`);
        });
      }
    });

    test(`rotate_4_${type} on ${name}: (x₀, y₀), (x₁, y₁), then (x₀, y₁), (x₁, y₀), to the bits of four rotations by two rows`, () => {
      const lanes = 16 / (type === "f32" ? 4 : 8);
      const factors = [0.7, 0.3, -0.2, 0.9, 0.01, 0.02, -0.6, -0.5].map(rounding[type]);
      const coefficients = floatsOf(
        type,
        factors.flatMap((f, i) => new Array<number>(lanes).fill(i % 2 ? -f : f)),
      );
      for (const n of lengths) {
        const rows = [1, 2, 3, 4].map((seed) => uniform(type, n, rng(n + seed)));
        const operands = [...rows.map((row, i) => operand(`row ${i}`, row)), operand("coefficients", coefficients)];
        const after = fenced(engine, operands, (x0, x1, y0, y1, c) => engine.wasm[`rotate_4_${type}`](n, x0!, x1!, y0!, y1!, c!));
        const want = [...rows];
        [
          [0, 2],
          [1, 3],
          [0, 3],
          [1, 2],
        ].forEach(([x, y], i) => {
          [want[x!], want[y!]] = rotate(engine, type, want[x!]!, want[y!]!, factors[2 * i]!, factors[2 * i + 1]!);
        });
        want.forEach((row, i) => {
          same(asFloats(type, after[i]!), row, `row ${i}, n = ${n}`);
        });
      }
    });
  }
}
