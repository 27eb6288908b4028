import assert from "node:assert/strict";
import { test } from "node:test";
import { errorCodes, LowrankError } from "../../../ts-wrapper/engine/errors.ts";

test("an error reads `what: text`, keeps file, tensor and cause, and knows its exit status", () => {
  const cause = new Error("below");
  const e = new LowrankError("MISMATCH", "adapter", "is 3, 4 was needed", { file: "a.safetensors", tensor: "q", cause });
  assert.equal(e.message, "adapter: is 3, 4 was needed");
  assert.deepEqual(
    [e.name, e.code, e.what, e.file, e.tensor, e.exit],
    ["LowrankError", "MISMATCH", "adapter", "a.safetensors", "q", 4],
  );
  assert.equal(e.cause, cause);
  assert.ok(e instanceof Error);
});

test("without a cause there is none, not even undefined", () => {
  assert.equal("cause" in new LowrankError("SHAPE", "gemm", "no"), false);
});

test("every code has a documented exit status from 1 to 7 and a meaning", () => {
  for (const [code, { exit, meaning }] of Object.entries(errorCodes)) {
    assert.ok(exit >= 1 && exit <= 7, code);
    assert.ok(meaning.length > 10, code);
  }
});
