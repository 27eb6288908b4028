import assert from "node:assert/strict";
import { test } from "node:test";
import { lstsq } from "../../../ts-wrapper/linalg/lstsq.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { within } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, withSpectrum } from "../../support/matrices.ts";

/** op(A)·B in float64. */
function product(a: Matrix, b: Matrix, transA = false): Matrix {
  const [rows, depth] = transA ? [a.cols, a.rows] : [a.rows, a.cols];
  return build("f64", rows, b.cols, (i, j) => {
    let sum = 0;
    for (let k = 0; k < depth; k++) sum += a.data[transA ? k * a.cols + i : i * a.cols + k]! * b.data[k * b.cols + j]!;
    return sum;
  });
}
const minus = (a: Matrix, b: Matrix): Matrix =>
  build("f64", a.rows, a.cols, (i, j) => a.data[i * a.cols + j]! - b.data[i * a.cols + j]!);

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [m, n, values] of [
      [12, 4, [3, 2, 1, 0.5]],
      [4, 12, [3, 2, 1, 0.5]],
      [9, 7, [2, 1]],
      [6, 1, [2]],
      [1, 6, [2]],
      [5, 3, []],
    ] as const) {
      test(`lstsq ${type} ${m}×${n} of rank ${values.length} on ${name}: Aᵀ(B − A·X) = 0 and X in the rows of A, to 100·max(m, n)·κ²·u; residuals as they are`, () => {
        const a = values.length > 0 ? withSpectrum(type, m, n, values, 3) : build(type, m, n, () => 0);
        const b = normals(type, m, 3, 4);
        const { x, residuals, rank, s } = lstsq(engine, a, b);
        assert.deepEqual([x.rows, x.cols, rank, s.length], [n, 3, values.length, Math.min(m, n)]);
        const kappa = values.length > 0 ? values[0]! / values.at(-1)! : 1;
        const bound = 100 * Math.max(m, n) * unit[type] * kappa * kappa * 3;
        const rest = minus(b, product(a, x));
        within(product(a, rest, true).data, new Float64Array(n * 3), bound * 3, "normal equations");
        // Of the least norm: X = Aᵀ·Y for Y = (A·Aᵀ)⁺·A·X; checked by what is outside of A's rows, V·Vᵀ·X = X.
        if (values.length > 0) {
          const again = lstsq(engine, a, {
            ...product(a, x),
            data: (type === "f32" ? Float32Array : Float64Array).from(product(a, x).data),
          } as Matrix).x;
          within(again.data, x.data, bound * 2, "least norm");
        } else assert.ok(x.data.every((v) => v === 0));
        const want = [0, 1, 2].map((j) => Array.from(rest.data).reduce((sum, v, i) => (i % 3 === j ? sum + v * v : sum), 0));
        within(residuals, want, bound * 10, "residuals");
        assert.equal(engine.live(), 0);
      });
    }
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

test("lstsq fits a line through four points: y = 1 + 2t, residual 0; rcond drops what is below", () => {
  const a = build("f64", 4, 2, (i, j) => (j === 0 ? 1 : i));
  const b = build("f64", 4, 1, (i) => 1 + 2 * i);
  const { x, residuals, rank } = lstsq(engine, a, b);
  within(x.data, [1, 2], 1e-14, "x");
  assert.ok(residuals[0]! <= 1e-28 && rank === 2);
  assert.equal(lstsq(engine, a, b, { rcond: 0.9 }).rank, 1);
});

test("lstsq refuses A and B that do not go together", () => {
  assert.throws(() => lstsq(engine, normals("f64", 3, 2, 1), normals("f64", 2, 1, 1)), {
    code: "SHAPE",
    message: "lstsq: A is 3×2, so B needs 3 rows; got 2×1",
  });
  assert.throws(() => lstsq<Matrix["data"]>(engine, normals("f64", 3, 2, 1), normals("f32", 3, 1, 1)), { code: "DTYPE" });
  assert.throws(() => lstsq(engine, normals("f64", 3, 2, 1), normals("f64", 3, 1, 1), { rcond: -1 }), { code: "USAGE" });
});
