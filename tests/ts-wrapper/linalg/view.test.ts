import assert from "node:assert/strict";
import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import { cholesky } from "../../../ts-wrapper/linalg/cholesky.ts";
import { gemm } from "../../../ts-wrapper/linalg/gemm.ts";
import { gemv } from "../../../ts-wrapper/linalg/gemv.ts";
import { lu } from "../../../ts-wrapper/linalg/lu.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { norm } from "../../../ts-wrapper/linalg/norms.ts";
import { qr } from "../../../ts-wrapper/linalg/qr.ts";
import { randomizedSvd } from "../../../ts-wrapper/linalg/randomized-svd.ts";
import { solve } from "../../../ts-wrapper/linalg/solve.ts";
import { svd } from "../../../ts-wrapper/linalg/svd.ts";
import { syrk } from "../../../ts-wrapper/linalg/syrk.ts";
import { trmm } from "../../../ts-wrapper/linalg/trmm.ts";
import { trsm } from "../../../ts-wrapper/linalg/trsm.ts";
import { transpose, view } from "../../../ts-wrapper/linalg/view.ts";
import { builds } from "../../support/builds.ts";
import { gamma, within } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, elementOf, forms, normals, transposed } from "../../support/matrices.ts";

const { engine } = builds[0]!;
/** 10·i + j. */
const numbered = build("f32", 4, 6, (i, j) => 10 * i + j);
const rowsOf = (a: Matrix): number[][] =>
  Array.from({ length: a.rows }, (_, i) => Array.from({ length: a.cols }, (_, j) => elementOf(a, i, j)));

test("view: a part on the same data, from the start or to the end where nothing is said, and a part of a part", () => {
  assert.deepEqual(rowsOf(view(numbered, { row: 1, col: 2, rows: 2, cols: 3 })), [
    [12, 13, 14],
    [22, 23, 24],
  ]);
  assert.deepEqual(rowsOf(view(numbered, { row: 3 })), [[30, 31, 32, 33, 34, 35]]);
  assert.deepEqual(rowsOf(view(numbered, { rows: 2, cols: 1 })), [[0], [10]]);
  const inner = view(view(numbered, { row: 1, col: 1 }), { row: 1, col: 2, cols: 2 });
  assert.deepEqual(rowsOf(inner), [
    [23, 24],
    [33, 34],
  ]);
  assert.equal(inner.data.buffer, numbered.data.buffer);
  for (const empty of [{ row: 4 }, { col: 6 }, { rows: 0 }, { row: 4, col: 6 }]) {
    const part = view(numbered, empty);
    assert.equal(part.rows * part.cols, 0);
    norm(part, "max");
  }
});

test("transpose: rows and columns exchanged on the same data; twice is the matrix itself; parts of it are parts", () => {
  const t = transpose(numbered);
  assert.deepEqual(rowsOf(t), rowsOf(transposed(numbered)));
  assert.equal(t.data, numbered.data);
  assert.deepEqual(rowsOf(transpose(t)), rowsOf(numbered));
  assert.deepEqual(rowsOf(view(t, { row: 4, col: 1, cols: 2 })), [
    [14, 24],
    [15, 25],
  ]);
  assert.deepEqual(rowsOf(transpose(view(numbered, { row: 2, col: 3 }))), rowsOf(view(t, { row: 3, col: 2 })));
  numbered.data[1] = 7;
  assert.equal(elementOf(t, 1, 0), 7);
  numbered.data[1] = 1;
});

test("view and transpose refuse what is no part and no matrix", () => {
  for (const [part, name, least] of [
    [{ row: 5 }, "row", "0 to 4"],
    [{ col: -1 }, "col", "0 to 6"],
    [{ row: 2, rows: 3 }, "rows", "0 to 2"],
    [{ col: 1.5 }, "col", "0 to 6"],
    [{ col: 4, cols: 3 }, "cols", "0 to 2"],
  ] as const) {
    assert.throws(() => view(numbered, part), { code: "USAGE", message: new RegExp(`^view: ${name} is .*from ${least}`) });
  }
  assert.throws(() => view({ ...numbered, rows: 5 }, {}), { code: "SHAPE" });
  assert.throws(() => transpose({ ...numbered, order: "rows" as "row" }), {
    code: "USAGE",
    message: 'transpose: the order of A is "rows", "row" or "column" was needed',
  });
});

/** Every function that takes a matrix, on matrices that suit all of them; square ones where B is another operand. */
const functions: Readonly<Record<string, (a: Matrix, b: Matrix) => readonly ArrayLike<number>[]>> = {
  gemm: (a, b) => [gemm(engine, a, b, { alpha: 2 }).data],
  "gemm, transposes and C": (a, b) => [gemm(engine, a, b, { transA: true, transB: true, c: b }).data],
  syrk: (a, b) => [syrk(engine, a, { c: b }).data, syrk(engine, a, { uplo: "upper", transA: true }).data],
  trsm: (a, b) => [trsm(engine, a, b).data, trsm(engine, a, b, { side: "right", uplo: "upper", transA: true }).data],
  trmm: (a, b) => [trmm(engine, a, b, { uplo: "upper" }).data, trmm(engine, a, b, { side: "right", diag: "unit" }).data],
  cholesky: (a) => [cholesky(engine, a).data],
  lu: (a) => [lu(engine, a).l.data, lu(engine, a).u.data, lu(engine, a).p],
  solve: (a, b) => (["general", "spd", "upper", "lower"] as const).map((assume) => solve(engine, a, b, { assume }).data),
  qr: (a) => [qr(engine, a).q.data, qr(engine, a).r.data],
  svd: (a) => [svd(engine, a).u.data, svd(engine, a).s, svd(engine, a).vt.data],
  randomizedSvd: (a) => [randomizedSvd(engine, a, { rank: 3 }).s],
  norm: (a) => (["frobenius", "max", "one", "infinity"] as const).map((kind) => [norm(a, kind)]),
};

for (const type of floatTypes) {
  for (const [name, run] of Object.entries(functions)) {
    test(`${name} ${type}: rows apart, and order of columns, give the bits of the dense matrix, and change nothing`, () => {
      // Not symmetric, and either triangle, mirrored, is positive definite: a triangle taken for the other gives other numbers.
      const g = normals(type, 9, 9, 3).data;
      const a = build(type, 9, 9, (i, j) => g[i * 9 + j]! + (i === j ? 9 : 0));
      const b = normals(type, 9, 9, 4);
      const want = run(a, b).map((x) => Array.from(x));
      for (const [i, { form, a: otherA }] of forms(a).entries()) {
        const otherB = forms(b)[(i + 1) % 4]!.a;
        const before = otherA.data.slice();
        assert.deepEqual(
          run(otherA, otherB).map((x) => Array.from(x)),
          want,
          form,
        );
        assert.deepEqual(otherA.data, before);
      }
      assert.equal(engine.live(), 0);
    });
  }

  test(`gemv ${type}: rows apart, and order of columns, within γ of the dense matrix; with it exchanged, the bits of trans`, () => {
    const a = normals(type, 13, 9, 5);
    const x: Floats = normals(type, 9, 1, 6).data;
    const want = gemv(engine, a, x);
    const bound = gemv(engine, { ...a, data: a.data.map(Math.abs) as Floats }, x.map(Math.abs) as Floats);
    for (const { form, a: other } of forms(a)) {
      within(
        gemv(engine, other, x),
        want,
        Array.from(bound, (b) => 2 * gamma(12, unit[type]) * b),
        form,
      );
      assert.deepEqual(gemv(engine, transpose(other), want), gemv(engine, other, want, { trans: true }), form);
    }
  });
}
