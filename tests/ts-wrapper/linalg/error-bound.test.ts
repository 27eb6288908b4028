import assert from "node:assert/strict";
import { test } from "node:test";
import { ERROR_FACTOR } from "../../../ts-wrapper/linalg/error-bound.ts";
import { randomizedSvd } from "../../../ts-wrapper/linalg/randomized-svd.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes } from "../../support/floats.ts";
import { times, withSpectrum } from "../../support/matrices.ts";

test("ERROR_FACTOR is 10·√(2/π)", () => {
  assert.ok(Math.abs(ERROR_FACTOR - 7.978845608028654) < 1e-15);
});

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`errorBound ${type} on ${name}: at least σ of what is left, at most 10·√(2/π)·√60 times as much, and multiplied with A`, () => {
      const values = Array.from({ length: 40 }, (_, i) => 0.8 ** i);
      for (const options of [{ rank: 10 }, { rank: 38 }, { tolerance: 0.02 }]) {
        const a = withSpectrum(type, 60, 40, values, 2);
        const { errorBound, rank } = randomizedSvd(engine, a, { ...options, probes: 6 });
        const least = values[rank]!;
        assert.ok(errorBound! >= least * 0.999, `${errorBound} ≥ ${least}`);
        // ‖E·ω‖ ≤ ‖E‖·‖ω‖, and of six ‖ω‖² none is likely to exceed 100; the tail of the spectrum makes ‖E‖ at most 1.1σ here.
        assert.ok(errorBound! <= ERROR_FACTOR * Math.sqrt(60) * 1.5 * least, `${errorBound} ≤ ${ERROR_FACTOR * 8 * least}`);
        const small = randomizedSvd(engine, times(a, 2 ** -90), { ...options, probes: 6 });
        assert.equal(small.errorBound, errorBound! * 2 ** -90);
      }
    });
  }
}
