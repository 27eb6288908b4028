import assert from "node:assert/strict";
import { test } from "node:test";
import { exponentOf, powerOfTwo, range, scalingBy, scalingFor, unscale } from "../../../ts-wrapper/linalg/scaling.ts";
import { floatTypes, largest, tiniest } from "../../support/floats.ts";

test("exponentOf and powerOfTwo are exact over all of float64", () => {
  for (let e = -1022; e <= 1023; e++) {
    const power = powerOfTwo(e);
    assert.equal(power, e < 0 ? 0.5 ** -e : 2 ** e);
    assert.equal(exponentOf(power), e);
    assert.equal(exponentOf(power * (2 - 2 ** -52)), e);
  }
  for (let e = -1074; e < -1022; e++) assert.equal(exponentOf(2 ** -1000 * 2 ** (e + 1000)), e);
});

for (const type of floatTypes) {
  test(`${type}: whatever the largest element, the squares of all sum to less than 2^${range[type].top}, and to no less than a sixteenth`, () => {
    for (const count of [1, 2, 3, 4, 100, 2 ** 24, 2 ** 32]) {
      for (const peak of [tiniest[type], 1e-30, 0.75, 1, 3, 1e30, largest[type]]) {
        const { exponent, factors } = scalingFor(type, count, peak);
        assert.equal(exponent, exponentOf(factors[0]) + exponentOf(factors[1]));
        for (const f of factors) assert.ok(type === "f64" || (f >= 2 ** -126 && f <= 2 ** 127), `factor ${f} fits ${type}`);
        const scaled = peak * factors[0] * factors[1];
        const share = (scaled / 2 ** (range[type].top / 2)) ** 2 * count;
        assert.ok(share < 1 && share >= 1 / 16, `${count} of ${peak}: ${share}`);
        assert.equal(unscale(scaled, { exponent, factors }), peak);
      }
    }
    assert.deepEqual(scalingFor(type, 9, 0), { exponent: 0, factors: [1, 1] });
  });
}

test("unscale rounds once to a subnormal", () => {
  assert.equal(unscale(3, scalingBy(1075)), 2 ** -1073); // 1.5 of the tiniest, to even
  assert.equal(unscale(1, scalingBy(-1023)), 2 ** 1023);
});
