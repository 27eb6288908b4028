import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, orthonormalityError } from "../../support/matrices.ts";
import { symmetric } from "../../support/symmetric.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`reduce_lanes_${type} and form_lanes on ${name}: in every lane Q orthonormal to 4n·u and Q·T·Qᵀ within 4n·u·‖A‖ of A, one lane diagonal`, () => {
      const lanes = type === "f32" ? 4 : 2;
      for (const n of [1, 2, 3, 4, 7, 12, 17]) {
        const matrices = Array.from({ length: lanes }, (_, k) =>
          k === 1 ? build(type, n, n, (i, j) => (i === j ? i - 2 : 0)) : symmetric(type, n, n + k),
        );
        const a = floatsOf(type, n * n * lanes).map((_, at) => {
          const [i, j] = [Math.floor(at / lanes / n), Math.floor(at / lanes) % n];
          return j <= i ? matrices[at % lanes]!.data[i * n + j]! : Number.NaN;
        });
        const vectors = (count: number) => floatsOf(type, count * lanes);
        const after = fenced(
          engine,
          [operand("a", a), ...["d", "e", "tau", "w"].map((what) => operand(what, vectors(n))), operand("r", vectors(n * n))],
          (pa, d, e, tau, w, r) => {
            engine.wasm[`reduce_lanes_${type}`](n, pa!, d!, e!, tau!, w!);
            engine.wasm[`form_lanes_${type}`](n, pa!, tau!, r!);
          },
        );
        const [d, e, r] = [1, 2, 5].map((at) => asFloats(type, after[at]!));
        matrices.forEach((m, k) => {
          const q = build("f64", n, n, (i, j) => r![(i * n + j) * lanes + k]!);
          assert.equal(e![(n - 1) * lanes + k], 0);
          assert.ok(orthonormalityError(q, "rows") <= 4 * n * unit[type], `n = ${n}, lane ${k}`);
          let square = 0;
          for (let i = 0; i < n; i++) {
            for (let j = 0; j < n; j++) {
              let sum = 0;
              for (let p = 0; p < n; p++) {
                sum += q.data[p * n + i]! * d![p * lanes + k]! * q.data[p * n + j]!;
                if (p + 1 < n) {
                  const off = e![p * lanes + k]!;
                  sum += off * (q.data[p * n + i]! * q.data[(p + 1) * n + j]! + q.data[(p + 1) * n + i]! * q.data[p * n + j]!);
                }
              }
              square += (sum - m.data[i * n + j]!) ** 2;
            }
          }
          const bound = 4 * n * unit[type] * Math.hypot(...m.data);
          assert.ok(Math.sqrt(square) <= bound, `n = ${n}, lane ${k}: ${Math.sqrt(square)} > ${bound}`);
        });
      }
    });
  }
}
