import assert from "node:assert/strict";
import { test } from "node:test";
import { lowrank } from "../in-process.ts";

test("bench measures every case on this device, names what limits it, and ends with 0", async () => {
  const { exit, out } = await lowrank(["bench", "--seconds", "1", "--threads", "1"]);
  assert.equal(exit, 0);
  assert.match(out, /build +simd, 1 thread, deterministic math/);
  for (const name of ["gemm f32", "gemm f64", "gemv f32", "merge bf16", "svd f32"])
    assert.match(out, new RegExp(`  ${name} .* ms `));
  assert.match(out, /\nLimited: .*\.\n$/);
});

test("bench --json has times, rates, limits and the verdict", async () => {
  const { exit, out } = await lowrank(["bench", "--seconds", "1", "--threads", "1", "--json"]);
  assert.equal(exit, 0);
  const { bench } = JSON.parse(out);
  assert.equal(bench.features.build, "simd");
  for (const { name, seconds, gflops, limit } of bench.results) {
    assert.ok(seconds.min > 0 && seconds.min <= seconds.median && seconds.median <= seconds.max, name);
    if (!name.startsWith("svd")) assert.ok(gflops > 0 && limit.share > 0 && ["arithmetic", "memory"].includes(limit.by), name);
  }
  assert.match(bench.verdict, /^Limited: /);
});

test("bench refuses times that are none", async () => {
  for (const seconds of ["0", "601", "soon"]) {
    const { exit, err } = await lowrank(["bench", "--seconds", seconds]);
    assert.equal(exit, 2);
    assert.match(err, /--seconds: is ".*", a number/);
  }
});
