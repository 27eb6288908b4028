import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, uniform } from "../../support/floats.ts";
import { packRight } from "../../support/panels.ts";
import { rng } from "../../support/rng.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`gemm_pack_${type} on ${name}: op(B) in panels, zeros behind its last column, nothing beyond the operands, any split`, () => {
      for (const [k, n, pad] of [
        [1, 1, 0],
        [3, 8, 2],
        [5, 9, 0],
        [2, 31, 1],
        [0, 4, 0],
        [4, 0, 0],
      ] as const) {
        const b = uniform(type, k * n, rng(k * 100 + n)); // op(B), dense
        const want = packRight(b, k, n);
        for (const trans of [0, 1]) {
          const [rows, cols] = trans ? [n, k] : [k, n];
          const ldb = cols + pad;
          const stored = floatsOf(type, rows && cols ? (rows - 1) * ldb + cols : 0).fill(-7);
          for (let i = 0; i < rows; i++)
            for (let j = 0; j < cols; j++) stored[i * ldb + j] = trans ? b[j * n + i]! : b[i * n + j]!;
          const dst = floatsOf(type, want.length).fill(Number.NaN);
          for (const grain of [1, 100]) {
            const after = fenced(engine, [operand("b", stored), operand("dst", dst)], (pb, pd) => {
              engine.parallel(`gemm_pack_${type}`, [trans, k, n, pb!, ldb, pd!], Math.ceil(n / (type === "f32" ? 8 : 4)), grain);
            });
            same(asFloats(type, after[1]!), want, `${k}×${n}, trans ${trans}, grain ${grain}`);
          }
        }
      }
    });
  }
}
