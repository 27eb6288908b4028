import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Scope } from "../../../ts-wrapper/engine/engine.ts";
import { gaussian } from "../../../ts-wrapper/linalg/gaussian.ts";
import {
  bytesPerElement,
  copyMatrixIn,
  elements,
  type Matrix,
  type Placed,
  placeRows,
} from "../../../ts-wrapper/linalg/matrix.ts";
import {
  lowerTriangle,
  orthonormalRows,
  placeRandom,
  removeFrom,
  rowSquares,
  stackRows,
  sumOfSquares,
  throughColumns,
  throughRows,
} from "../../../ts-wrapper/linalg/sketch.ts";
import { builds } from "../../support/builds.ts";
import { within } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, transposed } from "../../support/matrices.ts";

function out(engine: Engine, type: FloatDtype, p: Placed): Matrix {
  const view = elements(engine, p.ptr, p.rows === 0 ? 0 : (p.rows - 1) * p.ld + p.cols, type);
  return build(type, p.rows, p.cols, (i, j) => view[i * p.ld + j]!);
}

/** A·Bᵀ in float64. */
function product(a: Matrix, b: Matrix): Matrix {
  return build("f64", a.rows, b.rows, (i, j) => {
    let sum = 0;
    for (let k = 0; k < a.cols; k++) sum += a.data[i * a.cols + k]! * b.data[j * b.cols + k]!;
    return sum;
  });
}

/** The largest |(I − QᵀQ)·x| over the rows x of m, Q's rows orthonormal. */
function outside(m: Matrix, q: Matrix): number {
  const shares = product(m, q);
  const back = product(shares, transposed(q));
  return Math.max(...Array.from(m.data, (x, i) => Math.abs(x - back.data[i]!)));
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    const u = unit[type];
    const scoped = (f: (s: Scope) => void): void => engine.scope(f);

    test(`throughRows and throughColumns ${type} on ${name}: B·Aᵀ and Q·A within 4·max(m, n)·u of products of norms`, () => {
      scoped((s) => {
        for (const [m, n, l] of [
          [7, 5, 3],
          [40, 33, 9],
          [1, 1, 1],
        ] as const) {
          const [a, b, q] = [normals(type, m, n, 1), normals(type, l, n, 2), normals(type, l, m, 3)];
          const placed = copyMatrixIn(engine, s, a);
          const rows = out(engine, type, throughRows(engine, s, type, placed, copyMatrixIn(engine, s, b)));
          within(rows.data, product(b, a).data, 16 * Math.max(m, n) * u * Math.sqrt(n), "throughRows");
          const columns = out(engine, type, throughColumns(engine, s, type, placed, copyMatrixIn(engine, s, q)));
          within(columns.data, product(q, transposed(a)).data, 16 * Math.max(m, n) * u * Math.sqrt(m), "throughColumns");
        }
      });
    });

    test(`orthonormalRows and removeFrom ${type} on ${name}: the same span, orthonormal to 4n·u; what is removed is gone to 8n·u`, () => {
      scoped((s) => {
        const x = normals(type, 6, 30, 4);
        const q = orthonormalRows(engine, s, type, copyMatrixIn(engine, s, x));
        assert.ok(orthonormalityError(out(engine, type, q), "rows") <= 120 * u);
        assert.ok(outside(x, out(engine, type, q)) <= 240 * u * 10);
        const y = copyMatrixIn(engine, s, normals(type, 3, 30, 5));
        removeFrom(engine, type, y, q);
        const left = product(out(engine, type, y), out(engine, type, q));
        assert.ok(left.data.every((share) => Math.abs(share) <= 240 * u * 10));
        const dependent = orthonormalRows(
          engine,
          s,
          type,
          copyMatrixIn(
            engine,
            s,
            build(type, 4, 9, (i) => i + 1),
          ),
        );
        assert.ok(orthonormalityError(out(engine, type, dependent), "rows") <= 36 * u);
      });
    });

    test(`lowerTriangle, rowSquares and stackRows ${type} on ${name}: x = L·Q within 8n·u, also for more rows than columns; squares of rows; rows below each other`, () => {
      scoped((s) => {
        for (const [l, n] of [
          [4, 12],
          [12, 4],
          [1, 1],
        ] as const) {
          const x = normals(type, l, n, 8);
          const placed = copyMatrixIn(engine, s, x);
          const q = orthonormalRows(engine, s, type, placed);
          const lower = out(engine, type, lowerTriangle(engine, s, type, placed));
          assert.deepEqual([q.rows, lower.rows, lower.cols], [Math.min(l, n), l, Math.min(l, n)]);
          within(product(lower, transposed(out(engine, type, q))).data, x.data, 8 * Math.max(l, n) * u * 10, `${l}×${n}`);
          for (let i = 0; i < l; i++) for (let j = i + 1; j < lower.cols; j++) assert.equal(lower.data[i * lower.cols + j], 0);
        }
        const x = copyMatrixIn(engine, s, normals(type, 3, 5, 9));
        const squares = rowSquares(engine, type, x);
        const want = Array.from({ length: 3 }, (_, i) => product(out(engine, type, x), out(engine, type, x)).data[i * 4]!);
        within(squares, want, 20 * u * Math.max(...want), "squares");
        const stack = out(engine, type, stackRows(engine, s, type, 5, [x, { ...x, rows: 1 }]));
        assert.deepEqual([...stack.data], [...out(engine, type, x).data, ...out(engine, type, x).data.subarray(0, 5)]);
        assert.equal(stackRows(engine, s, type, 5, []).rows, 0);
      });
    });

    test(`placeRandom and sumOfSquares ${type} on ${name}: numbers in row order, squares within 20u`, () => {
      scoped((s) => {
        const next = gaussian(3);
        const want = build(type, 5, 7, () => next());
        const placed = placeRandom(engine, s, type, 5, 7, gaussian(3));
        assert.deepEqual(out(engine, type, placed).data, want.data);
        const squares = Array.from(want.data).reduce((sum, x) => sum + x * x, 0);
        assert.ok(Math.abs(sumOfSquares(engine, type, placed) / squares - 1) <= 20 * u);
        assert.equal(sumOfSquares(engine, type, placeRows(s, 0, 3, bytesPerElement[type])), 0);
      });
      assert.equal(engine.live(), 0);
    });
  }
}
