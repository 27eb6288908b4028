import assert from "node:assert/strict";
import { test } from "node:test";
import { runtimeHasher } from "../../../ts-wrapper/io/hash-runtime.ts";
import { createSha256 } from "../../../ts-wrapper/io/sha256.ts";

test("the runtime's hash, where it has one that streams, is the same, of shared memory as well", () => {
  const h = runtimeHasher();
  if (typeof process === "undefined") return assert.equal(h, undefined);
  const bytes = new Uint8Array(new SharedArrayBuffer(1000)).map((_, i) => i);
  const shared = new Uint8Array(new SharedArrayBuffer(1000));
  shared.set(bytes);
  const own = createSha256();
  for (const part of [shared.subarray(0, 3), shared.subarray(3, 700), shared.subarray(700)]) {
    h!.update(part);
    own.update(part);
  }
  assert.equal(h!.digest(), own.digest());
});
