import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, orthonormalityError, transposed } from "../../support/matrices.ts";
import { random, rng } from "../../support/rng.ts";
import { eigenError } from "../../support/symmetric.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const gap of [1e-1, 1e-13]) {
      test(`eigen_secular_z and eigen_secular_vectors_${type} on ${name}: poles ${gap} apart, vectors orthonormal and (D + ρzzᵀ)·X − X·Λ to 8k·u, columns where they are sent`, () => {
        for (const k of [1, 2, 3, 8, 21]) {
          const d = Float64Array.from({ length: k }, (_, i) => (i < k / 2 ? i * gap : 1 + i * gap));
          const z = random(k, rng(k + 7), "f64").map((x) => x + Math.sign(x) * 0.2);
          const norm = Math.hypot(...z);
          z.forEach((x, i) => {
            z[i] = x / norm;
          });
          const rho = 0.9;
          const column = Uint32Array.from({ length: k }, (_, i) => (i * 5 + 2) % k).map((x, i) => (k % 5 === 0 ? i : x));
          const ldx = k + 1;
          const after = fenced(
            engine,
            [
              operand("d", d),
              operand("z", z),
              operand("origin", new Uint32Array(k)),
              operand("mu", new Float64Array(k)),
              operand("steps", new Int32Array(k)),
              operand("zhat", new Float64Array(k)),
              operand("column", column),
              operand("x", floatsOf(type, k * ldx - 1)),
            ],
            (pd, pz, origin, mu, steps, zhat, columns, x) => {
              engine.wasm.eigen_secular_roots(k, pd!, pz!, rho, origin!, mu!, steps!, 0, k);
              engine.wasm.eigen_secular_z(k, pd!, origin!, mu!, pz!, zhat!, 0, k >> 1);
              engine.wasm.eigen_secular_z(k, pd!, origin!, mu!, pz!, zhat!, k >> 1, k);
              engine.wasm[`eigen_secular_vectors_${type}`](k, pd!, origin!, mu!, zhat!, columns!, x!, ldx, 0, k >> 1);
              engine.wasm[`eigen_secular_vectors_${type}`](k, pd!, origin!, mu!, zhat!, columns!, x!, ldx, k >> 1, k);
            },
          );
          const origin = new Uint32Array(after[2]!.slice().buffer);
          const mu = asFloats("f64", after[3]!);
          const zhat = asFloats("f64", after[5]!);
          zhat.forEach((got, j) => {
            assert.ok(
              Math.abs(got / Math.sqrt(rho) - z[j]!) <= 64 * k * unit.f64,
              `ẑ ${j} of ${k}: ${got / Math.sqrt(rho)}, z ${z[j]}`,
            );
          });
          const x = asFloats(type, after[7]!);
          const v = transposed(build(type, k, k, (i, j) => x[i * ldx + column[j]!]!));
          const a = build("f64", k, k, (i, j) => rho * z[i]! * z[j]! + (i === j ? d[i]! : 0));
          const w = Array.from(mu, (m, i) => d[origin[i]!]! + m);
          const bound = 8 * k * unit[type];
          assert.ok(orthonormalityError(v, "columns") <= bound, `k = ${k}: ${orthonormalityError(v, "columns")}`);
          assert.ok(eigenError(a, w, v) <= bound, `k = ${k}: ${eigenError(a, w, v)}`);
        }
      });
    }
  }
}
