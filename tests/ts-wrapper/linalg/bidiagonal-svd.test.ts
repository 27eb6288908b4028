import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Engine, FloatDtype } from "../../../ts-wrapper/engine/engine.ts";
import { bidiagonalSvd, bidiagonalValues } from "../../../ts-wrapper/linalg/bidiagonal-svd.ts";
import { gaussian } from "../../../ts-wrapper/linalg/gaussian.ts";
import { copyMatrixOut, type Matrix, place } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, orthonormalityError, reconstructionError } from "../../support/matrices.ts";

interface Result {
  readonly s: Float64Array;
  readonly ut: Matrix;
  readonly vt: Matrix;
}

function run(engine: Engine, type: FloatDtype, d: Float64Array, e: Float64Array, leaf: number): Result {
  const n = d.length;
  return engine.scope((s) => {
    const zeros = () => {
      const a = place(s, n, n, type === "f32" ? 4 : 8);
      engine.u8(a.ptr, n * n * (type === "f32" ? 4 : 8)).fill(0);
      return a;
    };
    const vectors = { ut: zeros(), vt: zeros() };
    const values = bidiagonalSvd(engine, s, type, "test", d, e, vectors, leaf);
    return { s: values, ut: copyMatrixOut(s, vectors.ut, type), vt: copyMatrixOut(s, vectors.vt, type) };
  });
}

/**
 * B within the bound of its norm, both sets of vectors orthonormal to it, values as without vectors. At each level of the division up to n
 * numbers of 8u are taken for zero.
 */
function check(engine: Engine, type: FloatDtype, d: Float64Array, e: Float64Array, leaf: number): void {
  const n = d.length;
  const { s, ut, vt } = run(engine, type, d, e, leaf);
  const b = build("f64", n, n, (i, j) => (i === j ? d[i]! : j === i + 1 ? e[i]! : 0));
  const u = build("f64", n, n, (i, j) => ut.data[j * n + i]!);
  const bound = 8 * Math.sqrt(n) * (1 + Math.ceil(Math.log2(n))) * unit[type];
  assert.ok(
    s.every((x) => x >= 0),
    "values are not negative",
  );
  assert.ok(reconstructionError(b, u, s, vt) <= bound, `n = ${n}: B ${reconstructionError(b, u, s, vt)} > ${bound}`);
  assert.ok(orthonormalityError(ut, "rows") <= bound, `n = ${n}: U ${orthonormalityError(ut, "rows")} > ${bound}`);
  assert.ok(orthonormalityError(vt, "rows") <= bound, `n = ${n}: V ${orthonormalityError(vt, "rows")} > ${bound}`);
  const [want, got] = [bidiagonalValues(engine, "test", d, e).sort(), s.slice().sort()];
  const most = want[n - 1] || 1;
  for (let i = 0; i < n; i++) assert.ok(Math.abs(got[i]! - want[i]!) <= 2 * bound * Math.sqrt(n) * most, `value ${i} of ${n}`);
}

const random = (n: number, seed: number): Float64Array => Float64Array.from({ length: n }, gaussian(seed));

const cases: Readonly<Record<string, (n: number) => readonly [Float64Array, Float64Array]>> = {
  random: (n) => [random(n, n), random(n - 1, n + 1)],
  "1 and 1, all values apart": (n) => [new Float64Array(n).fill(1), new Float64Array(n - 1).fill(1)],
  "equal values, tiny beside the diagonal": (n) => [new Float64Array(n).fill(1), new Float64Array(n - 1).fill(1e-20)],
  "equal values glued by 10⁻⁹": (n) => [new Float64Array(n).fill(1), new Float64Array(n - 1).fill(1e-9)],
  "all zero": (n) => [new Float64Array(n), new Float64Array(n - 1)],
  "zero diagonal": (n) => [new Float64Array(n), random(n - 1, 3)],
  "zero beside the diagonal": (n) => [random(n, 3), new Float64Array(n - 1)],
  "rank 1": (n) => [new Float64Array(n).map((_, i) => Number(i === 0)), new Float64Array(n - 1)],
  "graded down over 10⁻⁶⁰": (n) => [
    random(n, 3).map((x, i) => x * 10 ** ((-60 * i) / n)),
    random(n - 1, 4).map((x, i) => x * 10 ** ((-60 * i) / n)),
  ],
  "graded up": (n) => [
    random(n, 3).map((x, i) => x * 10 ** ((60 * (i - n)) / n)),
    random(n - 1, 4).map((x, i) => x * 10 ** ((60 * (i - n)) / n)),
  ],
  "elements of 10⁻²⁸⁰ and 10⁻³¹⁰ among others": (n) => [
    random(n, 5).map((x, i) => (i % 3 === 0 ? x * 1e-280 : x)),
    random(n - 1, 6).map((x, i) => (i % 4 === 0 ? x * 1e-310 : x)),
  ],
  "Wilkinson-like pairs": (n) => [
    Float64Array.from({ length: n }, (_, i) => Math.abs(i - (n - 1) / 2)),
    new Float64Array(n - 1).fill(1),
  ],
};

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [title, make] of Object.entries(cases)) {
      test(`bidiagonalSvd ${type}, ${title}, on ${name}: B and both bases within 8√n(1 + log₂ n)u, divided down to 3 rows and not`, () => {
        for (const n of [1, 2, 5, 7, 8, 23, 48]) {
          const [d, e] = make(n);
          check(engine, type, d, e, 3);
          check(engine, type, d, e, 32);
        }
        assert.equal(engine.live(), 0);
      });
    }
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

for (const type of floatTypes) {
  test(`bidiagonalSvd ${type}: 150 matrices of few different values, with zeros and ties, within 8√n(1 + log₂ n)u`, () => {
    const element = fc.constantFrom(0, 0, 1, 1, -1, 2, 1 + 2 ** -40, 1e-8, 1e-17, 1e9);
    const matrix = fc
      .integer({ min: 1, max: 24 })
      .chain((n) =>
        fc.tuple(fc.array(element, { minLength: n, maxLength: n }), fc.array(element, { minLength: n - 1, maxLength: n - 1 })),
      );
    fc.assert(
      fc.property(matrix, ([d, e]) => {
        check(engine, type, Float64Array.from(d), Float64Array.from(e), 3);
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  test(`bidiagonalSvd ${type}: times a power of two the values are multiplied and the vectors keep their bits`, () => {
    const [d, e] = [random(20, 1), random(19, 2)];
    const one = run(engine, type, d, e, 3);
    const other = run(
      engine,
      type,
      d.map((x) => x * 2 ** 400),
      e.map((x) => x * 2 ** 400),
      3,
    );
    assert.deepEqual(
      other.s,
      one.s.map((x) => x * 2 ** 400),
    );
    assert.deepEqual(other.ut.data, one.ut.data);
    assert.deepEqual(other.vt.data, one.vt.data);
  });
}

test("bidiagonalSvd and bidiagonalValues refuse to answer for NaN", () => {
  const [d, e] = [random(40, 1), random(39, 2)];
  d[30] = Number.NaN;
  assert.throws(() => run(engine, "f64", d, e, 32), {
    code: "NO_CONVERGENCE",
    message: /^test: QR sweeps of a bidiagonal block of \d+ rows/,
  });
  assert.throws(() => bidiagonalValues(engine, "test", d, e), { code: "NO_CONVERGENCE" });
  assert.equal(engine.live(), 0);
});
