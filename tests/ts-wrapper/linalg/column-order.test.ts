import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cond,
  eigh,
  lstsq,
  type Matrix,
  norm,
  nullSpace,
  pinv,
  polar,
  qr,
  randomizedSvd,
  rank,
  svd,
} from "../../../ts-wrapper/index.ts";
import { builds } from "../../support/builds.ts";
import { normal, rng } from "../../support/rng.ts";

const { engine } = builds[0]!;

/** The same matrix by columns, with gaps between them. */
function byColumns(a: Matrix<Float64Array>): Matrix<Float64Array> {
  const stride = a.rows + 3;
  const data = new Float64Array(a.cols * stride).fill(Number.NaN);
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < a.cols; j++) data[j * stride + i] = a.data[i * a.cols + j]!;
  return { rows: a.rows, cols: a.cols, data, stride, order: "column" };
}

const a = { rows: 9, cols: 5, data: normal(45, rng(7)) };
const square = { rows: 6, cols: 6, data: normal(36, rng(8)) };
const symmetric = { ...square, data: square.data.map((x, at) => x + square.data[(at % 6) * 6 + Math.floor(at / 6)]!) };

const operations: Readonly<Record<string, (of: (m: Matrix<Float64Array>) => Matrix<Float64Array>) => unknown>> = {
  svd: (of) => svd(engine, of(a), { certify: true }),
  qr: (of) => qr(engine, of(a), { certify: true }),
  eigh: (of) => eigh(engine, of(symmetric), { symmetryTolerance: 1e-12 }),
  randomizedSvd: (of) => randomizedSvd(engine, of(a), { rank: 2, certify: true }),
  pinv: (of) => pinv(engine, of(a)),
  polar: (of) => polar(engine, of(a)),
  nullSpace: (of) => nullSpace(engine, of({ rows: 3, cols: 6, data: square.data })),
  rank: (of) => rank(engine, of(a)),
  cond: (of) => cond(engine, of(a)),
  norm: (of) => ["frobenius", "max"].map((kind) => norm(of(a), kind as "frobenius")),
};

for (const [name, run] of Object.entries(operations)) {
  test(`${name}: a matrix by columns, with gaps, gives the same bits as by rows`, () => {
    assert.deepEqual(
      run(byColumns),
      run((m) => m),
    );
  });
}

test("certificates of svd and qr: at most 1 for every shape, and not without vectors", () => {
  for (const [rows, cols] of [
    [60, 50],
    [50, 60],
    [7, 1],
    [1, 7],
  ] as const) {
    const matrix = { rows, cols, data: normal(rows * cols, rng(rows)) };
    for (const { certificate } of [
      svd(engine, matrix, { certify: true }),
      svd(engine, matrix, { certify: true, method: "jacobi", vectors: "full" }),
      qr(engine, matrix, { certify: true }),
    ]) {
      assert.ok(certificate!.residual <= 1 && certificate!.orthogonality <= 1, `${rows}×${cols}`);
    }
    assert.equal(qr(engine, matrix).certificate, undefined);
  }
  assert.throws(() => svd(engine, a, { certify: true, vectors: "none" }), { code: "USAGE" });
});

test("lstsq: right-hand sides by columns give the same to rounding, as products of few rows follow the order of storage", () => {
  const b = { rows: 9, cols: 2, data: normal(18, rng(9)) };
  const [one, other] = [lstsq(engine, a, b), lstsq(engine, byColumns(a), byColumns(b))];
  assert.deepEqual([one.rank, one.x.rows, one.x.cols], [other.rank, other.x.rows, other.x.cols]);
  for (const [i, x] of one.x.data.entries()) assert.ok(Math.abs(x - other.x.data[i]!) <= 1e-14, `${i}: ${x}`);
});
