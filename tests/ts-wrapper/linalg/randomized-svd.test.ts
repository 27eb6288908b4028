import assert from "node:assert/strict";
import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { operatorOf } from "../../../ts-wrapper/linalg/operator.ts";
import { type RandomizedSvd, type RandomizedSvdOptions, randomizedSvd } from "../../../ts-wrapper/linalg/randomized-svd.ts";
import { svd } from "../../../ts-wrapper/linalg/svd.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same, within } from "../../support/close.ts";
import { fixture } from "../../support/fixtures.ts";
import { floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, reconstructionError, times, typeOf, withSpectrum } from "../../support/matrices.ts";

const tolerance = (a: Matrix): number => 10 * Math.sqrt(Math.max(a.rows, a.cols)) * unit[typeOf(a.data)];
const tail = (values: readonly number[], rank: number): number =>
  Math.sqrt(values.slice(rank).reduce((sum, x) => sum + x * x, 0));
const power = (n: number, f: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => f(i));

function checkVectors(a: Matrix, { u, s, vt, rank }: RandomizedSvd): void {
  assert.deepEqual([u.rows, u.cols, s.length, vt.rows, vt.cols], [a.rows, rank, rank, rank, a.cols]);
  assert.ok(orthonormalityError(u, "columns") <= tolerance(a), `U ${orthonormalityError(u, "columns")}`);
  assert.ok(orthonormalityError(vt, "rows") <= tolerance(a), `V ${orthonormalityError(vt, "rows")}`);
}

interface TorchCase {
  readonly rows: number;
  readonly cols: number;
  readonly a: readonly number[];
  readonly q: number;
  readonly niter: number;
  readonly seed: number;
  readonly s: readonly number[];
  readonly product: readonly number[];
}
const torchCases = JSON.parse(new TextDecoder().decode(await fixture("linalg/svd-lowrank.json"))) as TorchCase[];

const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`randomizedSvd ${type} on ${name}: rank ≤ r is reproduced within 10√n·u, tall, wide and square; the same bits as on the first build`, () => {
      for (const [rows, cols] of [
        [70, 40],
        [40, 70],
        [50, 50],
      ] as const) {
        const a = withSpectrum(type, rows, cols, [5, 4, 3, 2, 1], 3);
        for (const options of [{ rank: 5 }, { rank: 7 }, { rank: 5, powerIterations: 0 }, { tolerance: 2e-5 }]) {
          const result = randomizedSvd(engine, a, options);
          checkVectors(a, result);
          if ("tolerance" in options) assert.equal(result.rank, 5);
          assert.ok(
            reconstructionError(a, result.u, result.s, result.vt) <= tolerance(a),
            `${rows}×${cols} ${JSON.stringify(options)}`,
          );
          if (!isDeterministic(name)) continue;
          const key = `${type} ${rows} ${cols} ${JSON.stringify(options)}`;
          const bits = floatsOf(type, [...result.u.data, ...result.s, ...result.vt.data]);
          same(bits, first.get(key) ?? first.set(key, bits).get(key)!, `${key}: bits of the first build`);
        }
      }
      assert.equal(engine.live(), 0);
    });
  }
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`randomizedSvd ${type} on ${name}: torchCompatible is torch.svd_lowrank in numpy with the same random vectors, to 2000u; tall, wide, square, q = n`, () => {
      for (const { rows, cols, a, q, niter, seed, s, product } of torchCases) {
        const x = { rows, cols, data: floatsOf(type, a) };
        const result = randomizedSvd(engine, x, { torchCompatible: { q, niter }, seed });
        const bound = 2000 * unit[type] * s[0]!;
        within(result.s, s, bound, `${rows}×${cols} q ${q} niter ${niter}: s`);
        const got = build("f64", rows, cols, (i, j) => {
          let sum = 0;
          for (let k = 0; k < q; k++) sum += result.u.data[i * q + k]! * result.s[k]! * result.vt.data[k * cols + j]!;
          return sum;
        });
        within(got.data, product, bound, "U·S·Vᵀ");
        checkVectors(x, result);
      }
      assert.equal(engine.live(), 0);
    });

    test(`randomizedSvd ${type} on ${name}: a difference of a matrix and a low-rank piece, as an operator: the leading values to 10√n·u·‖terms‖`, () => {
      const values = [5, 4, 3, 2, 1];
      const w = withSpectrum(type, 60, 50, values, 3);
      const b = normals(type, 60, 2, 4);
      const a = normals(type, 2, 50, 5);
      const plus = build(
        type,
        60,
        50,
        (i, j) => w.data[i * 50 + j]! + b.data[i * 2]! * a.data[j]! + b.data[i * 2 + 1]! * a.data[50 + j]!,
      );
      const difference = operatorOf(engine, [{ of: plus }, { b, a, scale: -1 }]);
      const bound = 100 * tolerance(w);
      for (const options of [{ rank: 5 }, { tolerance: 0.01 }, { rank: 5, iteration: "krylov" as const }, { rank: 48 }]) {
        const result = randomizedSvd(engine, difference, { ...options, certify: true });
        within(result.s.subarray(0, 5), values, bound * 5, JSON.stringify(options));
        assert.ok(reconstructionError(w, result.u, result.s, result.vt) <= bound);
        assert.ok(result.certificate!.residual <= 100 && result.certificate!.orthogonality <= 1);
      }
      const torch = randomizedSvd(engine, operatorOf(engine, [{ of: w }]), { torchCompatible: { q: 5 } });
      within(torch.s, values, bound, "torchCompatible");
      assert.equal(engine.live(), 0);
    });
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

