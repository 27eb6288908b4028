import assert from "node:assert/strict";
import { test } from "node:test";
import { Yardstick } from "../../../ts-wrapper/cli/yardstick.ts";

for (const [build, threads] of [
  ["simd", 1],
  ["simd-threads", 2],
] as const) {
  test(`yardstick on ${build}: its sums are those of 256 steps, whoever computed them`, async () => {
    using yardstick = await Yardstick.start(build, threads);
    assert.equal(yardstick.threads, threads);
    assert.deepEqual(new Set(yardstick.sums(2, 3, 5)), new Set([2 * 3 * 256 * 5]));
  });

  test(`yardstick on ${build}: rates are positive numbers, for blocks of any size`, async () => {
    using yardstick = await Yardstick.start(build, threads);
    for (const rate of [
      yardstick.flops("f32"),
      yardstick.flops("f64"),
      ...[1, 1000, 1 << 18, 3 << 20].map((n) => yardstick.bytes(n)),
    ]) {
      assert.ok(rate > 1e6 && Number.isFinite(rate), String(rate));
    }
  });
}
