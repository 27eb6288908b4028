import assert from "node:assert/strict";
import { test } from "node:test";
import { blobSource } from "../../../ts-wrapper/io/blob-source.ts";

const bytes = Uint8Array.from({ length: 20 }, (_, i) => i);

test("a Blob is read by ranges, into fresh bytes and into room, shared memory included", async () => {
  const source = blobSource(new Blob([bytes]));
  assert.equal(source.name, "blob");
  assert.equal(source.byteLength, 20);
  assert.deepEqual([...(await source.read(17, 3))], [17, 18, 19]);
  const into = new Uint8Array(typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(2) : new SharedArrayBuffer(2));
  await source.readInto!(4, into);
  assert.deepEqual([...into], [4, 5]);
});

test("a File gives its name, and a version from its size and date", async () => {
  const source = blobSource(new File([bytes], "a.safetensors", { lastModified: 1234 }));
  assert.equal(source.name, "a.safetensors");
  assert.equal(source.version, "20-1234");
});

test("a range beyond the end, a file that has gone and one that became shorter are refused by name", async () => {
  await assert.rejects(blobSource(new Blob([bytes]), "b").read(0, 21), { code: "FORMAT", file: "b" });
  const gone = {
    size: 20,
    slice: () => ({ arrayBuffer: () => Promise.reject(new Error("NotReadableError")) }),
  } as unknown as Blob;
  await assert.rejects(blobSource(gone, "b").read(0, 1), {
    code: "NOT_FOUND",
    file: "b",
    message: /changed or gone since it was picked/,
  });
  const short = { size: 20, slice: () => new Blob([bytes.subarray(0, 3)]) } as unknown as Blob;
  await assert.rejects(blobSource(short, "b").read(0, 8), {
    code: "FORMAT",
    message: /3 of 8 bytes could be read at 0; the file became shorter/,
  });
});
