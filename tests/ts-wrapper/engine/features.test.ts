import assert from "node:assert/strict";
import { test } from "node:test";
import { probe, runtime } from "../../../ts-wrapper/engine/features.ts";

test("the probe names the runtime, finds SIMD, counts cores, and says why for each finding", () => {
  const f = probe();
  assert.equal(f.runtime, runtime());
  assert.notEqual(f.version, "");
  assert.equal(f.simd.available, true);
  assert.ok(f.cores >= 1);
  for (const finding of [f.simd, f.relaxedSimd, f.threads]) assert.ok(finding.why.length > 10);
});

test("threads are found exactly where memory can be posted to a worker", () => {
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated;
  const expected = runtime() === "browser" ? isolated === true : typeof SharedArrayBuffer !== "undefined";
  assert.equal(probe().threads.available, expected);
});

test("the probe is kept: asking twice gives the same object", () => {
  assert.equal(probe(), probe());
});
