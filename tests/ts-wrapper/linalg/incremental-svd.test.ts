import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FloatDtype } from "../../../ts-wrapper/engine/engine.ts";
import {
  type IncrementalSvdOptions,
  type IncrementalSvdResult,
  incrementalSvd,
} from "../../../ts-wrapper/linalg/incremental-svd.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { svd } from "../../../ts-wrapper/linalg/svd.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same, within } from "../../support/close.ts";
import { fixture } from "../../support/fixtures.ts";
import { floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, withSpectrum } from "../../support/matrices.ts";

interface Case {
  readonly rows: readonly number[];
  readonly rank: number;
  readonly center: boolean;
  readonly s: readonly number[];
  readonly vt: readonly number[];
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  readonly ratio: readonly number[];
}
const golden = JSON.parse(new TextDecoder().decode(await fixture("linalg/incremental-svd.json"))) as {
  cols: number;
  x: number[];
  cases: Case[];
};

function fed(
  engine: (typeof builds)[number]["engine"],
  x: Matrix,
  rows: readonly number[],
  options: IncrementalSvdOptions,
): IncrementalSvdResult {
  const model = incrementalSvd(engine, options);
  let at = 0;
  for (const count of rows) {
    model.update({ rows: count, cols: x.cols, data: x.data.subarray(at * x.cols, (at + count) * x.cols) });
    at += count;
  }
  return model.result();
}

const first = new Map<string, IncrementalSvdResult["vt"]["data"]>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const { rows, rank, center, ...want } of golden.cases) {
      test(`incrementalSvd ${type} on ${name}: rank ${rank}, batches of ${rows}, ${center ? "" : "not "}centred: numpy's numbers to 2000u, moments to 1e-10 of f64's`, () => {
        const x = { rows: 40, cols: golden.cols, data: floatsOf(type, golden.x) };
        const got = fed(engine, x, rows, { rank, center });
        const bound = 2000 * unit[type];
        within(got.s, want.s, bound * want.s[0]!, "s");
        within(got.vt.data, want.vt, bound * 10, "vt");
        within(got.explainedVarianceRatio, want.ratio, bound, "ratio");
        within(got.mean, want.mean, Math.max(1e-10, bound), "mean");
        within(got.variance, want.variance, Math.max(1e-10, bound) * 10, "variance");
        assert.equal(got.count, 40);
        assert.ok(orthonormalityError(got.vt, "rows") <= bound);
        const key = `${type} ${rows} ${rank} ${center}`;
        if (isDeterministic(name)) same(got.vt.data, first.get(key) ?? first.set(key, got.vt.data).get(key)!, key);
        assert.equal(engine.live(), 0);
      });
    }
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

/** rows less their mean. */
function centred(x: Matrix, type: FloatDtype): Matrix {
  const mean = Array.from(
    { length: x.cols },
    (_, j) => Array.from(x.data).reduce((sum, v, k) => (k % x.cols === j ? sum + v : sum), 0) / x.rows,
  );
  return build(type, x.rows, x.cols, (i, j) => x.data[i * x.cols + j]! - mean[j]!);
}

