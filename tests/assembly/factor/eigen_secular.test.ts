import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, unit } from "../../support/floats.ts";
import { random, rng } from "../../support/rng.ts";

const u = unit.f64;

/** Diagonals ascending and weights: random, with poles that nearly meet, with weights that nearly vanish, equally spaced. */
const cases: Record<string, (k: number) => { d: number[]; z: number[] }> = {
  random: (k) => ({ d: [...random(k, rng(k), "f64")].sort((a, b) => a - b), z: [...random(k, rng(k + 1), "f64")] }),
  "near poles": (k) => ({ d: Array.from({ length: k }, (_, i) => 1 + i * 1e-12), z: Array(k).fill(1) }),
  "small weights": (k) => ({
    d: Array.from({ length: k }, (_, i) => i / k),
    z: Array.from({ length: k }, (_, i) => (i % 2 ? 1e-9 : 0.5)),
  }),
  "graded weights": (k) => ({
    d: Array.from({ length: k }, (_, i) => i / k - 0.5),
    z: Array.from({ length: k }, (_, i) => 10 ** (-14 * (i / k))),
  }),
};

for (const { name, engine } of builds) {
  for (const [what, make] of Object.entries(cases)) {
    test(`eigen_secular_roots on ${name}, ${what}: roots lie between the poles, |f| within 2(k + 8)u(1 + |ψ| + |φ|), few steps, in any split`, () => {
      for (const k of [1, 2, 3, 4, 5, 9, 33]) {
        const { d, z } = make(k);
        const norm = Math.hypot(...z);
        const weights = z.map((x) => x / norm);
        const rho = 0.7;
        const ranges = k > 2 ? [0, 1, k - 1, k] : [0, k];
        const after = fenced(
          engine,
          [
            operand("d", Float64Array.from(d)),
            operand("z", Float64Array.from(weights)),
            operand("origin", new Uint32Array(k)),
            operand("mu", new Float64Array(k)),
            operand("steps", new Int32Array(k)),
          ],
          (pd, pz, origin, mu, steps) => {
            for (let i = 0; i + 1 < ranges.length; i++) {
              engine.wasm.eigen_secular_roots(k, pd!, pz!, rho, origin!, mu!, steps!, ranges[i]!, ranges[i + 1]!);
            }
          },
        );
        const origin = new Uint32Array(after[2]!.slice().buffer);
        const mu = asFloats("f64", after[3]!);
        const steps = new Int32Array(after[4]!.slice().buffer);
        assert.ok(
          steps.every((count) => count >= 0 && count <= 40),
          `${steps}`,
        );
        for (let i = 0; i < k; i++) {
          const shift = d[origin[i]!]!;
          const [left, right] = [d[i]! - shift, i + 1 < k ? d[i + 1]! - shift : rho * 1.0000001 + d[i]! - shift];
          assert.ok(mu[i]! > left && mu[i]! < right, `root ${i} of ${k}: ${left} < ${mu[i]} < ${right}`);
          const term = (j: number): number => (rho * weights[j]! ** 2) / (d[j]! - shift - mu[i]!);
          const terms = Array.from({ length: k }, (_, j) => term(j));
          const f = terms.reduce((sum, x) => sum + x, 1);
          const size = terms.reduce((sum, x) => sum + Math.abs(x), 1);
          // What moving the root to the next number does to f cannot be asked for less.
          const slope = terms.reduce((sum, x, j) => sum + Math.abs(x / (d[j]! - shift - mu[i]!)), 0);
          const bound = 2 * (k + 8) * u * size + 4 * u * Math.abs(mu[i]!) * slope;
          assert.ok(Math.abs(f) <= bound, `root ${i} of ${k}: f = ${f}, ${bound} allowed`);
        }
      }
    });
  }

  test(`eigen_secular_roots on ${name}: NaN does not go on for ever`, () => {
    const k = 3;
    fenced(
      engine,
      [
        operand("d", Float64Array.of(0, 1, 2)),
        operand("z", Float64Array.of(0.5, Number.NaN, 0.5)),
        operand("origin", new Uint32Array(k)),
        operand("mu", new Float64Array(k)),
        operand("steps", new Int32Array(k)),
      ],
      (pd, pz, origin, mu, steps) => engine.wasm.eigen_secular_roots(k, pd!, pz!, 1, origin!, mu!, steps!, 0, k),
    );
  });
}
