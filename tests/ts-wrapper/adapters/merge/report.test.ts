import assert from "node:assert/strict";
import { test } from "node:test";
import { addEnergies, noEnergy, relativeChangeOf, survivalOf } from "../../../../ts-wrapper/adapters/merge/report.ts";

test("survival is the share of the change's energy that is left, between 0 and 1", () => {
  assert.equal(survivalOf({ base: 1, change: 4, lost: 1 }), 0.75);
  assert.equal(survivalOf({ base: 1, change: 4, lost: 4 }), 0);
  assert.equal(survivalOf({ base: 1, change: 4, lost: 9 }), 0);
  assert.equal(survivalOf({ base: 1, change: 4, lost: 0 }), 1);
  assert.equal(survivalOf(noEnergy), null);
});

test("the relative change is a ratio of norms, and none for a zero base", () => {
  assert.equal(relativeChangeOf({ base: 16, change: 4, lost: 0 }), 0.5);
  assert.equal(relativeChangeOf({ base: 0, change: 4, lost: 0 }), null);
});

test("energies add up part by part", () => {
  assert.deepEqual(addEnergies({ base: 1, change: 2, lost: 3 }, { base: 10, change: 20, lost: 30 }), {
    base: 11,
    change: 22,
    lost: 33,
  });
});
