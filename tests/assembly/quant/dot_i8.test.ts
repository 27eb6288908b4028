import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { call, f32Of, quantizeRows } from "../../support/quant.ts";
import { type Blocked, blockTypes, kTypes, legacyTypes, parts } from "../../support/reference-quant.ts";

/** Rows of n weights in which every packed bit is set (or only the codes', or none), and the integer scales are the largest. */
function extreme(type: Blocked, n: number, fill: number): Uint8Array {
  const { size, bytes, halves } = blockTypes[type];
  const row = new Uint8Array((n / size) * bytes).fill(fill);
  for (let at = 0; at < row.length; at += bytes) {
    for (const h of halves) row.set([0, 0x3c], at + h);
    if (type === "q8_0" && fill) row.fill(fill === 255 ? 0x80 : 127, at + 2, at + 34); // −128, 127
    if (type === "q6_k") row.fill(fill === 255 ? 0x80 : 127, at + 192, at + 208);
  }
  return row;
}

for (const { name, engine } of builds) {
  for (const type of [...legacyTypes, ...kTypes]) {
    const group = blockTypes[type].size;

    test(`dot_i8 on ${name}: ${type} sums the largest codes against the largest activations exactly`, () => {
      const n = 512;
      for (const fill of [0, 0x7f, 255]) {
        for (const signs of [
          (_: number) => 1,
          (_: number) => -1,
          (i: number) => (i % 2 ? 1 : -1),
          (i: number) => (i % 3 ? 127 : -127) / 127,
        ]) {
          const x = Float32Array.from({ length: n }, (_, i) => 127 * signs(i)); // under a scale of 1
          const w = extreme(type, n, fill);
          const y = f32Of(
            call(engine, `gemv_${type}_q8`, [w, quantizeRows(engine, 1, n, group, x)], 4, 1, (out, p, q) => [n, p, q, out]),
          );
          let want = 0;
          for (let k = 0; k < n / group; k++) {
            const b = parts(type, w.subarray(k * blockTypes[type].bytes, (k + 1) * blockTypes[type].bytes));
            b.codes.forEach((q, i) => {
              const r = Math.floor(i / blockTypes[type].run);
              want += (b.scales[r]! * q - b.dm * b.minima[r]!) * x[k * group + i]!;
            });
          }
          // Every partial sum is an integer; those that f32 holds are exact, larger ones have lost a last place or two.
          const slack = Math.abs(want) < 2 ** 24 && type !== "q6_k" ? 0 : 2 ** 4 * Math.max(1, Math.abs(want) * 2 ** -22);
          assert.ok(Math.abs(y[0]! - want) <= slack, `${y[0]}, ${want} wanted`);
        }
      }
    });
  }
}
