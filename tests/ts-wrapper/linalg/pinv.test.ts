import assert from "node:assert/strict";
import { test } from "node:test";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { pinv } from "../../../ts-wrapper/linalg/pinv.ts";
import { builds } from "../../support/builds.ts";
import { within } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, times, transposed, withSpectrum } from "../../support/matrices.ts";

/** A·B in float64. */
function product(a: Matrix, b: Matrix): Matrix {
  return build("f64", a.rows, b.cols, (i, j) => {
    let sum = 0;
    for (let k = 0; k < a.cols; k++) sum += a.data[i * a.cols + k]! * b.data[k * b.cols + j]!;
    return sum;
  });
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [m, n, values] of [
      [9, 5, [4, 3, 2, 1, 0.5]],
      [5, 9, [4, 3, 2, 1, 0.5]],
      [6, 6, [4, 2, 1]],
      [1, 5, [2]],
      [5, 1, [2]],
      [1, 1, [3]],
    ] as const) {
      test(`pinv ${type} ${m}×${n} of rank ${values.length} on ${name}: Moore and Penrose's four equations to 40·max(m, n)·κ²·u`, () => {
        const a = withSpectrum(type, m, n, values, m + n);
        const p = pinv(engine, a);
        assert.deepEqual([p.rows, p.cols], [n, m]);
        const kappa = values[0]! / values.at(-1)!;
        const bound = 40 * Math.max(m, n) * unit[type] * kappa * kappa;
        const [ap, pa] = [product(a, p), product(p, a)];
        within(product(ap, a).data, a.data, bound * values[0]!, "A·A⁺·A = A");
        within(product(pa, p).data, p.data, bound / values.at(-1)!, "A⁺·A·A⁺ = A⁺");
        within(ap.data, transposed(ap).data, bound, "A·A⁺ symmetric");
        within(pa.data, transposed(pa).data, bound, "A⁺·A symmetric");
        within(pinv(engine, transposed(a)).data, transposed(p).data, bound, "(Aᵀ)⁺ = (A⁺)ᵀ");
        assert.equal(engine.live(), 0);
      });
    }
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

for (const type of floatTypes) {
  test(`pinv ${type}: of zero zero, of nothing nothing; rcond cuts; a power of two divides it`, () => {
    assert.deepEqual(
      [
        ...pinv(
          engine,
          build(type, 2, 3, () => 0),
        ).data,
      ],
      [0, 0, 0, 0, 0, 0],
    );
    const none = pinv(
      engine,
      build(type, 0, 3, () => 0),
    );
    assert.deepEqual([none.rows, none.cols], [3, 0]);
    const a = build(type, 2, 2, (i, j) => (i === j ? [1, 1 / 1024][i]! : 0));
    within(pinv(engine, a).data, [1, 0, 0, 1024], 1024 * 16 * unit[type], "A⁺");
    within(pinv(engine, a, { rcond: 0.01 }).data, [1, 0, 0, 0], 16 * unit[type], "cut");
    const b = normals(type, 4, 3, 1);
    assert.deepEqual(pinv(engine, times(b, 2 ** 40)).data, times(pinv(engine, b), 2 ** -40).data);
    assert.throws(() => pinv(engine, a, { rcond: Number.NaN }), { code: "USAGE", message: /^pinv: rcond is NaN/ });
    assert.throws(
      () =>
        pinv(
          engine,
          build(type, 2, 2, () => Number.NaN),
        ),
      { code: "FORMAT" },
    );
  });
}