for (const type of floatTypes) {
  const n = 60;
  const values = power(n, (i) => 1 / (i + 1));
  const a = withSpectrum(type, 80, n, values, 4);

  test(`randomizedSvd ${type}: for σᵢ = 1/i the error of rank 10 is within 1 % of Eckart and Young's least, and leading values within 1 %`, () => {
    const result = randomizedSvd(engine, a, { rank: 10 });
    checkVectors(a, result);
    const norm = tail(values, 0);
    assert.ok(reconstructionError(a, result.u, result.s, result.vt) <= (1.01 * tail(values, 10)) / norm);
    result.s.forEach((s, i) => {
      assert.ok(s <= values[i]! * (1 + tolerance(a)) && s >= 0.99 * values[i]!, `σ${i} is ${s}`);
    });
  });

  test(`randomizedSvd ${type}: more power iterations and more oversampling bring it nearer`, () => {
    const flat = withSpectrum(
      type,
      80,
      n,
      power(n, (i) => 0.97 ** i),
      5,
    );
    const error = (options: Partial<RandomizedSvdOptions>): number => {
      const { u, s, vt } = randomizedSvd(engine, flat, { rank: 8, oversample: 2, powerIterations: 0, ...options });
      return reconstructionError(flat, u, s, vt);
    };
    const least =
      tail(
        power(n, (i) => 0.97 ** i),
        8,
      ) /
      tail(
        power(n, (i) => 0.97 ** i),
        0,
      );
    const [plain, iterated, over] = [error({}), error({ powerIterations: 4 }), error({ oversample: 30 })];
    assert.ok(
      iterated < plain && over < plain && plain < 1.5 * least && iterated < 1.02 * least,
      `${[plain, iterated, over, least]}`,
    );
  });

  test(`randomizedSvd ${type}: the seed decides, and its default is 24301`, () => {
    const run = (seed?: number): Floats => randomizedSvd(engine, a, seed === undefined ? { rank: 4 } : { rank: 4, seed }).u.data;
    same(run(24301), run(), "default");
    same(run(1), run(1), "seed 1");
    assert.notDeepEqual(run(1), run(2));
  });

  test(`randomizedSvd ${type}: where rank and oversampling reach min(m, n) the result is that of Jacobi's svd, cut, bit for bit`, () => {
    const exact = svd(engine, a, { method: "jacobi" });
    const { u, s, vt } = randomizedSvd(engine, a, { rank: 52 });
    same(s, exact.s.subarray(0, 52), "s");
    same(vt.data, exact.vt.data.subarray(0, 52 * n), "vt");
    assert.ok(reconstructionError(a, u, s, vt) <= tail(values, 52) + tolerance(a));
  });

  test(`randomizedSvd ${type}: the residual is below the tolerance and as stated, the rank at most one above the least that would do`, () => {
    const norm = tail(values, 0);
    for (const wanted of [0.5, 0.1, 0.04]) {
      const result = randomizedSvd(engine, a, { tolerance: wanted });
      checkVectors(a, result);
      const measured = reconstructionError(a, result.u, result.s, result.vt);
      assert.ok(measured <= wanted + tolerance(a), `${measured} > ${wanted}`);
      assert.ok(Math.abs(measured - result.residual!) <= tolerance(a), `stated ${result.residual}, measured ${measured}`);
      const least = values.findIndex((_, k) => tail(values, k) <= wanted * norm);
      assert.ok(result.rank >= least && result.rank <= least + 1, `rank ${result.rank}, least ${least}`);
    }
    assert.equal(randomizedSvd(engine, a, { rank: 3 }).residual, undefined);
  });

  test(`randomizedSvd ${type}: near both ends of the type the vectors keep their bits and s is multiplied`, () => {
    for (const options of [{ rank: 6 }, { tolerance: 0.05 }]) {
      const { u, s, vt } = randomizedSvd(engine, a, options);
      for (const factor of type === "f32" ? [2 ** 100, 2 ** -80] : [2 ** 1000, 2 ** -900]) {
        const scaled = randomizedSvd(engine, times(a, factor), options);
        same(scaled.u.data, u.data, "u");
        same(scaled.vt.data, vt.data, "vt");
        same(
          scaled.s,
          Array.from(s, (x) => x * factor),
          "s",
        );
      }
    }
  });

  test(`randomizedSvd ${type}: zero has rank 0 within any tolerance, and orthonormal vectors where a rank is asked for`, () => {
    const zero = build(type, 30, 20, () => 0);
    const none = randomizedSvd(engine, zero, { tolerance: 0.1 });
    assert.deepEqual([none.rank, none.residual, none.u.cols, none.vt.rows], [0, 0, 0, 0]);
    const three = randomizedSvd(engine, zero, { rank: 3 });
    checkVectors(zero, three);
    assert.deepEqual([...three.s], [0, 0, 0]);
  });

  test(`randomizedSvd ${type} refuses options that make no sense, bad elements, and a tolerance that rounding does not allow`, () => {
    const least = 16 * unit[type];
    for (const [options, message] of [
      [{}, "randomizedSvd: rank is undefined and tolerance is undefined, exactly one of them was needed"],
      [{ rank: 3, tolerance: 0.1 }, "randomizedSvd: rank is 3 and tolerance is 0.1, exactly one of them was needed"],
      [{ rank: 0 }, "randomizedSvd: rank is 0, a whole number from 1 to 60 was needed"],
      [{ rank: 61 }, "randomizedSvd: rank is 61, a whole number from 1 to 60 was needed"],
      [{ rank: 3, oversample: -1 }, /oversample is -1/],
      [{ rank: 3, powerIterations: 0.5 }, /powerIterations is 0.5/],
      [{ rank: 3, seed: 2 ** 32 }, /seed is 4294967296/],
      [{ tolerance: 1 }, new RegExp(`tolerance is 1, a number from ${least} to below 1 was needed`)],
      [
        { tolerance: least / 2 },
        new RegExp(`tolerance is ${least / 2}, .*${type === "f32" ? "float64 resolves more" : "needed"}$`),
      ],
      [{ tolerance: Number.NaN }, /tolerance is NaN/],
    ] as const) {
      assert.throws(() => randomizedSvd(engine, a, options), { code: "USAGE", message });
    }
    const bad = build(type, 20, 30, (i, j) => (i === 4 && j === 9 ? Number.POSITIVE_INFINITY : 1));
    assert.throws(() => randomizedSvd(engine, bad, { rank: 2 }), {
      code: "FORMAT",
      message: /^randomizedSvd: element \(4, 9\) of A is Infinity/,
    });
    const empty = { rows: 0, cols: 3, data: floatsOf(type, 0) };
    assert.throws(() => randomizedSvd(engine, empty, { rank: 1 }), {
      code: "SHAPE",
      message: /A is 0×3, at least one row and one column/,
    });
    assert.throws(() => randomizedSvd(engine, { ...a, rows: 81 }, { rank: 2 }), { code: "SHAPE" });
    assert.equal(engine.live(), 0);
  });
}

test("randomizedSvd leaves its input as it was, reads one with gaps, and keeps its element type", () => {
  const a = normals("f32", 30, 20, 1);
  const before = a.data.slice();
  const dense = randomizedSvd(engine, a, { tolerance: 0.3 });
  same(a.data, before, "A");
  const wide = build("f32", 30, 23, (i, j) => (j < 20 ? a.data[i * 20 + j]! : Number.NaN));
  same(
    randomizedSvd(engine, { rows: 30, cols: 20, stride: 23, data: wide.data }, { tolerance: 0.3 }).u.data,
    dense.u.data,
    "gaps",
  );
  assert.ok(dense.s instanceof Float32Array);
});
