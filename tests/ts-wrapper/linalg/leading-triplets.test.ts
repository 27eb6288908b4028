import assert from "node:assert/strict";
import { test } from "node:test";
import type { FloatDtype } from "../../../ts-wrapper/engine/engine.ts";
import { gaussian } from "../../../ts-wrapper/linalg/gaussian.ts";
import { cut, decompose, leadingTriplets, tripletsToTolerance } from "../../../ts-wrapper/linalg/leading-triplets.ts";
import { copyMatrixIn, copyMatrixOut, type Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { run, withMatrix } from "../../../ts-wrapper/linalg/products.ts";
import { planFor } from "../../../ts-wrapper/linalg/randomized-plan.ts";
import { builds } from "../../support/builds.ts";
import { within } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, reconstructionError, withSpectrum } from "../../support/matrices.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    const whole = (a: Matrix): { u: Matrix; s: Float64Array; vt: Matrix } =>
      engine.scope((s) => {
        const { u, s: values, vt } = decompose(engine, s, type, copyMatrixIn(engine, s, a));
        return { u: copyMatrixOut(s, u, type), s: values, vt: copyMatrixOut(s, vt, type) };
      });

    test(`decompose ${type} on ${name}: wide ones by a QR first, within 10√n·u like the others; zero has orthonormal vectors too`, () => {
      for (const a of [normals(type, 6, 50, 1), normals(type, 6, 7, 2), normals(type, 1, 4, 3), build(type, 3, 20, () => 0)]) {
        const { u, s, vt } = whole(a);
        const bound = 10 * Math.sqrt(a.cols) * unit[type];
        assert.ok(reconstructionError(a, u, s, vt) <= bound);
        assert.ok(orthonormalityError(u, "columns") <= bound && orthonormalityError(vt, "rows") <= bound);
      }
      assert.throws(() => whole(build(type, 2, 9, () => Number.POSITIVE_INFINITY)), { code: "FORMAT" });
      assert.equal(engine.live(), 0);
    });
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

function leading(type: FloatDtype, a: Matrix, krylov: boolean): Float64Array {
  return engine.scope((s) => {
    const plan = planFor("f", a, type, { rank: 4, oversample: 2, powerIterations: 2, iteration: krylov ? "krylov" : "power" });
    const answer = withMatrix(engine, s, type, copyMatrixIn(engine, s, a));
    return run(leadingTriplets(engine, s, type, [a.rows, a.cols], plan, gaussian(1)), answer).s;
  });
}

for (const type of floatTypes) {
  test(`leadingTriplets ${type}: Krylov comes nearer than the power iteration; where its basis has no room it is left out`, () => {
    const values = Array.from({ length: 60 }, (_, i) => 0.97 ** i);
    const a = withSpectrum(type, 70, 60, values, 3);
    const error = (s: Float64Array): number => s.reduce((sum, x, i) => sum + values[i]! - x, 0);
    assert.ok(error(leading(type, a, true)) < 0.5 * error(leading(type, a, false)));
    const small = withSpectrum(type, 12, 10, values.slice(0, 10), 4);
    within(leading(type, small, true), leading(type, small, false), 0, "no room");
  });

  test(`tripletsToTolerance ${type}: the least rank or few more, and the residual bounds what is left out`, () => {
    const values = Array.from({ length: 50 }, (_, i) => 0.7 ** i);
    const a = withSpectrum(type, 60, 50, values, 5);
    engine.scope((s) => {
      const answer = withMatrix(engine, s, type, copyMatrixIn(engine, s, a));
      const found = run(tripletsToTolerance(engine, s, type, [60, 50], 0.05, 1, gaussian(1)), answer);
      const least = values.findIndex((x) => x <= 0.05);
      assert.ok(found.s.length >= least && found.s.length <= least + 1, `${found.s.length}, ${least} at least`);
      assert.ok(found.residual <= 0.05 && found.residual >= values[found.s.length]! * 0.999);
    });
  });

  test(`cut ${type} keeps the leading triplets`, () => {
    engine.scope((s) => {
      const { u, s: values, vt } = cut(decompose(engine, s, type, copyMatrixIn(engine, s, normals(type, 4, 9, 1))), 2);
      assert.deepEqual([u.cols, values.length, vt.rows], [2, 2, 2]);
    });
  });
}
