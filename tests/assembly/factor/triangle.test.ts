import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatTypes, uniform } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const lower of [true, false]) {
      test(`triangle_peak_${type} and mirror on ${name}: the ${lower ? "lower" : "upper"} triangle alone is read; NaN and Inf in it are seen`, () => {
        for (const n of [0, 1, 2, 5, 9]) {
          const lda = n + 2;
          const [rs, cs] = lower ? [lda, 1] : [1, lda];
          const a = uniform(type, Math.max(0, n * lda - 2), rng(n));
          const inside = (k: number): boolean => {
            const [i, j] = [Math.floor(k / lda), k % lda];
            return j < n && (lower ? j <= i : i <= j);
          };
          const peakOf = (values: typeof a): number => {
            let peak = 0;
            fenced(engine, [operand("a", values)], (pa) => {
              peak = engine.wasm[`triangle_peak_${type}`](n, pa!, rs, cs);
            });
            return peak;
          };
          const hidden = a.map((x, k) => (inside(k) ? x : Number.NaN));
          const want = Array.from(a).reduce((most, x, k) => (inside(k) ? Math.max(most, Math.abs(x)) : most), 0);
          assert.equal(peakOf(hidden), want);
          for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
            for (let k = 0; k < a.length; k++) {
              if (inside(k)) assert.ok(!Number.isFinite(peakOf(a.map((x, at) => (at === k ? bad : x)))), `${bad} at ${k}`);
            }
          }
          const after = fenced(engine, [operand("a", hidden)], (pa) => engine.wasm[`mirror_${type}`](n, pa!, rs, cs));
          const mirrored = hidden.map((x, k) => {
            const [i, j] = [Math.floor(k / lda), k % lda];
            return j < n && !inside(k) ? a[j * lda + i]! : x;
          });
          same(asFloats(type, after[0]!), mirrored, `n = ${n}`);
        }
      });
    }
  }
}
