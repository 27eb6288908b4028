import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Scope } from "../../../ts-wrapper/engine/engine.ts";
import { gaussian } from "../../../ts-wrapper/linalg/gaussian.ts";
import { copyMatrixIn, elements, type Matrix, type Placed } from "../../../ts-wrapper/linalg/matrix.ts";
import {
  orthonormalRows,
  placeRandom,
  placeRows,
  rangeBasis,
  removeFrom,
  sumOfSquares,
  throughColumns,
  throughRows,
} from "../../../ts-wrapper/linalg/sketch.ts";
import { builds } from "../../support/builds.ts";
import { within } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, transposed, withSpectrum } from "../../support/matrices.ts";

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
        removeFrom(engine, s, type, y, q);
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

    test(`rangeBasis ${type} on ${name}: with power iterations it holds the leading vectors that a plain sketch misses`, () => {
      scoped((s) => {
        const a = withSpectrum(
          type,
          30,
          25,
          Array.from({ length: 25 }, (_, i) => (i < 4 ? 1 : 0.1)),
          6,
        );
        const leading = copyMatrixIn(engine, s, a);
        // σ₄/σ₅ = 10: what is missed of the leading space falls by 10² for each iteration.
        const missed = (powerIterations: number): number => {
          const start = placeRandom(engine, s, type, 6, 25, gaussian(1));
          const q = out(engine, type, rangeBasis(engine, s, type, leading, start, powerIterations));
          return outside(transposed(a), q);
        };
        assert.ok(
          orthonormalityError(
            out(engine, type, rangeBasis(engine, s, type, leading, placeRandom(engine, s, type, 6, 25, gaussian(1)), 2)),
            "rows",
          ) <=
            120 * u,
        );
        assert.ok(missed(2) <= 0.1 && missed(0) > missed(2));
      });
    });

    test(`rangeBasis ${type} on ${name}: directions down to √u/40 of the largest survive the power iterations to 100u`, () => {
      scoped((s) => {
        const least = Math.sqrt(u) / 40; // its square is below u
        const a = withSpectrum(
          type,
          30,
          25,
          Array.from({ length: 6 }, (_, i) => least ** (i / 5)),
          7,
        );
        const start = placeRandom(engine, s, type, 6, 25, gaussian(1));
        const q = out(engine, type, rangeBasis(engine, s, type, copyMatrixIn(engine, s, a), start, 3));
        assert.ok(outside(transposed(a), q) <= 100 * u, `${outside(transposed(a), q) / u} u`);
      });
    });

    test(`placeRandom and sumOfSquares ${type} on ${name}: numbers in row order, squares within 20u`, () => {
      scoped((s) => {
        const next = gaussian(3);
        const want = build(type, 5, 7, () => next());
        const placed = placeRandom(engine, s, type, 5, 7, gaussian(3));
        assert.deepEqual(out(engine, type, placed).data, want.data);
        const squares = Array.from(want.data).reduce((sum, x) => sum + x * x, 0);
        assert.ok(Math.abs(sumOfSquares(engine, s, type, placed) / squares - 1) <= 20 * u);
        assert.equal(sumOfSquares(engine, s, type, placeRows(s, 0, 3, type)), 0);
      });
      assert.equal(engine.live(), 0);
    });
  }
}
