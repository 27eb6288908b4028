import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Scope } from "../../../ts-wrapper/engine/engine.ts";
import { gaussian } from "../../../ts-wrapper/linalg/gaussian.ts";
import { copyMatrixIn, elements, type Matrix, type Placed } from "../../../ts-wrapper/linalg/matrix.ts";
import { run, withMatrix } from "../../../ts-wrapper/linalg/products.ts";
import { type RangeOptions, rangeFinder } from "../../../ts-wrapper/linalg/range-finder.ts";
import { placeRandom } from "../../../ts-wrapper/linalg/sketch.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, orthonormalityError, transposed, withSpectrum } from "../../support/matrices.ts";

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

function find(engine: Engine, s: Scope, type: FloatDtype, a: Placed, start: Placed, options: RangeOptions): Placed {
  return run(rangeFinder(engine, s, type, a.rows, start, options), withMatrix(engine, s, type, a));
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    const u = unit[type];
    const scoped = (f: (s: Scope) => void): void => engine.scope(f);

    test(`rangeFinder ${type} on ${name}: with power iterations it holds the leading vectors that a plain sketch misses`, () => {
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
          const q = out(engine, type, find(engine, s, type, leading, start, { powerIterations, krylov: false }));
          return outside(transposed(a), q);
        };
        assert.ok(
          orthonormalityError(
            out(
              engine,
              type,
              find(engine, s, type, leading, placeRandom(engine, s, type, 6, 25, gaussian(1)), {
                powerIterations: 2,
                krylov: false,
              }),
            ),
            "rows",
          ) <=
            120 * u,
        );
        assert.ok(missed(2) <= 0.1 && missed(0) > missed(2));
      });
    });

    test(`rangeFinder ${type} on ${name}: directions down to √u/40 of the largest survive the power iterations to 100u`, () => {
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
        const q = out(
          engine,
          type,
          find(engine, s, type, copyMatrixIn(engine, s, a), start, { powerIterations: 3, krylov: false }),
        );
        assert.ok(outside(transposed(a), q) <= 100 * u, `${outside(transposed(a), q) / u} u`);
      });
    });

    test(`rangeFinder ${type} on ${name}: a Krylov basis of the same products is orthonormal, three times as large, and misses less`, () => {
      scoped((s) => {
        const a = withSpectrum(
          type,
          60,
          50,
          Array.from({ length: 50 }, (_, i) => 0.95 ** i),
          6,
        );
        const [krylov, power] = [true, false].map((krylov) => {
          const start = placeRandom(engine, s, type, 6, 50, gaussian(1));
          const options = { powerIterations: 2, krylov };
          return out(engine, type, find(engine, s, type, copyMatrixIn(engine, s, a), start, options));
        });
        assert.deepEqual([krylov!.rows, power!.rows], [18, 6]);
        assert.ok(orthonormalityError(krylov!, "rows") <= 240 * u);
        assert.ok(outside(transposed(a), krylov!) < outside(transposed(a), power!));
      });
      assert.equal(engine.live(), 0);
    });
  }
}
