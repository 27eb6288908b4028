import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileInput } from "../../../ts-wrapper/io/folder.ts";
import { isByteSource, openFiles, openOne } from "../../../ts-wrapper/io/folder-files.ts";
import { countingSource } from "../../support/byte-sources.ts";

const bytes = Uint8Array.from({ length: 10 }, (_, i) => i);

test("files by name are listed sorted and opened, whatever they are; a source of the caller's stays open", async () => {
  const own = countingSource(bytes);
  const folder = openFiles(
    new Map<string, FileInput>([
      ["d", own],
      ["b", bytes],
      ["c", new Blob([bytes])],
      ["a", bytes.buffer],
      ["sub/x", bytes],
      ["sub/y", bytes],
    ]),
    "f",
  );
  assert.deepEqual(await folder.list(), ["a", "b", "c", "d", "sub/"]);
  for (const name of ["a", "b", "c", "d"]) assert.deepEqual(await (await folder.open(name))!.read(3, 2), bytes.slice(3, 5), name);
  for (const name of ["x", "sub/x", "sub/", ""]) assert.equal(await folder.open(name), undefined, name);
  await folder.close();
  assert.equal(own.closed, 0);
  assert.equal(folder.picked, undefined);
});

test("a single file is the one that was named; without a name it counts as model.safetensors", async () => {
  assert.equal(openOne(bytes, "x.safetensors").picked, "x.safetensors");
  for (const name of ["bytes", "https://x/y.safetensors"])
    assert.deepEqual(await openOne(bytes, name).list(), ["model.safetensors"]);
});

test("what is no file, and a name that is not plain, are USAGE", () => {
  for (const bad of [undefined, null, 7, "text", {}, { byteLength: 3 }]) {
    assert.throws(() => openFiles(new Map([["a", bad as unknown as FileInput]]), "f"), {
      code: "USAGE",
      file: "a",
      message: /was needed under this name/,
    });
  }
  assert.throws(() => openFiles(new Map([["..", bytes]]), "f"), { code: "USAGE", message: /a plain file name was needed/ });
  assert.equal(isByteSource({ byteLength: 1, read: () => {} }), true);
  assert.equal(isByteSource({ byteLength: "1", read: () => {} }), false);
});
