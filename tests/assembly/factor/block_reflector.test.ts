import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`unit_reflectors_${type} on ${name}: zeros, a 1, and what lies behind, whatever lies in front`, () => {
      for (const [nb, n] of [
        [1, 1],
        [1, 6],
        [3, 3],
        [4, 9],
      ] as const) {
        const [ldx, ldo] = [n + 2, n + 3];
        const x = uniform(type, (nb - 1) * ldx + n, rng(n));
        const room = floatsOf(type, (nb - 1) * ldo + n).fill(7);
        const after = fenced(engine, [operand("x", x), operand("out", room)], (px, out) => {
          engine.wasm[`unit_reflectors_${type}`](nb, n, px!, ldx, out!, ldo);
        });
        const want = room.slice();
        for (let i = 0; i < nb; i++) {
          for (let j = 0; j < n; j++) want[i * ldo + j] = j < i ? 0 : j === i ? 1 : x[i * ldx + j]!;
        }
        same(asFloats(type, after[1]!), want, `${nb}×${n}`);
      }
    });

    test(`block_triangle_${type} on ${name}: I − Vᵀ·T·V is the product of the reflections to 16·nb·n·u`, () => {
      for (const [nb, n] of [
        [1, 1],
        [1, 5],
        [5, 5],
        [6, 17],
      ] as const) {
        const v = uniform("f64", nb * n, rng(nb)).map((x, k) => {
          const [i, j] = [Math.floor(k / n), k % n];
          return j < i ? 0 : j === i ? 1 : Math.fround(x);
        });
        const inner = (i: number, j: number): number => {
          let sum = 0;
          for (let k = 0; k < n; k++) sum += v[i * n + k]! * v[j * n + k]!;
          return sum;
        };
        const tau = floatsOf(
          type,
          Array.from({ length: nb }, (_, i) => 2 / inner(i, i)),
        );
        const [ldg, ldt] = [nb + 1, nb + 2];
        const gram = floatsOf(type, (nb - 1) * ldg + nb).fill(Number.NaN);
        for (let i = 0; i < nb; i++) for (let j = i + 1; j < nb; j++) gram[i * ldg + j] = inner(i, j);
        const room = floatsOf(type, (nb - 1) * ldt + nb).fill(7);
        const after = fenced(engine, [operand("gram", gram), operand("tau", tau), operand("t", room)], (pg, pt, out) => {
          engine.wasm[`block_triangle_${type}`](nb, pg!, ldg, pt!, out!, ldt);
        });
        const t = asFloats(type, after[2]!);
        for (let i = 0; i < nb; i++) for (let j = 0; j < i; j++) assert.equal(t[i * ldt + j], 0);
        // Row by row: e·H₀·H₁ … against e − (e·Vᵀ)·T·V.
        for (let r = 0; r < n; r++) {
          const row = Float64Array.from({ length: n }, (_, j) => Number(j === r));
          for (let k = 0; k < nb; k++) {
            let sum = 0;
            for (let j = 0; j < n; j++) sum += row[j]! * v[k * n + j]!;
            for (let j = 0; j < n; j++) row[j]! -= tau[k]! * sum * v[k * n + j]!;
          }
          for (let j = 0; j < n; j++) {
            let got = Number(j === r);
            for (let a = 0; a < nb; a++) for (let b = a; b < nb; b++) got -= v[a * n + r]! * t[a * ldt + b]! * v[b * n + j]!;
            assert.ok(Math.abs(got - row[j]!) <= 16 * nb * n * unit[type], `(${r}, ${j}): ${got}, ${row[j]}`);
          }
        }
      }
    });
  }
}
