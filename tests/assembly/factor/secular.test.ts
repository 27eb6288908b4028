import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { same, u64 } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatTypes, unit } from "../../support/floats.ts";
import { build, orthonormalityError } from "../../support/matrices.ts";
import { rng } from "../../support/rng.ts";

interface Problem {
  readonly d: Float64Array;
  readonly z: Float64Array;
}

/** d from 0 up, with gaps and z of any size. */
const problems: Readonly<Record<string, (k: number) => Problem>> = {
  "evenly spread": (k) =>
    of(
      k,
      (i) => i / k,
      () => 1 / Math.sqrt(k),
    ),
  random: (k) => {
    const next = rng(k);
    const d = Array.from({ length: k }, next).sort((x, y) => x - y);
    return of(
      k,
      (i) => (i === 0 ? 0 : d[i]!),
      () => next() - 0.5 || 1,
    );
  },
  "gaps of 16u": (k) =>
    of(
      k,
      (i) => (i === 0 ? 0 : 1 + i * 16 * u64),
      () => 0.1,
    ),
  "z down to 10⁻¹⁵": (k) =>
    of(
      k,
      (i) => i / k,
      (i) => 10 ** -((15 * i) / Math.max(1, k - 1)),
    ),
  "z up from 10⁻¹⁵": (k) =>
    of(
      k,
      (i) => i / k,
      (i) => 10 ** ((15 * i) / Math.max(1, k - 1) - 15),
    ),
  geometric: (k) =>
    of(
      k,
      (i) => (i === 0 ? 0 : 2 ** ((-40 * (k - 1 - i)) / k)),
      (i) => (i % 2 ? -1 : 1) * 1e-3,
    ),
};

function of(k: number, d: (i: number) => number, z: (i: number) => number): Problem {
  return { d: Float64Array.from({ length: k }, (_, i) => d(i)), z: Float64Array.from({ length: k }, (_, i) => z(i)) };
}

interface Roots {
  readonly base: Float64Array;
  readonly mu: Float64Array;
}

function roots(engine: Engine, { d, z }: Problem, splits: readonly number[] = []): Roots {
  const k = d.length;
  const operands = [operand("d", d), operand("z", z), operand("base", new Float64Array(k)), operand("mu", new Float64Array(k))];
  const after = fenced(engine, operands, (pd, pz, pb, pm) => {
    let from = 0;
    for (const to of [...splits, k]) {
      engine.wasm.secular_roots(k, pd!, pz!, pb!, pm!, from, to);
      from = to;
    }
  });
  return { base: asFloats("f64", after[2]!) as Float64Array, mu: asFloats("f64", after[3]!) as Float64Array };
}

/** dⱼ² − σᵢ² to a few units of rounding. */
const difference = (d: number, base: number, mu: number): number => (d - base - mu) * (d + base + mu);

function weights(engine: Engine, { d, z }: Problem, { base, mu }: Roots, splits: readonly number[] = []): Float64Array {
  const k = d.length;
  const operands = [
    ...[d, z, base, mu].map((x, i) => operand(["d", "z", "base", "mu"][i]!, x)),
    operand("w", new Float64Array(k)),
  ];
  const after = fenced(engine, operands, (pd, pz, pb, pm, pw) => {
    let from = 0;
    for (const to of [...splits, k]) {
      engine.wasm.secular_weights(k, pd!, pz!, pb!, pm!, pw!, from, to);
      from = to;
    }
  });
  return asFloats("f64", after[4]!) as Float64Array;
}

