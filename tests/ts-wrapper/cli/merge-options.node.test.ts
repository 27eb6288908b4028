import assert from "node:assert/strict";
import { test } from "node:test";
import { defined, mergeOptionsOf } from "../../../ts-wrapper/cli/merge-options.ts";

test("merge options: what was not given is left out, so that the library's defaults hold", () => {
  assert.deepEqual(defined({ a: undefined, b: 0, c: false, d: null }), { b: 0, c: false, d: null });
  const given = {
    adapters: [],
    scale: 2,
    allowUnused: false,
    residualBase: false,
    dtype: "f32",
    accumulate: "f32",
    tied: undefined,
    shardSize: 5,
  } as const;
  assert.deepEqual(mergeOptionsOf(given), {
    scale: 2,
    allowUnused: false,
    residualBase: false,
    dtype: "f32",
    accumulate: "f32",
    shardSize: 5,
  });
});
