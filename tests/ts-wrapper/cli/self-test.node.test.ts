import assert from "node:assert/strict";
import { test } from "node:test";
import { firstWrong, testBuilds } from "../../../ts-wrapper/cli/self-test.ts";
import type { Engine } from "../../../ts-wrapper/engine/engine.ts";
import { probe } from "../../../ts-wrapper/engine/features.ts";
import { builds } from "../../support/builds.ts";

for (const { name, engine } of builds) {
  test(`self-test on ${name}: the product of whole numbers is exact`, () => assert.equal(firstWrong(engine), undefined));
}

test("self-test: a wrong element is named with both values", () => {
  const { engine } = builds[0]!;
  const broken = new Proxy(engine, {
    get(target, key) {
      if (key === "parallel") return () => {};
      const value = Reflect.get(target, key) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  }) as Engine;
  assert.match(firstWrong(broken) ?? "", /^row 0, column 0 is 0, -?\d+ was needed$/);
});

test("self-test: every published build is told of; those that need what is not here are missing, the others pass", async () => {
  const found = { ...probe(), relaxedSimd: { available: false, why: "not here" } };
  const results = await testBuilds(found, 2);
  assert.deepEqual(
    results.map((r) => r.build),
    ["simd", "simd-threads", "relaxed", "relaxed-threads"],
  );
  assert.equal(results[0]!.result, "passed");
  assert.deepEqual([results[2]!.result, results[2]!.detail], ["missing", "needs relaxed SIMD"]);
});
