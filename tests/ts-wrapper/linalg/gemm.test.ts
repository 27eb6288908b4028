import assert from "node:assert/strict";
import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import { gemm } from "../../../ts-wrapper/linalg/gemm.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, typeOf } from "../../support/matrices.ts";

const shapes = [
  [1, 1, 1],
  [3, 5, 7],
  [4, 8, 4],
  [8, 70, 40],
  [9, 70, 40],
  [17, 9, 33],
  [130, 20, 10],
  [2, 3, 0],
  [0, 3, 2],
  [3, 0, 2],
] as const;
const ways = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

/** op(X)'s element. */
const at = (x: Matrix, trans: boolean, i: number, j: number): number =>
  x.data[trans ? j * (x.stride ?? x.cols) + i : i * (x.stride ?? x.cols) + j]!;

/** The same matrix, rows three elements further apart. */
function spread(a: Matrix): Matrix {
  const wide = build(typeOf(a.data), a.rows, a.cols + 3, (i, j) => (j < a.cols ? a.data[i * a.cols + j]! : Number.NaN));
  return { rows: a.rows, cols: a.cols, data: wide.data, stride: a.cols + 3 };
}

const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`gemm ${type} on ${name}: α·op(A)·op(B) + β·C within γₖ₊₄(|α||A||B| + |βC|), the same bits as on the first build, C unchanged`, () => {
      for (const [m, n, k] of shapes) {
        for (const [transA, transB] of ways) {
          const a = spread(normals(type, ...((transA ? [k, m] : [m, k]) as [number, number]), 1));
          const b = spread(normals(type, ...((transB ? [n, k] : [k, n]) as [number, number]), 2));
          const c = spread(normals(type, m, n, 3));
          const before = c.data.slice();
          const got = gemm(engine, a, b, { transA, transB, alpha: 0.5, beta: -2, c });
          same(c.data, before, "C");
          assert.equal(got.data.length, m * n);
          const want: number[] = [];
          const bound: number[] = [];
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < n; j++) {
              let sum = 0;
              let size = 0;
              for (let p = 0; p < k; p++) {
                sum += at(a, transA, i, p) * at(b, transB, p, j);
                size += Math.abs(at(a, transA, i, p) * at(b, transB, p, j));
              }
              want.push(0.5 * sum - 2 * at(c, false, i, j));
              bound.push(gamma(k + 4, unit[type]) * (0.5 * size + 2 * Math.abs(at(c, false, i, j))));
            }
          }
          const what = `${m}×${n}×${k} ${transA} ${transB}`;
          within(got.data, want, bound, what);
          const key = `${type} ${what}`;
          if (isDeterministic(name)) same(got.data, first.get(key) ?? first.set(key, got.data).get(key)!, `${what} on ${name}`);
        }
      }
    });
  }
}

const { engine } = builds[0]!;
const a = build("f32", 2, 3, (i, j) => 5 * i - 2 * j);

test("gemm: the product alone by default; C is added with factor 1; β = 0 reads no C and keeps NaN in it out", () => {
  const b = build("f32", 3, 4, (i, j) => 3 * i + j); // whole numbers: no sum is rounded
  const c = build("f32", 2, 4, () => 1);
  const product = gemm(engine, a, b);
  assert.deepEqual([product.rows, product.cols], [2, 4]);
  same(
    gemm(engine, a, b, { c }).data,
    Float32Array.from(product.data, (x) => x + 1),
    "β = 1",
  );
  same(gemm(engine, a, b, { c: build("f32", 2, 4, () => Number.NaN), beta: 0 }).data, product.data, "β = 0");
  const infinite = gemm(
    engine,
    build("f32", 1, 1, () => Number.POSITIVE_INFINITY),
    build("f32", 1, 2, (_, j) => j),
  );
  assert.deepEqual(Array.from(infinite.data), [Number.NaN, Number.POSITIVE_INFINITY]);
});

test("gemm refuses shapes, types and factors that do not go together, and names both", () => {
  for (const [b, options, message] of [
    [normals("f32", 4, 5, 1), {}, "gemm: A is 2×3, so B needs 3 rows; got 4×5"],
    [normals("f32", 4, 5, 1), { transA: true, transB: true }, "gemm: Aᵀ is 3×2, so Bᵀ needs 2 rows; got 5×4"],
    [normals("f32", 3, 5, 1), { c: normals("f32", 5, 2, 1) }, "gemm: the product is 2×5, so C needs 2×5; got 5×2"],
  ] as const) {
    assert.throws(() => gemm(engine, a, b, options), { code: "SHAPE", message });
  }
  assert.throws(() => gemm(engine, a as Matrix<Floats>, normals("f64", 3, 5, 1)), {
    code: "DTYPE",
    message: "gemm: A is f32, so B must be too; got f64",
  });
  assert.throws(() => gemm(engine, a, normals("f32", 3, 5, 1), { c: normals("f64", 2, 5, 1) }), {
    code: "DTYPE",
    message: /C must be too/,
  });
  assert.throws(() => gemm(engine, a, normals("f32", 3, 5, 1), { beta: 2 }), {
    code: "USAGE",
    message: /beta is 2 and there is no C/,
  });
  assert.throws(() => gemm(engine, { ...a, data: a.data.subarray(1) }, a), {
    code: "SHAPE",
    message: /A is 2×3, so its data needs 6 elements; got 5/,
  });
  assert.equal(engine.live(), 0);
});
