import assert from "node:assert/strict";
import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import { gemv } from "../../../ts-wrapper/linalg/gemv.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { normals } from "../../support/matrices.ts";

const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`gemv ${type} on ${name}: α·op(A)·x + β·y within γ(|α||A||x| + |βy|), the same bits as on the first build, y unchanged`, () => {
      for (const [m, n] of [
        [1, 1],
        [3, 7],
        [17, 33],
        [200, 5],
        [5, 600],
        [0, 5],
        [5, 0],
      ] as const) {
        for (const trans of [false, true]) {
          const a = normals(type, m, n, m + n);
          const [rows, cols] = trans ? [n, m] : [m, n];
          const x = normals(type, cols, 1, 5).data;
          const y = normals(type, rows, 1, 6).data;
          const before = y.slice();
          const got = gemv(engine, a, x, { trans, alpha: -0.5, beta: 3, y });
          same(y, before, "y");
          const element = (i: number, j: number): number => (trans ? a.data[j * n + i]! : a.data[i * n + j]!);
          const terms = (i: number): number[] => Array.from(x, (v, j) => element(i, j) * v);
          const want = Array.from(y, (v, i) => -0.5 * terms(i).reduce((s, t) => s + t, 0) + 3 * v);
          const bound = Array.from(
            y,
            (v, i) => gamma(cols + 4, unit[type]) * (0.5 * terms(i).reduce((s, t) => s + Math.abs(t), 0) + 3 * Math.abs(v)),
          );
          const what = `${type} ${m}×${n} ${trans}`;
          within(got, want, bound, what);
          if (isDeterministic(name)) same(got, first.get(what) ?? first.set(what, got).get(what)!, `${what} on ${name}`);
        }
      }
    });
  }
}

const { engine } = builds[0]!;
const a = { rows: 2, cols: 3, data: Float32Array.of(1, 2, 3, 4, 5, 6) };

test("gemv: the product alone by default, y added with factor 1, β = 0 keeps NaN out", () => {
  assert.deepEqual(gemv(engine, a, Float32Array.of(1, 1, 1)), Float32Array.of(6, 15));
  assert.deepEqual(gemv(engine, a, Float32Array.of(1, 2), { trans: true }), Float32Array.of(9, 12, 15));
  assert.deepEqual(gemv(engine, a, Float32Array.of(1, 1, 1), { y: Float32Array.of(1, 2) }), Float32Array.of(7, 17));
  assert.deepEqual(
    gemv(engine, a, Float32Array.of(1, 1, 1), { y: Float32Array.of(Number.NaN, 2), beta: 0 }),
    Float32Array.of(6, 15),
  );
});

test("gemv refuses lengths, types and factors that do not go together, and names both", () => {
  const x = Float32Array.of(1, 2, 3);
  assert.throws(() => gemv(engine, a, new Float32Array(4)), {
    code: "SHAPE",
    message: "gemv: A is 2×3, so x needs 3 elements; got 4",
  });
  assert.throws(() => gemv(engine, a, x, { trans: true }), {
    code: "SHAPE",
    message: "gemv: Aᵀ is 3×2, so x needs 2 elements; got 3",
  });
  assert.throws(() => gemv(engine, a, x, { y: x }), { code: "SHAPE", message: "gemv: A is 2×3, so y needs 2 elements; got 3" });
  assert.throws(() => gemv<Floats>(engine, a, new Float64Array(3)), {
    code: "DTYPE",
    message: "gemv: A is f32, so x must be too; got f64",
  });
  assert.throws(() => gemv<Floats>(engine, a, x, { y: new Float64Array(2) }), { code: "DTYPE", message: /y must be too/ });
  assert.throws(() => gemv(engine, a, x, { beta: 1 }), { code: "USAGE", message: /beta is 1 and there is no y/ });
});
