import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatTypes, multiplyAdd, rounding, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

function ger(
  engine: Engine,
  type: FloatDtype,
  n: number,
  alpha: number,
  x: Floats,
  y: Floats,
  a: Floats,
  lda: number,
  grain: number,
): Floats {
  const after = fenced(engine, [operand("x", x), operand("y", y), operand("a", a)], (px, py, pa) => {
    engine.parallel(`ger_${type}`, [n, alpha, px!, py!, pa!, lda], x.length, grain);
  });
  return asFloats(type, after[2]!);
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`ger_${type} on ${name}: A within u|A| + 2u|α x yᵀ|, what lies between rows stays, any split gives the same bits`, () => {
      const alpha = rounding[type](-1.3);
      for (const [m, n, pad] of [
        [1, 1, 0],
        [3, 5, 2],
        [7, 16, 0],
        [5, 17, 1],
        [0, 3, 0],
        [3, 0, 4],
      ] as const) {
        const x = uniform(type, m, rng(m));
        const y = uniform(type, n, rng(n + 50));
        const lda = n + pad;
        const a = uniform(type, m ? (m - 1) * lda + n : 0, rng(99));
        const want = Float64Array.from(a);
        const bound = new Float64Array(a.length);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            const f = rounding[type](alpha * x[i]!);
            const at = i * lda + j;
            want[at] = multiplyAdd(type, f, y[j]!, a[at]!);
            bound[at] = 2 * unit[type] * (Math.abs(a[at]!) + 2 * Math.abs(f * y[j]!));
          }
        }
        const got = ger(engine, type, n, alpha, x, y, a, lda, 100);
        if (isDeterministic(name)) same(got, want, `${m}×${n}`);
        else within(got, want, bound, `${m}×${n}`);
        same(ger(engine, type, n, alpha, x, y, a, lda, 1), got, `${m}×${n}, row by row`);
      }
    });
  }
}
