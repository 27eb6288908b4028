import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { symmetric } from "../../support/symmetric.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`tridiagonal_row_${type} and tridiagonal_product on ${name}: Q·T·Qᵀ within 4n·u·‖A‖ of A in one panel, the lower triangle is not read`, () => {
      for (const n of [1, 2, 3, 5, 8, 13, 21]) {
        const a = symmetric(type, n, n).data;
        const lda = n + 1;
        const ldp = n + 2;
        const upper = floatsOf(type, n * lda - 1).fill(Number.NaN);
        for (let i = 0; i < n; i++) for (let j = i; j < n; j++) upper[i * lda + j] = a[i * n + j]!;
        const size = upper.BYTES_PER_ELEMENT;
        const after = fenced(
          engine,
          [
            operand("a", upper),
            operand("panel", floatsOf(type, 3 * n * ldp - 2).fill(Number.NaN)),
            operand("d", new Float64Array(n)),
            operand("e", new Float64Array(n - 1)),
            operand("tau", floatsOf(type, n - 1)),
            operand("work", floatsOf(type, 2 * n)),
          ],
          (pa, panel, d, e, tau, work) => {
            for (let k = 0; k < n; k++) {
              engine.wasm[`tridiagonal_row_${type}`](n, k, 0, n, pa!, lda, panel!, ldp, d!, e!, tau!, work!);
              if (k + 1 === n) break;
              const row = (i: number): number => panel! + (i * ldp + k + 1) * size;
              const rest = pa! + (k + 1) * (lda + 1) * size;
              engine.wasm[`symv_${type}`](n - k - 1, 1, rest, lda, row(k), row(n + k), ldp, 0, 1);
              engine.wasm[`tridiagonal_product_${type}`](n, k, 0, n, panel!, ldp, tau!, work!);
            }
          },
        );
        const [v, d, e, tau] = [
          asFloats(type, after[0]!),
          ...[2, 3].map((i) => asFloats("f64", after[i]!)),
          asFloats(type, after[4]!),
        ];
        // T ← Hₖ·T·Hₖ, from the last reflection to the first, ends at A.
        const t = new Float64Array(n * n);
        for (let i = 0; i < n; i++) {
          t[i * n + i] = d![i]!;
          if (i + 1 < n) t[i * n + i + 1] = t[(i + 1) * n + i] = e![i]!;
        }
        for (let k = n - 2; k >= 0; k--) {
          const x = Array.from({ length: n }, (_, j) => (j <= k ? 0 : v![k * lda + j]!));
          assert.equal(x[k + 1], 1);
          for (const [rs, cs] of [
            [n, 1],
            [1, n],
          ] as const) {
            for (let i = 0; i < n; i++) {
              const share = tau![k]! * x.reduce((sum, xj, j) => sum + xj * t[i * rs + j * cs]!, 0);
              x.forEach((xj, j) => {
                t[i * rs + j * cs]! -= share * xj;
              });
            }
          }
        }
        const norm = Math.hypot(...a);
        const error = Math.hypot(...t.map((x, k) => x - a[k]!));
        assert.ok(error <= 4 * n * unit[type] * norm, `n = ${n}: ${error / norm / unit[type]} u`);
        for (let p = 0; p < n; p++) {
          const [one, two] = [0, 2 * n].map((first) =>
            asFloats(type, after[1]!).slice((first + p) * ldp + p + 1, (first + p) * ldp + n),
          );
          assert.deepEqual(one, two, `row ${p} of V stands twice`);
        }
      }
    });

    test(`tridiagonal_row_${type} on ${name}: a row that is zero right of e is left alone, and its W is zero`, () => {
      const n = 4;
      const a = floatsOf(type, [1, 2, 0, 0, 0, 3, 4, 0, 0, 0, 5, 6, 0, 0, 0, 7]);
      const operands = [
        operand("a", a),
        operand("panel", floatsOf(type, 3 * n * n).fill(9)),
        ...["d", "e"].map((what) => operand(what, new Float64Array(n))),
        ...["tau", "work"].map((what) => operand(what, floatsOf(type, 2 * n))),
      ];
      const after = fenced(engine, operands, (pa, panel, d, e, tau, work) => {
        engine.wasm[`tridiagonal_row_${type}`](n, 0, 0, n, pa!, n, panel!, n, d!, e!, tau!, work!);
        engine.wasm[`tridiagonal_product_${type}`](n, 0, 0, n, panel!, n, tau!, work!);
      });
      assert.deepEqual([...asFloats("f64", after[2]!)], [1, 0, 0, 0]);
      assert.deepEqual([...asFloats("f64", after[3]!)], [2, 0, 0, 0]);
      assert.equal(asFloats(type, after[4]!)[0], 0);
      assert.deepEqual([...asFloats(type, after[1]!).subarray(n * n, n * n + n)], [9, 0, 0, 0]);
    });
  }
}
