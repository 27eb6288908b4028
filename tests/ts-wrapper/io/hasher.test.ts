import assert from "node:assert/strict";
import { test } from "node:test";
import { type AsyncHasher, createHasher, createInlineHasher, startHashWorker } from "../../../ts-wrapper/io/hasher.ts";

const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const bytes = new TextEncoder().encode("abc");

test("createHasher hashes in every runtime", () => {
  const h = createHasher();
  h.update(bytes.subarray(0, 1));
  h.update(bytes.subarray(1));
  assert.equal(h.digest(), abc);
});

async function hashesAbc(h: AsyncHasher): Promise<void> {
  await h.update(bytes.subarray(0, 2));
  await h.update(bytes.subarray(2));
  assert.equal(await h.digest(), abc);
  h.close();
  h.close();
}

test("the asynchronous shape gives the same, inline and from startHashWorker, which is offloaded outside of pages", async () => {
  await hashesAbc(createInlineHasher());
  const worker = await startHashWorker();
  assert.equal(worker.offloaded, typeof process !== "undefined");
  await hashesAbc(worker.createHasher());
  worker.close();
});
