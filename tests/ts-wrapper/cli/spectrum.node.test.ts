// Node only: the command line is for Node
import assert from "node:assert/strict";
import { test } from "node:test";
import { errorCurve, rankOf, spectrumFacts } from "../../../ts-wrapper/cli/spectrum.ts";

const values = Float64Array.of(4, 2, 2, 1); // squares 16, 4, 4, 1

test("norms, ranks and condition of a known spectrum", () => {
  const facts = spectrumFacts(values, [5, 4], "f64");
  assert.deepEqual([facts.norm, facts.spectralNorm, facts.stableRank, facts.rank, facts.condition], [5, 4, 25 / 16, 4, 4]);
  const p = [4 / 9, 2 / 9, 2 / 9, 1 / 9];
  const entropy = -p.reduce((h, x) => h + x * Math.log(x), 0);
  assert.ok(Math.abs(facts.effectiveRank! - Math.exp(entropy)) < 1e-14);
  assert.deepEqual(
    facts.energy.map(({ share, rank }) => [share, rank]),
    [
      [0.5, 1],
      [0.9, 3],
      [0.99, 4],
      [0.999, 4],
    ],
  );
  assert.deepEqual(facts.energy[1], { share: 0.9, rank: 3, error: 0.2, parameters: 27 / 20 });
});

test("equal values have that many directions; numbers at rounding's height do not count", () => {
  const facts = spectrumFacts(Float64Array.of(3, 3, 3, 3e-16), [4, 4], "f64");
  assert.equal(facts.rank, 3);
  assert.ok(Math.abs(facts.effectiveRank! - 3) < 1e-12);
  assert.equal(spectrumFacts(Float64Array.of(3, 3, 3, 3e-7), [4, 4], "f32").rank, 3);
  assert.equal(spectrumFacts(Float64Array.of(3, 3, 3, 3e-7), [4, 4], "f64").rank, 4);
});

test("a zero matrix has no condition and no direction", () => {
  const facts = spectrumFacts(new Float64Array(3), [3, 3], "f64");
  assert.deepEqual([facts.norm, facts.rank, facts.condition, facts.stableRank, facts.effectiveRank], [0, 0, null, null, null]);
  assert.deepEqual([...errorCurve(new Float64Array(3))], [0, 0, 0]);
});

test("of the first values alone, what needs the others is not told", () => {
  const facts = spectrumFacts(values.subarray(0, 2), [5, 4], "f64", 25);
  assert.deepEqual([facts.norm, facts.rank, facts.condition, facts.effectiveRank], [5, null, null, null]);
  assert.deepEqual(
    facts.energy.map(({ share, rank }) => [share, rank]),
    [[0.5, 1]],
  );
  assert.deepEqual([...errorCurve(values.subarray(0, 2), 25)], [0.6, Math.sqrt(5 / 25)]);
});

test("errors are those of the best matrix of each rank", () => {
  assert.deepEqual([...errorCurve(values)], [0.6, Math.sqrt(5 / 25), 0.2, 0]);
});

test("rankOf counts until the energy is there", () => {
  assert.deepEqual(
    [0, 16, 16.5, 25, 26].map((energy) => rankOf(values, energy)),
    [0, 1, 2, 4, undefined],
  );
});
