import assert from "node:assert/strict";
import { test } from "node:test";
import { gaussian, logarithm } from "../../../ts-wrapper/linalg/gaussian.ts";

const draw = (seed: number, n: number): Float64Array => Float64Array.from({ length: n }, gaussian(seed));

test("gaussian gives the same bits on every runtime: the first numbers of two seeds", () => {
  assert.deepEqual([...draw(0, 4)], [0.85249790593953, 0.021418576826433482, -0.777291812889166, -0.1955652665949193]);
  assert.deepEqual([...draw(0x5eed, 4)], [-0.6117542658054145, 0.7918492604274263, -0.31763082499042317, -1.837292777564632]);
});

test("gaussian: 200000 numbers have the moments of the normal distribution within 5 standard errors, and its quantiles", () => {
  const n = 200_000;
  const x = draw(1, n);
  const moment = (k: number): number => x.reduce((sum, v) => sum + v ** k, 0) / n;
  for (const [k, mean, variance] of [
    [1, 0, 1],
    [2, 1, 2],
    [3, 0, 15],
    [4, 3, 96],
    [6, 15, 10170],
  ] as const) {
    assert.ok(Math.abs(moment(k) - mean) <= 5 * Math.sqrt(variance / n), `moment ${k} is ${moment(k)}`);
  }
  for (const [at, below] of [
    [-3, 0.0013499],
    [-2, 0.0227501],
    [-1, 0.1586553],
    [0, 0.5],
    [0.5, 0.6914625],
    [2.5, 0.9937903],
  ] as const) {
    const share = x.filter((v) => v < at).length / n;
    assert.ok(Math.abs(share - below) <= 5 * Math.sqrt((below * (1 - below)) / n), `${share} below ${at}`);
  }
});

test("gaussian: neighbours and seeds are independent to 5 standard errors", () => {
  const n = 100_000;
  const [x, y] = [draw(2, n), draw(3, n)];
  const correlation = (f: (i: number) => number): number =>
    Array.from({ length: n - 2 }, (_, i) => f(i)).reduce((a, b) => a + b, 0) / Math.sqrt(n);
  for (const [what, value] of [
    ["one apart", correlation((i) => x[i]! * x[i + 1]!)],
    ["two apart", correlation((i) => x[i]! * x[i + 2]!)],
    ["squares", correlation((i) => (x[i]! ** 2 - 1) * (x[i + 1]! ** 2 - 1)) / 2],
    ["other seed", correlation((i) => x[i]! * y[i]!)],
  ] as const) {
    assert.ok(Math.abs(value) <= 5, `${what}: ${value}`);
  }
});

test("gaussian: only the low 32 bits of the seed count", () => {
  assert.deepEqual(draw(7, 3), draw(7 + 2 ** 32, 3));
  assert.notDeepEqual(draw(7, 3), draw(8, 3));
});

test("logarithm is within 4 units of 2⁻⁵³ of Math.log, relative where that is above 1", () => {
  for (let x = 1 - 2 ** -53; x >= 2 ** -62; x *= 0.9973) {
    assert.ok(Math.abs(logarithm(x) - Math.log(x)) <= 2 ** -51 * Math.max(1, Math.abs(Math.log(x))), `${x}`);
  }
  assert.equal(logarithm(0.5), -Math.LN2);
  assert.ok(Math.abs(logarithm(1 - 2 ** -53) / -(2 ** -53) - 1) <= 2 ** -51);
});
