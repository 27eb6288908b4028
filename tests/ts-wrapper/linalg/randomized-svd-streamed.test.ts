import assert from "node:assert/strict";
import { test } from "node:test";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { operatorOf, type RowSource, streamedOperatorOf } from "../../../ts-wrapper/linalg/operator.ts";
import { randomizedSvdStreamed } from "../../../ts-wrapper/linalg/randomized-svd-streamed.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, orthonormalityError, reconstructionError, typeOf, withSpectrum } from "../../support/matrices.ts";

function sourceOf(a: Matrix): RowSource & { passes: number } {
  const source = {
    rows: a.rows,
    cols: a.cols,
    dtype: typeOf(a.data),
    passes: 0,
    async readRows(i0: number, i1: number) {
      if (i0 === 0) source.passes++;
      return a.data.slice(i0 * a.cols, i1 * a.cols);
    },
  };
  return source;
}

const first = new Map<string, Matrix["data"]>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`randomizedSvdStreamed ${type} on ${name}: rank 5 is reproduced within 10√n·u in 2q + 2 passes, or one; first build's bits`, async () => {
      const a = withSpectrum(type, 70, 40, [5, 4, 3, 2, 1], 3);
      const tolerance = 10 * Math.sqrt(70) * unit[type];
      for (const [options, passes] of [
        [{ rank: 5 }, 6],
        [{ rank: 5, powerIterations: 0 }, 2],
        [{ rank: 5, iteration: "krylov", powerIterations: 1 }, 4],
        [{ torchCompatible: { q: 5, niter: 1 } }, 4],
        [{ rank: 5, singlePass: true }, 1],
        [{ rank: 5, probes: 3, certify: true }, 8],
      ] as const) {
        const source = sourceOf(a);
        const result = await randomizedSvdStreamed(engine, source, options);
        const what = `${type} ${JSON.stringify(options)}`;
        assert.equal(source.passes, passes, what);
        // The single pass solves a least-squares problem with the sketch, whose condition comes on top.
        const bound = "singlePass" in options ? 40 * tolerance : tolerance;
        assert.ok(reconstructionError(a, result.u, result.s, result.vt) <= bound, what);
        assert.ok(orthonormalityError(result.u, "columns") <= tolerance && orthonormalityError(result.vt, "rows") <= tolerance);
        if ("certify" in options) {
          assert.ok(result.certificate!.residual <= 1 && result.certificate!.orthogonality <= 1);
          assert.ok(result.errorBound! <= 1000 * tolerance);
        }
        if (isDeterministic(name)) same(result.u.data, first.get(what) ?? first.set(what, result.u.data).get(what)!, what);
      }
      assert.equal(engine.live(), 0);
    });
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

test("randomizedSvdStreamed takes operators, streamed or not, and a tolerance; the residual is a bound", async () => {
  const values = Array.from({ length: 40 }, (_, i) => 0.6 ** i);
  const a = withSpectrum("f64", 60, 40, values, 4);
  for (const operator of [operatorOf(engine, [{ of: a }]), streamedOperatorOf(engine, [{ of: sourceOf(a) }])]) {
    const { rank, residual } = await randomizedSvdStreamed(engine, operator, { tolerance: 1e-3 });
    assert.ok(values[rank]! <= residual! && residual! <= 1e-3 && values[rank - 2]! > 1e-3, `${rank} ${residual}`);
  }
});

test("randomizedSvdStreamed gives its memory back when a source fails, and refuses what singlePass cannot have", async () => {
  const source = { ...sourceOf(build("f64", 9, 8, () => 1)), readRows: () => Promise.reject(new Error("disk")) };
  await assert.rejects(randomizedSvdStreamed(engine, source, { rank: 2 }), /disk/);
  await assert.rejects(randomizedSvdStreamed(engine, source, { rank: 2, singlePass: true }), /disk/);
  const operator = operatorOf(engine, [{ of: build("f64", 9, 8, () => 1) }]);
  for (const [a, options, message] of [
    [
      operator,
      { rank: 2, singlePass: true },
      "randomizedSvdStreamed: singlePass with an operator, a rank and a source of rows were needed; give both",
    ],
    [source, { tolerance: 0.1, singlePass: true }, /singlePass with no rank/],
    [source, { rank: 2, probes: 2, singlePass: true }, /probes is 2 with singlePass, which has no such thing; leave it out/],
    [source, { rank: 9 }, /rank is 9, a whole number from 1 to 8/],
  ] as const) {
    await assert.rejects(randomizedSvdStreamed(engine, a, options), { code: "USAGE", message });
  }
  const bad = sourceOf(build("f64", 9, 8, (i) => (i === 3 ? Number.NaN : 1)));
  await assert.rejects(randomizedSvdStreamed(engine, bad, { rank: 2 }), {
    code: "FORMAT",
    message: /a product with A holds NaN/,
  });
  assert.equal(engine.live(), 0);
});
