import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../../ts-wrapper/io/limits.ts";

test("limits are whole and let through what the format and published checkpoints need", () => {
  for (const [name, value] of Object.entries(limits)) assert.ok(Number.isSafeInteger(value) && value > 0, name);
  assert.equal(limits.headerBytes, 100_000_000); // the reference reader's cap: not less, or its files would be refused
  assert.ok(limits.jsonDepth > 3 && limits.jsonDepth < 1000); // a header has 3 levels; a stack holds far more than 1000 calls
});