for (const type of floatTypes) {
  test(`incrementalSvd ${type}: rows of rank ≤ k lose nothing, whatever the batches: the SVD of all of them, to 1000u`, () => {
    const x = withSpectrum(type, 60, 25, [9, 5, 3, 2], 3); // of rank 5 once the mean is taken off
    const want = svd(engine, centred(x, type));
    for (const rows of [[60], [30, 30], [1, 59], [7, 3, 20, 30], Array<number>(60).fill(1)]) {
      const got = fed(engine, x, rows, { rank: 5 });
      within(got.s.subarray(0, 4), want.s.subarray(0, 4), 1000 * unit[type] * want.s[0]!, `${rows}`);
      for (let k = 0; k < 3; k++) {
        const cosine = Array.from({ length: 25 }, (_, j) => got.vt.data[k * 25 + j]! * want.vt.data[k * 25 + j]!).reduce(
          (a, b) => a + b,
        );
        assert.ok(Math.abs(cosine) >= 1 - 1e4 * unit[type], `component ${k}: ${cosine}`);
      }
    }
  });

  test(`incrementalSvd ${type}: of a power-law spectrum the kept components hold 0.999 of what the best ones would`, () => {
    const x = withSpectrum(
      type,
      200,
      40,
      Array.from({ length: 40 }, (_, i) => (i + 1) ** -1.2),
      4,
    );
    const best = svd(engine, x).s.subarray(0, 10);
    const { vt } = fed(engine, x, Array<number>(10).fill(20), { rank: 10, center: false });
    let held = 0;
    for (let i = 0; i < 200; i++)
      for (let k = 0; k < 10; k++) {
        let share = 0;
        for (let j = 0; j < 40; j++) share += x.data[i * 40 + j]! * vt.data[k * 40 + j]!;
        held += share * share;
      }
    assert.ok(held >= 0.999 * Array.from(best).reduce((sum, s) => sum + s * s, 0));
  });

  test(`incrementalSvd ${type}: with lowrank as EVA: what torch's sketch of 2k vectors gives, seed 42, exact for low rank`, () => {
    const x = withSpectrum(type, 60, 25, [9, 5, 3, 2], 3);
    const exact = fed(engine, x, [20, 40], { rank: 5 });
    const got = fed(engine, x, [20, 40], { rank: 5, lowrank: {} });
    within(got.s.subarray(0, 4), exact.s.subarray(0, 4), 1000 * unit[type] * 9, "s");
    same(fed(engine, x, [20, 40], { rank: 5, lowrank: { q: 10, niter: 4, seed: 42 } }).vt.data, got.vt.data, "defaults");
    assert.notDeepEqual(fed(engine, x, [20, 40], { rank: 5, lowrank: { seed: 1 } }).vt.data, got.vt.data);
    assert.equal(fed(engine, x, [2, 58], { rank: 5, lowrank: {} }).s.length, 5); // fewer rows than vectors at first
  });

  test(`incrementalSvd ${type}: the largest element of each component is positive; results are copies; one row has no variance`, () => {
    const model = incrementalSvd(engine, { rank: 3 });
    model.update(normals(type, 1, 4, 1));
    const one = model.result();
    assert.deepEqual([...one.explainedVarianceRatio, ...one.explainedVariance, one.count], [0, 0, 1]);
    model.update(normals(type, 9, 4, 2));
    const { vt, mean } = model.result();
    for (let k = 0; k < 3; k++) {
      const row = Array.from(vt.data.subarray(k * 4, k * 4 + 4));
      assert.ok(Math.max(...row) >= Math.max(...row.map(Math.abs)));
    }
    vt.data.fill(0);
    mean.fill(0);
    assert.notEqual(model.result().vt.data[0], 0);
    assert.notEqual(model.result().mean[0], 0);
  });

  test(`incrementalSvd ${type} refuses what does not fit, and forgets nothing by it`, () => {
    const model = incrementalSvd<Matrix["data"]>(engine, { rank: 2 });
    assert.throws(() => model.result(), { code: "USAGE", message: /^incrementalSvd: there was no batch yet/ });
    assert.throws(() => incrementalSvd(engine, { rank: 0 }), { code: "USAGE" });
    assert.throws(() => incrementalSvd(engine, { rank: 2, lowrank: { q: 0 } }), { code: "USAGE", message: /lowrank.q is 0/ });
    model.update(normals(type, 5, 4, 1));
    const before = model.result();
    model.update(build(type, 0, 4, () => 0));
    assert.throws(() => model.update(normals(type, 5, 3, 1)), {
      code: "SHAPE",
      message: "incrementalSvd: batches before had 4 columns, so this one needs as many; got 3",
    });
    assert.throws(() => model.update(normals(type === "f32" ? "f64" : "f32", 5, 4, 1)), { code: "DTYPE" });
    assert.throws(() => model.update(build(type, 5, 4, () => Number.NaN)), {
      code: "FORMAT",
      message: /element \(0, 0\) of the batch is NaN/,
    });
    assert.throws(() => model.update(build(type, 5, 0, () => 0)), { code: "SHAPE" });
    assert.deepEqual(model.result(), before);
  });
}

test("incrementalSvd f64: for any split into batches mean and variance are exact to 1e-10, and s is sorted with Σ s² ≤ count·Σ variance", () => {
  const x = normals("f64", 40, 5, 7);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 39 }), { maxLength: 6 }), fc.boolean(), (cuts, center) => {
      const at = [0, ...new Set(cuts.sort((a, b) => a - b)), 40];
      const rows = at.slice(1).map((end, i) => end - at[i]!);
      const got = fed(engine, x, rows, { rank: 3, center });
      const whole = fed(engine, x, [40], { rank: 3, center });
      within(got.mean, whole.mean, 1e-10, "mean");
      within(got.variance, whole.variance, 1e-10, "variance");
      assert.ok(got.s.every((v, i) => i === 0 || v <= got.s[i - 1]!));
      assert.ok(got.explainedVarianceRatio.reduce((sum, v) => sum + v, 0) <= 1 + 1e-12);
    }),
    { numRuns: 40, seed: 1 },
  );
});
