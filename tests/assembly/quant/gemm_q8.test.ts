import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { gamma, same, u32, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { call, f32Of, quantizedProducts, quantizeRows, randomRows } from "../../support/quant.ts";
import { blockTypes, kTypes, legacyTypes } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";

for (const { name, engine } of builds) {
  for (const type of [...legacyTypes, ...kTypes]) {
    const group = blockTypes[type].size;
    const isK = group === 256;

    test(`gemm_${type}_q8 on ${name}: ${isK ? "every element within the bound" : "the bits"} of gemv, for 0 to 9 rows of x and more rows of w than a block`, () => {
      const next = rng(91);
      const n = 2 * group;
      const rows = isK ? 5 : 19;
      const w = randomRows(type, rows, n, next);
      for (const m of [0, 1, 2, 3, 4, 5, 7, 8, 9]) {
        const x = quantizeRows(engine, m, n, group, Float32Array.from(normal(m * n, next)));
        const ldy = rows + 3;
        const y = f32Of(call(engine, `gemm_${type}_q8`, [w, x], m * ldy * 4, rows, (out, p, q) => [m, n, p, q, out, ldy], 4));
        const width = x.length / Math.max(1, m);
        for (let r = 0; r < m; r++) {
          const row = x.subarray(r * width, (r + 1) * width);
          const got = y.subarray(r * ldy, r * ldy + rows);
          if (isK) {
            const { want, scale } = quantizedProducts(type, w, row, n, group);
            within(
              got,
              want,
              scale.map((s) => gamma(n / 256 + 8, u32) * s),
              `row ${r} of ${m}`,
            );
          } else {
            same(
              got,
              f32Of(call(engine, `gemv_${type}_q8`, [w, row], rows * 4, rows, (out, p, q) => [n, p, q, out])),
              `row ${r} of ${m}`,
            );
          }
        }
      }
    });

    test(`gemm_${type}_q8 on ${name}: reads and writes to the last byte and no further, rows i0 to i1 alone, with the same bits`, () => {
      const next = rng(92);
      const [n, m, rows, ldy] = [group, 5, 4, 6];
      const w = randomRows(type, rows, n, next);
      const x = quantizeRows(engine, m, n, group, Float32Array.from(normal(m * n, next)));
      const whole = f32Of(
        call(engine, `gemm_${type}_q8`, [w, x], m * ldy * 4, rows, (out, p, q) => [m, n, p, q, out, ldy], rows),
      );
      const held = new Float32Array((m - 1) * ldy + rows).fill(-1);
      const [, , y] = fenced(engine, [operand("w", w), operand("x", x), operand("y", held)], (p, q, r) => {
        engine.wasm[`gemm_${type}_q8`](m, n, p!, q!, r!, ldy, 1, 2);
        engine.wasm[`gemm_${type}_q8`](m, n, p!, q!, r!, ldy, 2, 4);
      });
      same(
        f32Of(y!),
        held.map((_, i) => (i % ldy >= 1 && i % ldy < 4 ? whole[i]! : -1)),
        "y",
      );
    });
  }
}
