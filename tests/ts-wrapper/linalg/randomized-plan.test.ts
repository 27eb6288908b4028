import assert from "node:assert/strict";
import { test } from "node:test";
import { planFor } from "../../../ts-wrapper/linalg/randomized-plan.ts";

const shape = { rows: 20, cols: 30 };

test("planFor fills in the defaults: 8 more vectors, 2 iterations, seed 24301; torch's are 6, 2, and Aᵀ where A is wide", () => {
  const { rank, oversample, powerIterations, krylov, seed, probes, transposed } = planFor("f", shape, "f64", { rank: 3 });
  assert.deepEqual([rank, oversample, powerIterations, krylov, seed, probes, transposed], [3, 8, 2, false, 24301, 0, false]);
  const torch = planFor("f", shape, "f64", { torchCompatible: {} });
  assert.deepEqual([torch.rank, torch.oversample, torch.powerIterations, torch.transposed], [6, 0, 2, true]);
  assert.equal(planFor("f", { rows: 30, cols: 20 }, "f64", { torchCompatible: { q: 2, niter: 0 } }).transposed, false);
});

for (const [options, message] of [
  [{}, "f: rank is undefined and tolerance is undefined, exactly one of them was needed"],
  [
    { rank: 1, torchCompatible: {} },
    /^f: rank is 1, tolerance is undefined and torchCompatible is there, exactly one of them was needed/,
  ],
  [{ torchCompatible: { q: 21 } }, "f: torchCompatible.q is 21, a whole number from 1 to 20 was needed"],
  [{ torchCompatible: { niter: -1 } }, /torchCompatible.niter is -1/],
  [{ torchCompatible: {}, oversample: 4 }, "f: oversample is 4 with torchCompatible, which sets it; leave it out"],
  [{ torchCompatible: {}, iteration: "power" }, /^f: iteration is power with torchCompatible/],
  [{ rank: 2, iteration: "qr" as "power" }, 'f: iteration is "qr", one of power, krylov was needed'],
  [{ tolerance: 0.1, iteration: "krylov" }, /^f: iteration is krylov with a tolerance/],
  [{ rank: 2, probes: 301 }, "f: probes is 301, a whole number from 0 to 300 was needed"],
] as const) {
  test(`planFor refuses ${JSON.stringify(options)}`, () => {
    assert.throws(() => planFor("f", shape, "f32", options), { code: "USAGE", message });
  });
}
