import assert from "node:assert/strict";
import { test } from "node:test";
import { type CaseResult, measureCase, summarize, verdict } from "../../../ts-wrapper/cli/device-bench.ts";
import type { DeviceCase } from "../../../ts-wrapper/cli/device-cases.ts";
import { Yardstick } from "../../../ts-wrapper/cli/yardstick.ts";
import { createEngine } from "../../../ts-wrapper/engine/create.ts";
import { LowrankError } from "../../../ts-wrapper/engine/errors.ts";

const pace = { warmUp: 0.01, budget: 0.02 };
const quietly = new AbortController().signal;

function fake(change: Partial<DeviceCase> & { readonly wrong?: () => string | undefined }): DeviceCase {
  const prepare = () => ({ step() {}, wrong: change.wrong ?? (() => undefined), [Symbol.dispose]() {} });
  return { name: "fake f32", use: "a test", dtype: "f32", flops: 1e6, bytes: 1000, prepare, ...change };
}

async function measured(work: DeviceCase, signal = quietly): Promise<CaseResult> {
  using engine = await createEngine({ build: "simd" });
  using yardstick = await Yardstick.start("simd", 1);
  return await measureCase(engine, yardstick, work, pace, signal);
}

test("device bench: a right case has a time, rates and a limit", async () => {
  const result = await measured(fake({}));
  assert.ok(result.seconds!.samples >= 3 && result.seconds!.median > 0);
  assert.ok(Math.abs(result.gflops! - 1e6 / result.seconds!.median / 1e9) < 1e-9);
  assert.ok(result.limit!.gflops > 0 && result.limit!.gigabytes > 0);
});

test("device bench: a wrong case has no time, whether it is wrong before or after", async () => {
  assert.deepEqual(await measured(fake({ wrong: () => "element 1 is 2" })), {
    name: "fake f32",
    use: "a test",
    wrong: "element 1 is 2",
  });
  let checks = 0;
  const result = await measured(fake({ wrong: () => (checks++ ? "late" : undefined) }));
  assert.deepEqual([result.wrong, result.seconds], ["late", undefined]);
});

test("device bench: no memory skips a case with the reason, other errors are thrown, an abort stops", async () => {
  const failing = (code: "OUT_OF_MEMORY" | "SHAPE") =>
    fake({
      prepare() {
        throw new LowrankError(code, "memory", "too much");
      },
    });
  assert.equal((await measured(failing("OUT_OF_MEMORY"))).skipped, "memory: too much");
  await assert.rejects(measured(failing("SHAPE")), { code: "SHAPE" });
  const stop = new AbortController();
  stop.abort(new Error("enough"));
  await assert.rejects(measured(fake({}), stop.signal), { message: "enough" });
});

test("device bench: medians, the limit that binds and its share", () => {
  const pairs = [2, 1, 3].map((seconds) => ({ sample: { seconds, disturbed: false }, limit: { flops: 10, bytes: 100 } }));
  const byMemory = summarize({ flops: 5, bytes: 150 }, pairs);
  assert.equal(byMemory.seconds?.median, 2);
  assert.deepEqual([byMemory.limit?.by, byMemory.limit?.share], ["memory", 0.75]);
  const byArithmetic = summarize({ flops: 16, bytes: 10 }, pairs);
  assert.deepEqual([byArithmetic.limit?.by, byArithmetic.limit?.share], ["arithmetic", 0.8]);
  assert.deepEqual(summarize({ bytes: 10 }, pairs), { seconds: byMemory.seconds, disturbed: 0 });
});

test("device bench: the verdict names what binds, how much of it is reached, and by how many threads", () => {
  const limit = (by: "arithmetic" | "memory", share: number) => ({ by, share, gflops: 40, gigabytes: 25 });
  const results = [
    { name: "gemm f32 512", use: "", limit: limit("arithmetic", 0.9) },
    { name: "merge bf16", use: "", limit: limit("arithmetic", 0.5) },
    { name: "gemv f32", use: "", limit: limit("memory", 0.98) },
    { name: "svd f32", use: "" },
  ];
  assert.equal(
    verdict(results, 2),
    "Limited: gemm and merge by arithmetic (50 to 90 % of the up to 40.0 GFLOP/s that 2 threads multiply and add here), " +
      "gemv by memory (98 % of the 25.0 GB/s that can be read).",
  );
  assert.match(verdict(results, 1), /that one thread multiplies and adds here/);
  assert.equal(verdict([], 1), "Nothing was measured that a limit is known for.");
});
