import assert from "node:assert/strict";
import { test } from "node:test";
import { countFor, quiet, sample, spread } from "../../../ts-wrapper/cli/measuring.ts";

test("spread: median of an odd and an even number, least and most; none is refused", () => {
  assert.deepEqual(spread([5, 1, 3]), { median: 3, min: 1, max: 5, samples: 3 });
  assert.deepEqual(spread([10, 1, 4, 2]), { median: 3, min: 1, max: 10, samples: 4 });
  assert.throws(() => spread([]), RangeError);
});

test("quiet: calm samples where there are enough of them, else all", () => {
  const samples = [true, false, true, false, false].map((disturbed, i) => ({ seconds: i, disturbed }));
  assert.deepEqual(
    quiet(samples, 3).map((s) => s.seconds),
    [1, 3, 4],
  );
  assert.equal(quiet(samples, 4), samples);
});

test("sample: runs the step so often, waits for promises within the time, and divides it", async () => {
  let runs = 0;
  const { seconds } = await sample(async () => {
    runs++;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }, 3);
  assert.equal(runs, 3);
  assert.ok(seconds >= 0.018 && seconds < 2, `${seconds} s each`);
});

test("sample: a step that waits without working is disturbed where processor time is told", async () => {
  const { disturbed } = await sample(() => new Promise((resolve) => setTimeout(resolve, 50)), 1);
  assert.equal(disturbed, typeof process.cpuUsage === "function");
});

test("countFor: a slow step is run once, a fast one until a sample is long enough; the warm-up is kept", async () => {
  const slow = (): void => {
    for (const end = performance.now() + 30; performance.now() < end; );
  };
  assert.equal(await countFor(slow, 0.002), 1);
  let runs = 0;
  const count = await countFor(() => void runs++, 0.002);
  assert.ok(count > 100 && runs > 100, `${count}`);
  const start = performance.now();
  await countFor(slow, 0.002, 0.1);
  assert.ok(performance.now() - start >= 100);
});
