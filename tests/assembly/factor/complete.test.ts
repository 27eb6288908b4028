import assert from "node:assert/strict";
import { test } from "node:test";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, orthonormal, orthonormalityError } from "../../support/matrices.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [first, rows, n] of [
      [0, 0, 3],
      [0, 1, 1],
      [0, 5, 5],
      [1, 4, 9],
      [6, 7, 7],
      [3, 20, 20],
      [8, 8, 8],
    ] as const) {
      test(`complete_${type} ${first} of ${rows}×${n} on ${name}: all rows orthonormal to 4n·u, the first ones and the gaps as they were`, () => {
        const ld = n + 3;
        const given = orthonormal(first, n, 11);
        const w = floatsOf(type, rows === 0 ? 0 : (rows - 1) * ld + n).fill(9);
        given.forEach((row, i) => {
          w.set(row, i * ld);
        });
        const after = fenced(
          engine,
          [operand("w", w), operand("work", new Uint8Array(engine.wasm.complete_work(n)))],
          (pw, work) => {
            engine.wasm[`complete_${type}`](first, rows, n, pw!, ld, work!);
          },
        );
        const got = asFloats(type, after[0]!);
        const all: Matrix = build(type, rows, n, (i, j) => got[i * ld + j]!);
        assert.ok(orthonormalityError(all, "rows") <= 4 * n * unit[type], `${orthonormalityError(all, "rows")}`);
        same(got.subarray(0, first * ld), w.subarray(0, first * ld), "given rows");
        for (let i = 0; i + 1 < rows; i++)
          assert.ok(
            got.subarray(i * ld + n, (i + 1) * ld).every((x) => x === 9),
            `gap ${i}`,
          );
      });
    }

    test(`complete_${type} on ${name}: rows that leave out no axis are completed all the same`, () => {
      const n = 16;
      // I − 2/n·11ᵀ is orthogonal and has no zero: all but its last row are given.
      const w = build(type, n, n, (i, j) => (i === n - 1 ? 0 : Number(i === j) - 2 / n)).data;
      const got = engine.scope((s) => {
        const p = s.copyIn(w);
        engine.wasm[`complete_${type}`](n - 1, n, n, p, n, s.alloc(engine.wasm.complete_work(n)));
        return s.copyOut(p, n * n, type);
      });
      assert.ok(orthonormalityError({ rows: n, cols: n, data: got }, "rows") <= 4 * n * unit[type]);
    });
  }
}
