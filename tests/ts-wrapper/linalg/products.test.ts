import assert from "node:assert/strict";
import { test } from "node:test";
import { Scope } from "../../../ts-wrapper/engine/engine.ts";
import { copyMatrixIn, copyMatrixOut, type Matrix, place } from "../../../ts-wrapper/linalg/matrix.ts";
import { operatorOf, streamedOperatorOf } from "../../../ts-wrapper/linalg/operator.ts";
import {
  run,
  runStreamed,
  type Steps,
  transposed,
  withMatrix,
  withOperator,
  withStreamed,
} from "../../../ts-wrapper/linalg/products.ts";
import { builds } from "../../support/builds.ts";
import { within } from "../../support/close.ts";
import { normals } from "../../support/matrices.ts";

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;
const [m, n, l] = [7, 5, 3];
const a = normals("f64", m, n, 1);

/** l×n rows through A and back through Aᵀ: x·Aᵀ·A. */
function* there(s: Scope, x: Matrix, length = m): Steps<Matrix> {
  const start = copyMatrixIn(engine, s, x);
  const y = place(s, l, length, 8);
  yield { through: "rows", x: start, out: y };
  const z = place(s, l, x.cols, 8);
  yield { through: "columns", x: y, out: z };
  return copyMatrixOut(s, z, "f64");
}

function product(x: Matrix, y: Matrix): Matrix {
  const data = new Float64Array(x.rows * y.cols);
  for (let i = 0; i < x.rows; i++)
    for (let j = 0; j < y.cols; j++)
      for (let k = 0; k < x.cols; k++) data[i * y.cols + j]! += x.data[i * x.cols + k]! * y.data[k * y.cols + j]!;
  return { rows: x.rows, cols: y.cols, data };
}
const flip = (x: Matrix): Matrix => ({
  rows: x.cols,
  cols: x.rows,
  data: Float64Array.from({ length: x.rows * x.cols }, (_, k) => x.data[(k % x.rows) * x.cols + Math.floor(k / x.rows)]!),
});

test("the same steps with a matrix, an operator, a stream, and turned round with Aᵀ: products within 1e-13", async () => {
  const x = normals("f64", l, n, 2);
  const want = product(product(x, flip(a)), a).data;
  const operator = operatorOf(engine, [{ of: a }]);
  engine.scope((s) => {
    within(run(there(s, x), withMatrix(engine, s, "f64", copyMatrixIn(engine, s, a))).data, want, 1e-13, "matrix");
    within(run(there(s, x), withOperator(engine, "f", operator)).data, want, 1e-13, "operator");
    const other = normals("f64", l, m, 3);
    const back = run(transposed(there(s, other, n)), withOperator(engine, "f", operator));
    within(back.data, product(product(other, a), flip(a)).data, 1e-13, "transposed");
  });
  const scope = new Scope(engine);
  const streamed = streamedOperatorOf(engine, [{ of: a }]);
  within((await runStreamed(engine, there(scope, x), withStreamed(engine, "f", streamed))).data, want, 1e-13, "stream");
  scope.close();
  assert.equal(engine.live(), 0);
});

test("a product of another shape or type is refused, and what the operator throws goes through", () => {
  const x = normals("f64", l, n, 2);
  const bad = (apply: () => Matrix) => (): unknown =>
    engine.scope((s) => run(there(s, x), withOperator(engine, "f", { rows: m, cols: n, dtype: "f64", apply, applyT: apply })));
  assert.throws(
    bad(() => normals("f64", l, m, 1)),
    {
      code: "SHAPE",
      message: "f: the operator is 7×5 and was given 3 vectors, so A·X of the operator needs 7×3; got 3×7",
    },
  );
  assert.throws(
    bad(() => normals("f32", m, l, 1)),
    { code: "DTYPE", message: /the operator is f64/ },
  );
  assert.throws(
    bad(() => {
      throw new Error("gone");
    }),
    /gone/,
  );
  assert.equal(engine.live(), 0);
});
