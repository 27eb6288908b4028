import assert from "node:assert/strict";
import { test } from "node:test";
import type { Ptr } from "../../../ts-wrapper/engine/engine.ts";
import { applyBlock, applyReflections, BLOCK, blockReflector } from "../../../ts-wrapper/linalg/block-reflector.ts";
import { copyMatrixIn, copyMatrixOut, type Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, normals } from "../../support/matrices.ts";

/** Reflections' vectors in rows, a 1 behind `j` elements that mean nothing, and their factors. */
function reflections(type: "f32" | "f64", p: number, n: number): { x: Matrix; tau: Float64Array } {
  const x = normals(type, p, n, p + n);
  const tau = Float64Array.from({ length: p }, (_, j) => {
    let square = 1;
    for (let i = j + 1; i < n; i++) square += x.data[j * n + i]! ** 2;
    return 2 / square;
  });
  return { x, tau };
}

/** Each row of w times H₍ₚ₋₁₎ … H₀, in float64. */
function applied(w: Matrix, { x, tau }: { x: Matrix; tau: Float64Array }): Float64Array {
  const n = w.cols;
  const out = Float64Array.from(w.data);
  for (let r = 0; r < w.rows; r++) {
    for (let j = x.rows - 1; j >= 0; j--) {
      const v = (i: number): number => (i < j ? 0 : i === j ? 1 : x.data[j * n + i]!);
      let sum = 0;
      for (let i = j; i < n; i++) sum += v(i) * out[r * n + i]!;
      for (let i = j; i < n; i++) out[r * n + i]! -= tau[j]! * sum * v(i);
    }
  }
  return out;
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`applyReflections ${type} on ${name}: 1 to ${2 * BLOCK + 3} reflections as one by one, within 8p·n·u of the row`, () => {
      for (const [p, n] of [
        [1, 1],
        [3, 5],
        [BLOCK, BLOCK + 8],
        [2 * BLOCK + 3, 2 * BLOCK + 3],
      ] as const) {
        const set = reflections(type, p, n);
        const w = normals(type, 9, n, 1);
        const eye = build(type, n, n, (i, j) => Number(i === j));
        const apply = (a: Matrix, identity = false): Float64Array =>
          engine.scope((s) => {
            const placed = copyMatrixIn(engine, s, a);
            const tau = s.copyIn(floatsOf(type, set.tau));
            applyReflections(engine, type, copyMatrixIn(engine, s, set.x), p, tau as Ptr, placed, identity);
            return Float64Array.from(copyMatrixOut(s, placed, type).data);
          });
        for (const a of [w, eye]) {
          const [got, want] = [apply(a), applied(a, set)];
          for (let r = 0; r < a.rows; r++) {
            const size = Math.hypot(...want.subarray(r * n, (r + 1) * n));
            for (let i = r * n; i < (r + 1) * n; i++) {
              assert.ok(Math.abs(got[i]! - want[i]!) <= 8 * p * n * unit[type] * size, `${p} on ${n}: ${got[i]}, ${want[i]}`);
            }
          }
        }
        same(apply(eye, true), apply(eye), "identity");
      }
      assert.equal(engine.live(), 0);
    });

    test(`applyBlock ${type} on ${name}: a block and then its transpose give back W within 64n·u`, () => {
      engine.scope((s) => {
        const [p, n] = [5, 12];
        const { x, tau } = reflections(type, p, n);
        const v = build(type, p, n, (i, j) => (j < i ? 0 : j === i ? 1 : x.data[i * n + j]!));
        const w = normals(type, 7, n, 4);
        const placed = copyMatrixIn(engine, s, w);
        const block = blockReflector(engine, s, type, copyMatrixIn(engine, s, v), s.copyIn(floatsOf(type, tau)));
        applyBlock(engine, s, type, block, false, placed);
        assert.ok(copyMatrixOut(s, placed, type).data.some((y, i) => Math.abs(y - w.data[i]!) > 0.1));
        applyBlock(engine, s, type, block, true, placed);
        copyMatrixOut(s, placed, type).data.forEach((y, i) => {
          assert.ok(Math.abs(y - w.data[i]!) <= 64 * n * unit[type]);
        });
      });
    });
  }
}