for (const { name, engine } of builds) {
  for (const [title, make] of Object.entries(problems)) {
    test(`secular_roots, ${title}, on ${name}: a root in every gap, |f| ≤ (8 + √k + 2k)u·(1 + Σ|terms|) or between neighbouring numbers`, () => {
      for (const k of [1, 2, 3, 4, 9, 50]) {
        const { d, z } = make(k);
        const { base, mu } = roots(engine, { d, z });
        const f = (i: number, x: number): { value: number; size: number } => {
          const terms = Array.from(d, (dj, j) => z[j]! ** 2 / difference(dj, base[i]!, x));
          return { value: terms.reduce((s, t) => s + t, 1), size: terms.reduce((s, t) => s + Math.abs(t), 1) };
        };
        for (let i = 0; i < k; i++) {
          const sigma = base[i]! + mu[i]!;
          const top = i + 1 < k ? d[i + 1]! : Math.sqrt(d[i]! ** 2 + z.reduce((s, x) => s + x * x, 0)) * (1 + 8 * u64);
          assert.ok(sigma >= d[i]! && sigma <= top, `k = ${k}, root ${i}: ${sigma} from ${d[i]} to ${top}`);
          assert.ok(mu[i] !== 0, `k = ${k}, root ${i} stands on d`);
          const { value, size } = f(i, mu[i]!);
          const bound = (8 + Math.sqrt(k) + 2 * k) * u64 * size;
          const bracketed =
            f(i, mu[i]! - 8 * u64 * Math.abs(mu[i]!)).value <= 0 && f(i, mu[i]! + 8 * u64 * Math.abs(mu[i]!)).value >= 0;
          assert.ok(Math.abs(value) <= bound || bracketed, `k = ${k}, root ${i}: f is ${value} of ${bound}`);
        }
        const split = roots(engine, { d, z }, [1, Math.min(k, 3)]);
        same(split.base, base, "base, split");
        same(split.mu, mu, "mu, split");
      }
    });

    test(`secular_weights and secular_vectors, ${title}, on ${name}: twin to 8ku of itself, near z; vectors orthonormal and M's, to 16ku`, () => {
      for (const k of [1, 2, 3, 9, 50]) {
        const { d, z } = make(k);
        const { base, mu } = roots(engine, { d, z });
        const w = weights(engine, { d, z }, { base, mu });
        same(weights(engine, { d, z }, { base, mu }, [1, Math.min(k, 4)]), w, "split");
        for (let j = 0; j < k; j++) {
          let square = -difference(d[j]!, base[k - 1]!, mu[k - 1]!);
          for (let i = 0; i < j; i++) square *= -difference(d[j]!, base[i]!, mu[i]!) / ((d[i]! - d[j]!) * (d[i]! + d[j]!));
          for (let i = j; i + 1 < k; i++) {
            square *= -difference(d[j]!, base[i]!, mu[i]!) / ((d[i + 1]! - d[j]!) * (d[i + 1]! + d[j]!));
          }
          const want = Math.sign(z[j]!) * Math.sqrt(square);
          assert.ok(Math.abs(w[j]! - want) <= 8 * k * u64 * Math.abs(want), `w ${j}: ${w[j]}, ${want}`);
        }
        const norm = Math.sqrt(d[k - 1]! ** 2 + z.reduce((s, x) => s + x * x, 0));
        for (const type of floatTypes) {
          // The order in which a merge gives them: turned around, so that d₀ is the last.
          const turned = Array.from({ length: k }, (_, p) => k - 1 - p);
          const ld = k + 3;
          const vectors = [0, 1].map((left) => {
            const operands = [
              operand(
                "d",
                Float64Array.from(turned, (j) => d[j]!),
              ),
              operand(
                "w",
                Float64Array.from(turned, (j) => w[j]!),
              ),
              operand("base", base),
              operand("mu", mu),
              operand("out", new (type === "f32" ? Float32Array : Float64Array)((k - 1) * ld + k).fill(7)),
            ];
            const after = fenced(engine, operands, (pd, pw, pb, pm, out) => {
              engine.wasm[`secular_vectors_${type}`](k, k - 1, left, pd!, pw!, pb!, pm!, out!, ld, 0, Math.min(1, k));
              engine.wasm[`secular_vectors_${type}`](k, k - 1, left, pd!, pw!, pb!, pm!, out!, ld, Math.min(1, k), k);
            });
            const out = asFloats(type, after[4]!);
            for (let i = 0; i + 1 < k; i++) for (let p = k; p < ld; p++) assert.equal(out[i * ld + p], 7, "gap");
            return build("f64", k, k, (i, j) => out[i * ld + turned[j]!]!);
          });
          const [v, u] = vectors as [(typeof vectors)[number], (typeof vectors)[number]];
          const bound = 16 * k * unit[type];
          assert.ok(orthonormalityError(v, "rows") <= bound, `right ${orthonormalityError(v, "rows")}`);
          assert.ok(orthonormalityError(u, "rows") <= bound, `left ${orthonormalityError(u, "rows")}`);
          // M·v = σ·u, row by row: row 0 is z, row j has dⱼ alone.
          for (let i = 0; i < k; i++) {
            const sigma = base[i]! + mu[i]!;
            let row = 0;
            for (let j = 0; j < k; j++) row += z[j]! * v.data[i * k + j]!;
            assert.ok(Math.abs(row - sigma * u.data[i * k]!) <= bound * norm, `row 0, vector ${i}`);
            for (let j = 1; j < k; j++) {
              const error = Math.abs(d[j]! * v.data[i * k + j]! - sigma * u.data[i * k + j]!);
              assert.ok(error <= bound * norm, `row ${j}, vector ${i}: ${error}`);
            }
          }
        }
      }
    });
  }
}
