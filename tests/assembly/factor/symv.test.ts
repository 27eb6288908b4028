import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, lengths, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`symv_${type} on ${name}: within γ·|A||x|, γ = (n + parts)u, whatever the parts; NaN below the diagonal and in gaps is not read`, () => {
      for (const n of lengths) {
        const lda = n + 3;
        const a = uniform(type, Math.max(0, n * lda - 3), rng(n));
        a.forEach((_, k) => {
          if (k % lda < Math.floor(k / lda) || k % lda >= n) a[k] = Number.NaN;
        });
        const x = uniform(type, n, rng(n + 1));
        const at = (i: number, j: number): number => a[Math.min(i, j) * lda + Math.max(i, j)]!;
        const dot = (i: number, f: (z: number) => number): number =>
          Array.from(x).reduce((sum, xj, j) => sum + f(at(i, j) * xj), 0);
        const want = Array.from({ length: n }, (_, i) => dot(i, (z) => z));
        for (const parts of [1, 3, 8]) {
          const ldy = n + 1;
          const y = floatsOf(type, Math.max(0, parts * ldy - 1)).fill(Number.NaN);
          const run = (split: boolean) =>
            fenced(engine, [operand("a", a), operand("x", x), operand("y", y)], (pa, px, py) => {
              if (split) for (let p = 0; p < parts; p++) engine.wasm[`symv_${type}`](n, parts, pa!, lda, px!, py!, ldy, p, p + 1);
              else engine.wasm[`symv_${type}`](n, parts, pa!, lda, px!, py!, ldy, 0, parts);
              engine.wasm[`symv_sum_${type}`](n, parts, py!, ldy);
            });
          const got = asFloats(type, run(false)[2]!).subarray(0, n);
          const bound = Array.from({ length: n }, (_, i) => gamma(n + parts, unit[type]) * dot(i, Math.abs));
          within(got, want, bound, `n = ${n}, ${parts} parts`);
          same(asFloats(type, run(true)[2]!).subarray(0, n), got, `n = ${n}: ${parts} calls`);
        }
      }
    });
  }

  test(`symv_start on ${name}: parts begin at multiples of 4, the first at 0, and hold areas of the triangle that differ by 4 rows at most`, () => {
    for (const [n, parts] of [
      [1000, 8],
      [384, 3],
      [7, 8],
    ] as const) {
      const starts = Array.from({ length: parts + 1 }, (_, p) => engine.wasm.symv_start(n, parts, p));
      assert.equal(starts[0], 0);
      assert.equal(starts[parts], n);
      for (let p = 0; p < parts; p++) {
        assert.equal(starts[p]! % 4, 0);
        const area = ((n - starts[p]!) ** 2 - (n - starts[p + 1]!) ** 2) / 2;
        assert.ok(Math.abs(area - n ** 2 / 2 / parts) <= 8 * n, `part ${p}: ${area}`);
      }
    }
  });
}
