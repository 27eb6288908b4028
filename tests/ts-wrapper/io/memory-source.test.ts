import assert from "node:assert/strict";
import { test } from "node:test";
import { memorySource } from "../../../ts-wrapper/io/memory-source.ts";

const bytes = Uint8Array.from({ length: 20 }, (_, i) => i);

test("read gives a copy of exactly the bytes asked for; readInto fills the room", async () => {
  const source = memorySource(bytes.subarray(5, 15), "m");
  assert.equal(source.byteLength, 10);
  const got = await source.read(2, 3);
  assert.deepEqual([...got], [7, 8, 9]);
  got[0] = 99;
  assert.equal(bytes[7], 7);
  const into = new Uint8Array(4);
  await source.readInto!(6, into);
  assert.deepEqual([...into], [11, 12, 13, 14]);
  assert.deepEqual([...(await memorySource(bytes.buffer).read(19, 1))], [19]);
});

test("a range beyond the end is refused by name", async () => {
  const source = memorySource(bytes, "m");
  await assert.rejects(source.read(18, 3), { code: "FORMAT", file: "m", message: /bytes 18 to 21 asked, the file has 20/ });
  await assert.rejects(source.readInto!(20, new Uint8Array(1)), { code: "FORMAT" });
  assert.equal((await source.read(20, 0)).length, 0);
});
