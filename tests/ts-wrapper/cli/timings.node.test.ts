import assert from "node:assert/strict";
import { test } from "node:test";
import type { MergeProgress } from "../../../ts-wrapper/adapters/merge/options.ts";
import { Stopwatch, stepOf } from "../../../ts-wrapper/cli/timings.ts";

const step: MergeProgress = {
  phase: "merge",
  item: "t",
  done: 1,
  total: 4,
  bytesRead: 10,
  bytesWritten: 8,
  elapsedMs: 5,
  etaMs: 15,
};

test("timings: the last step of each phase counts, the end is no phase", () => {
  const watch = new Stopwatch();
  watch.see(step);
  watch.see({ ...step, bytesRead: 40, bytesWritten: 32, elapsedMs: 20 });
  watch.see({ ...step, phase: "verify", bytesWritten: 0, elapsedMs: 3 });
  watch.see({ ...step, phase: "done", elapsedMs: 99 });
  const { phases, elapsedMs } = watch.timings();
  assert.deepEqual(phases, {
    merge: { elapsedMs: 20, bytesRead: 40, bytesWritten: 32 },
    verify: { elapsedMs: 3, bytesRead: 10, bytesWritten: 0 },
  });
  assert.ok(elapsedMs >= 0);
});

test("timings: a bar counts the bytes of the side that has more", () => {
  assert.deepEqual(stepOf(step), { phase: "merge", item: "t", done: 1, total: 4, bytes: 10, elapsedMs: 5, etaMs: 15 });
});
