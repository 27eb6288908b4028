import assert from "node:assert/strict";
import { test } from "node:test";
import { mapLimited } from "../../../ts-wrapper/io/map-limited.ts";

test("results keep the order of the items; never more than 3 are at work", async () => {
  let now = 0;
  let most = 0;
  const result = await mapLimited([5, 1, 4, 2, 3, 0], 3, async (x, i) => {
    most = Math.max(most, ++now);
    for (let k = 0; k < x; k++) await Promise.resolve();
    now--;
    return `${i}:${x}`;
  });
  assert.deepEqual(result, ["0:5", "1:1", "2:4", "3:2", "4:3", "5:0"]);
  assert.equal(most, 3);
  assert.deepEqual(await mapLimited([], 3, async () => 1), []);
});

test("the first failure ends it: nothing new is started, and nothing is at work any more when it is reported", async () => {
  let started = 0;
  let finished = 0;
  const work = mapLimited([0, 1, 2, 3, 4, 5, 6, 7], 2, async (x) => {
    started++;
    await Promise.resolve();
    if (x === 1) throw new Error("one");
    await Promise.resolve();
    await Promise.resolve();
    finished++;
  });
  await assert.rejects(work, { message: "one" });
  assert.ok(started < 8, `${started} started`);
  assert.equal(finished, started - 1);
});
