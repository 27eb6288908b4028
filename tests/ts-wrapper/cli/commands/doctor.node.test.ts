import assert from "node:assert/strict";
import { test } from "node:test";
import { adviceFor } from "../../../../ts-wrapper/cli/commands/doctor.ts";
import { lowrank } from "../in-process.ts";

test("doctor tells runtime, choice, memory and a self-test of every build, and ends with 0", async () => {
  const { exit, out } = await lowrank(["doctor"]);
  assert.equal(exit, 0);
  assert.match(out, /runtime +(Node|Deno|Bun) \d+\.\d+/);
  assert.match(out, /math +deterministic \(the same bits on every runtime\)\n/);
  assert.match(out, /\n {2}simd +passed +1 +/);
});

test("doctor --json has the features, the builds and the advice", async () => {
  const { doctor } = JSON.parse((await lowrank(["doctor", "--json", "--threads", "1"])).out);
  assert.equal(doctor.features.build, "simd");
  assert.deepEqual(
    doctor.builds.map((b: { build: string }) => b.build),
    ["simd", "simd-threads", "relaxed", "relaxed-threads"],
  );
  assert.ok(doctor.memory.wasm > 0 && Array.isArray(doctor.advice));
  assert.equal(adviceFor(doctor).length, doctor.advice.length);
});

test("doctor advises what would help: a flag, headers, more threads, more memory, and not to trust a build that is wrong", async () => {
  const { doctor } = JSON.parse((await lowrank(["doctor", "--json"])).out);
  const off = { available: false, why: "because" };
  const features = { ...doctor.features, relaxedSimd: off, threads: off };
  const advice = adviceFor({
    ...doctor,
    features,
    memory: { ...doctor.memory, wasm: 2 ** 31 },
    builds: [{ build: "simd", result: "failed", threads: 1, detail: "d" }],
  });
  assert.deepEqual(
    advice.map((a) => a.slice(0, 22)),
    ["the build simd is wron", "for --math fast: becau", "for more threads: beca", "one engine gets 2 GiB "],
  );
  const on = { available: true, why: "" };
  const few = { ...doctor.features, relaxedSimd: on, threads: on, threadsUsed: 1, cores: 4 };
  assert.deepEqual(adviceFor({ ...doctor, features: few, memory: { ...doctor.memory, wasm: 2 ** 32 }, builds: [] }), [
    "4 logical processors are there: --threads takes more",
  ]);
});
