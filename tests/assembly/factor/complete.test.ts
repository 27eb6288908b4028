import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
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

    test(`complete_${type} on ${name}: 255 of 256 rows that leave out no axis are completed to 3u: the second pass brings back what the first loses`, () => {
      const n = 256;
      const given = orthonormal(n - 1, n, 12);
      const w = build(type, n, n, (i, j) => (i === n - 1 ? 7 : given[i]![j]!));
      const got = completed(engine, type, n - 1, w);
      const last = got.subarray((n - 1) * n);
      for (let i = 0; i < n; i++) {
        const row = got.subarray(i * n, (i + 1) * n);
        const product = Array.from(row).reduce((sum, x, j) => sum + x * last[j]!, 0);
        assert.ok(Math.abs(product - Number(i === n - 1)) <= 3 * unit[type], `row ${i}: ${product}`);
      }
    });

    test(`complete_${type} on ${name}: an axis that is taken is not begun with`, () => {
      const got = completed(
        engine,
        type,
        1,
        build(type, 3, 3, (i, j) => (i === 0 ? Number(j === 1) : 7)),
      );
      assert.deepEqual([...got], [0, 1, 0, 1, 0, 0, 0, 0, 1]);
    });
  }
}

function completed(engine: Engine, type: FloatDtype, first: number, w: Matrix): Floats {
  return engine.scope((s) => {
    const p = s.copyIn(w.data);
    engine.wasm[`complete_${type}`](first, w.rows, w.cols, p, w.cols, s.alloc(engine.wasm.complete_work(w.cols)));
    return s.copyOut(p, w.rows * w.cols, type);
  });
}
