import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { call, quantizeRows } from "../../support/quant.ts";
import { activationRow } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";

const f = Math.fround;

/** x to the nearest integer, halves to even. */
function even(x: number): number {
  const r = Math.round(x) + 0;
  return r - x === 0.5 && r % 2 !== 0 ? r - 1 : r;
}

for (const { name, engine } of builds) {
  for (const group of [32, 256]) {
    test(`quantize_rows_q8 on ${name}, group ${group}: codes, their bytes, scales and sums are those of the formula`, () => {
      const n = 768;
      const ldx = n + 5;
      const x = Float32Array.from(normal(3 * ldx, rng(61)), (w, i) => w * 10 ** ((i >> 6) % 20) * 1e-10);
      const rows = quantizeRows(engine, 3, n, group, x, ldx);
      const width = rows.length / 3;
      assert.equal(width % 16, 0);
      for (let r = 0; r < 3; r++) {
        const got = activationRow(rows.subarray(r * width, (r + 1) * width), n, group);
        for (let g = 0; g < n; g += group) {
          const list = [...x.subarray(r * ldx + g, r * ldx + g + group)];
          const peak = Math.max(...list.map(Math.abs));
          assert.equal(got.d[g / group], f(peak / 127));
          list.forEach((v, i) => {
            assert.equal(got.q[g + i], even(f(v * f(127 / peak))));
            const bound = got.d[g / group]! * (0.5 + 127 * 2 ** -22);
            assert.ok(Math.abs(v - got.d[g / group]! * got.q[g + i]!) <= bound);
          });
        }
        assert.deepEqual([...got.narrow], [...got.q]);
        const want = Array.from(got.sums, (_, k) => got.q.subarray(16 * k, 16 * k + 16).reduce((a, b) => a + b));
        assert.deepEqual([...got.sums], want);
      }
    });

    test(`quantize_rows_q8 on ${name}, group ${group}: zeros and what is below 2^−120 count as zeros, NaN and Inf pass to the scale`, () => {
      const x = new Float32Array(group * 5);
      x[group + 3] = 2 ** -121;
      x[2 * group + 1] = Number.NaN;
      x.fill(3, 3 * group, 4 * group);
      x[3 * group + 7] = Number.NEGATIVE_INFINITY;
      x.fill(-2, 4 * group);
      const got = activationRow(quantizeRows(engine, 1, 5 * group, group, x), 5 * group, group);
      assert.deepEqual([...got.d], [0, 0, Number.NaN, Number.POSITIVE_INFINITY, f(2 / 127)]);
      assert.ok(got.q.subarray(0, 4 * group).every((q) => q === 0));
      assert.ok(got.q.subarray(4 * group).every((q) => q === -127));
      assert.ok(got.sums.subarray(0, group / 4).every((s) => s === 0));
    });

    test(`quantize_rows_q8 on ${name}, group ${group}: touches nothing beyond the last element, and rows i0 to i1 alone`, () => {
      const n = group;
      const width = engine.wasm.q8_row_bytes(n, group);
      const x = Float32Array.from(normal(3 * n, rng(62)));
      const used = 3 * n + (4 * n) / group + n / 8;
      const [, dst] = fenced(engine, [operand("x", x), operand("dst", new Uint8Array(2 * width + used).fill(9))], (p, q) => {
        engine.wasm.quantize_rows_q8(n, group, p!, n, q!, 1, 3);
      });
      assert.ok(dst!.subarray(0, width).every((b) => b === 9));
      const all = call(engine, "quantize_rows_q8", [x], 3 * width, 3, (out, p) => [n, group, p, n, out]);
      assert.deepEqual(dst!.subarray(width, width + used), all.subarray(width, width + used));
      assert.deepEqual(dst!.subarray(2 * width), all.subarray(2 * width, 2 * width + used));
    });
  }
}
