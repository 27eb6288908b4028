// Node only: it tests the runner, which is a program of Node
import assert from "node:assert/strict";
import { test } from "node:test";
import { suites } from "../../../ts-wrapper/tools/test-suites.ts";

/** What each runner prints at its end, and what it means. */
const outputs: Readonly<Record<string, readonly (readonly [string, readonly [number, number, number]])[]>> = {
  "as-pect": [
    ["noise\nas-pect: 12 passed, 0 failed\n", [12, 0, 0]],
    ["as-pect: 0 passed, 0 failed\n", [0, 0, 0]],
  ],
  node: [
    [
      "✔ a (1ms)\nℹ tests 9\nℹ suites 0\nℹ pass 5\nℹ fail 1\nℹ cancelled 1\nℹ skipped 2\nℹ todo 0\nℹ duration_ms 5.1\n",
      [5, 2, 2],
    ],
    ["ℹ tests 0\nℹ suites 0\nℹ pass 0\nℹ fail 0\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\n", [0, 0, 0]],
  ],
  deno: [
    ["\nok | 12 passed | 0 failed (159ms)\n", [12, 0, 0]],
    ["a ... ok (1ms)\nFAILED | 2 passed (3 steps) | 1 failed | 4 ignored (159ms)\n", [2, 1, 4]],
  ],
  bun: [
    [" 7 pass\n 0 fail\nRan 7 tests across 2 files. [36.00ms]\n", [7, 0, 0]],
    [" 1 pass\n 2 skip\n 1 fail\nRan 4 tests across 2 files. [36.00ms]\n", [1, 1, 2]],
    [" 1 pass\n 2 fail\n 2 errors\nRan 3 tests across 2 files. [36.00ms]\n", [1, 2, 0]],
    [" 3 pass\n 0 fail\n 1 error\nRan 3 tests across 2 files. [36.00ms]\n", [3, 1, 0]],
  ],
  chromium: [["  ok - chromium: 9 passed, 9 failed\nchromium: 3 passed, 1 failed, 2 skipped\n", [3, 1, 2]]],
  firefox: [["firefox: 0 passed, 0 failed, 1 skipped\n", [0, 0, 1]]],
};

for (const [name, cases] of Object.entries(outputs)) {
  const suite = suites.find((s) => s.name === name);
  for (const [output, [passed, failed, skipped]] of cases) {
    test(`${name}: ${JSON.stringify(output.split("\n").at(-2))} is ${passed} passed, ${failed} failed, ${skipped} skipped`, () => {
      assert.deepEqual(suite?.counts(output), { passed, failed, skipped });
    });
  }
  test(`${name}: output that ends before the counts has none`, () => {
    assert.equal(suite?.counts("something went wrong\n"), undefined);
  });
}

test("every suite answers for a file that is not there with a reason", async () => {
  for (const suite of suites) assert.ok("skip" in (await suite.plan("no such file")), suite.name);
});
