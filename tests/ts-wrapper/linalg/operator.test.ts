import assert from "node:assert/strict";
import { test } from "node:test";
import { gemm } from "../../../ts-wrapper/linalg/gemm.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import {
  type LinearOperator,
  operatorOf,
  type RowSource,
  streamedOperatorOf,
  tilesOf,
} from "../../../ts-wrapper/linalg/operator.ts";
import { builds } from "../../support/builds.ts";
import { same, within } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, typeOf } from "../../support/matrices.ts";

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

/** The rows of a matrix, and how they were asked for. */
function sourceOf(a: Matrix): RowSource & { readonly asked: [number, number][] } {
  const asked: [number, number][] = [];
  return {
    rows: a.rows,
    cols: a.cols,
    dtype: typeOf(a.data),
    asked,
    async readRows(i0, i1) {
      asked.push([i0, i1]);
      return a.data.slice(i0 * a.cols, i1 * a.cols);
    },
  };
}

const times = (a: Matrix, x: Matrix, transA = false): Matrix => gemm(engine, a, x, { transA });

for (const type of floatTypes) {
  const [m, n, r, k] = [23, 17, 3, 4];
  const dense = normals(type, m, n, 1);
  const [b, a] = [normals(type, m, r, 2), normals(type, r, n, 3)];
  const product = times(b, a);
  const sum = build(type, m, n, (i, j) => 2 * dense.data[i * n + j]! - 0.5 * product.data[i * n + j]! + dense.data[i * n + j]!);
  const [x, y] = [normals(type, n, k, 4), normals(type, m, k, 5)];
  const bound = 100 * (m + n) * unit[type];

  test(`operatorOf ${type}: 2·D − 0.5·B·A + D is applied to 100(m + n)u without being formed, both ways`, () => {
    const same: LinearOperator = {
      rows: m,
      cols: n,
      dtype: type,
      apply: (block) => times(dense, block),
      applyT: (block) => times(dense, block, true),
    };
    for (const third of [dense, same]) {
      const operator = operatorOf(engine, [{ of: dense, scale: 2 }, { b, a, scale: -0.5 }, { of: third }]);
      assert.deepEqual([operator.rows, operator.cols, operator.dtype], [m, n, type]);
      within(operator.apply(x).data, times(sum, x).data, bound, "A·X");
      within(operator.applyT(y).data, times(sum, y, true).data, bound, "Aᵀ·Y");
    }
    const twice = operatorOf(engine, [{ of: same, scale: 2 }]);
    within(
      twice.apply(x).data,
      times(dense, x).data.map((v) => 2 * v),
      bound,
      "a scaled operator",
    );
  });

  test(`streamedOperatorOf ${type}: a source of rows among the terms is read once for each product`, async () => {
    const source = sourceOf(dense);
    const operator = streamedOperatorOf(engine, [{ of: source, scale: 2 }, { b, a, scale: -0.5 }, { of: dense }]);
    within((await operator.apply(x)).data, times(sum, x).data, bound, "A·X");
    within((await operator.applyT(y)).data, times(sum, y, true).data, bound, "Aᵀ·Y");
    assert.deepEqual(source.asked, [
      [0, m],
      [0, m],
    ]);
  });

  test(`operators ${type} refuse terms that do not go together`, () => {
    assert.throws(() => operatorOf(engine, []), { code: "USAGE", message: /^operatorOf: there are no terms/ });
    assert.throws(() => operatorOf(engine, [{ of: dense }, { of: a }]), {
      code: "SHAPE",
      message: "operatorOf: the first term is 23×17, so the others must be too; got 3×17",
    });
    assert.throws(() => operatorOf(engine, [{ b, a: b }]), { code: "SHAPE", message: /B is 23×3, so A needs 3 rows; got 23×3/ });
    const other = type === "f32" ? "f64" : "f32";
    assert.throws(() => operatorOf<Matrix["data"]>(engine, [{ of: dense }, { of: normals(other, m, n, 1) }]), { code: "DTYPE" });
    assert.throws(() => operatorOf<Matrix["data"]>(engine, [{ b, a: normals(other, r, n, 1) }]), { code: "DTYPE" });
  });
}

test("tilesOf reads whole rows, 4 MiB at a time, and refuses rows that are too few or of another type", async () => {
  const cols = 1 << 19; // two rows of float32 are 4 MiB
  const asked: number[] = [];
  const source: RowSource = {
    rows: 5,
    cols,
    dtype: "f32",
    async readRows(i0, i1) {
      asked.push(i1 - i0);
      return new Float32Array((i1 - i0) * cols);
    },
  };
  const firsts: number[] = [];
  for await (const { first } of tilesOf(source)) firsts.push(first);
  assert.deepEqual(
    [asked, firsts],
    [
      [2, 2, 1],
      [0, 2, 4],
    ],
  );
  const short = { ...source, cols: 3, readRows: async () => new Float32Array(14) };
  await assert.rejects(tilesOf(short).next(), {
    code: "SHAPE",
    message: /^readRows: rows 0 to 5 is 5×3, so its data needs 15 elements; got 14/,
  });
  const wrong = { ...source, cols: 3, readRows: async () => new Float64Array(15) };
  await assert.rejects(tilesOf(wrong).next(), { code: "DTYPE", message: /the source is f32/ });
});

test("a streamed product over several tiles is the product, and the same bits each time", async () => {
  const a = normals("f64", 700, 2000, 1); // 11 MB: three tiles
  const operator = streamedOperatorOf(engine, [{ of: sourceOf(a) }]);
  const [x, y] = [normals("f64", 2000, 2, 2), normals("f64", 700, 2, 3)];
  within((await operator.apply(x)).data, times(a, x).data, 1e-10, "A·X");
  const first = await operator.applyT(y);
  within(first.data, times(a, y, true).data, 1e-10, "Aᵀ·Y");
  same((await operator.applyT(y)).data, first.data, "again");
  assert.equal(engine.live(), 0);
});
