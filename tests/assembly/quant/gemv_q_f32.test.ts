import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { gamma, same, u32, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { call, decodedProducts, f32Of, randomRows } from "../../support/quant.ts";
import { blockedTypes, blockTypes } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";

for (const { name, engine } of builds) {
  for (const type of blockedTypes) {
    const { size, bytes, halves } = blockTypes[type];

    test(`gemv_${type}_f32 on ${name}: every row within (n/8 + 4)·u of the decoded weights times x, graded x included`, () => {
      const next = rng(101);
      for (const [rows, n] of [
        [1, size],
        [3, 2 * size],
        [4, 3 * size],
      ] as const) {
        for (const grade of [0, 18]) {
          const w = randomRows(type, rows, n, next);
          const x = Float32Array.from(normal(n, next), (v, i) => v * 10 ** (grade * (i / n - 0.5)));
          const y = call(engine, `gemv_${type}_f32`, [w, x], rows * 4, rows, (out, p, q) => [n, p, q, out]);
          const { want, scale } = decodedProducts(type, w, x, n);
          within(
            f32Of(y),
            want,
            scale.map((s) => gamma(n / 8 + 4, u32) * s),
            `${rows}×${n}`,
          );
        }
      }
    });

    test(`gemm_${type}_f32 on ${name}: the bits of gemv for each of 0 to 9 rows of x`, () => {
      const next = rng(102);
      const n = 2 * size;
      const [rows, ldx, ldy] = [3, n + 4, 5];
      const w = randomRows(type, rows, n, next);
      for (const m of [0, 1, 2, 3, 4, 5, 9]) {
        const x = Float32Array.from(normal(m * ldx, next));
        const y = f32Of(call(engine, `gemm_${type}_f32`, [w, x], m * ldy * 4, rows, (out, p, q) => [m, n, p, q, ldx, out, ldy]));
        for (let r = 0; r < m; r++) {
          const row = x.subarray(r * ldx, r * ldx + n);
          const want = f32Of(call(engine, `gemv_${type}_f32`, [w, row], rows * 4, rows, (out, p, q) => [n, p, q, out]));
          same(y.subarray(r * ldy, r * ldy + rows), want, `row ${r} of ${m}`);
        }
      }
    });

    test(`gemv_${type}_f32 and gemm on ${name}: touch nothing beyond the last byte, and rows i0 to i1 alone`, () => {
      const next = rng(103);
      const n = size;
      const w = randomRows(type, 3, n, next);
      const x = Float32Array.from(normal(2 * n, next));
      const want = (r: number): Float32Array =>
        f32Of(call(engine, `gemv_${type}_f32`, [w, x.subarray(r * n, (r + 1) * n)], 12, 3, (out, p, q) => [n, p, q, out]));
      const one = fenced(
        engine,
        [operand("w", w), operand("x", x.subarray(0, n)), operand("y", new Float32Array(3).fill(-1))],
        (p, q, r) => {
          engine.wasm[`gemv_${type}_f32`](n, p!, q!, r!, 1, 3);
        },
      );
      same(f32Of(one[2]!), [-1, want(0)[1]!, want(0)[2]!], "gemv");
      const two = fenced(engine, [operand("w", w), operand("x", x), operand("y", new Float32Array(6).fill(-1))], (p, q, r) => {
        engine.wasm[`gemm_${type}_f32`](2, n, p!, q!, n, r!, 3, 0, 2);
      });
      same(f32Of(two[2]!), [want(0)[0]!, want(0)[1]!, -1, want(1)[0]!, want(1)[1]!, -1], "gemm");
    });

    test(`gemv_${type}_f32 on ${name}: NaN and Inf of weights and of x arrive, and huge values do not become numbers`, () => {
      const next = rng(104);
      const w = randomRows(type, 3, 2 * size, next);
      w.set([0, 0x7e], 3 * bytes + halves[0]!);
      const x = Float32Array.from(normal(2 * size, next));
      const run = (): number[] => [
        ...f32Of(call(engine, `gemv_${type}_f32`, [w, x], 12, 3, (out, p, q) => [2 * size, p, q, out])),
      ];
      assert.deepEqual(run().map(Number.isNaN), [false, true, false]);
      x[1] = Number.POSITIVE_INFINITY;
      assert.ok(run().every((y) => !Number.isFinite(y)));
      x[1] = Number.NaN;
      assert.ok(run().every(Number.isNaN));
    });
  }
}
