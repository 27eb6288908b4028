import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`compact_wy_${type} on ${name}: I − Vᵀ·T·V is the product of the reflections to 8m·u, V cleared before its ones, T below its diagonal`, () => {
      for (const [k, m] of [
        [0, 3],
        [1, 1],
        [1, 6],
        [3, 3],
        [4, 9],
        [8, 17],
      ] as const) {
        const [ldv, ldt] = [m + 1, k + 2];
        const v = uniform(type, Math.max(0, k * ldv - 1), rng(m + k));
        for (let i = 0; i < k; i++) v[i * ldv + i] = 1;
        const full = Array.from({ length: k }, (_, i) => Array.from({ length: m }, (_, j) => (j < i ? 0 : v[i * ldv + j]!)));
        const tau = floatsOf(
          type,
          full.map((x, i) => (i === 2 ? 0 : 2 / x.reduce((sum, xj) => sum + xj * xj, 0))),
        );
        const after = fenced(
          engine,
          [operand("v", v), operand("tau", tau), operand("t", floatsOf(type, Math.max(0, k * ldt - 2)).fill(Number.NaN))],
          (pv, ptau, pt) => engine.wasm[`compact_wy_${type}`](k, m, pv!, ldv, ptau!, pt!, ldt),
        );
        const [gotV, t] = [asFloats(type, after[0]!), asFloats(type, after[2]!)];
        full.forEach((x, i) => {
          assert.deepEqual([...gotV.subarray(i * ldv, i * ldv + m)], x);
        });
        // Rows of H₀·H₁ …, each begun as a unit vector.
        for (let r = 0; r < m; r++) {
          const want = Array.from({ length: m }, (_, j) => Number(j === r));
          full.forEach((x, i) => {
            const share = tau[i]! * x.reduce((sum, xj, j) => sum + xj * want[j]!, 0);
            x.forEach((xj, j) => {
              want[j]! -= share * xj;
            });
          });
          for (let c = 0; c < m; c++) {
            let got = Number(r === c);
            for (let i = 0; i < k; i++) {
              for (let j = 0; j < k; j++) {
                if (j < i) assert.equal(t[i * ldt + j], 0);
                got -= full[i]![r]! * t[i * ldt + j]! * full[j]![c]!;
              }
            }
            assert.ok(Math.abs(got - want[c]!) <= 8 * m * unit[type], `${k}×${m} (${r}, ${c}): ${got}, ${want[c]}`);
          }
        }
      }
    });
  }
}
