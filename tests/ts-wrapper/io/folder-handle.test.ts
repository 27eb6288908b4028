import assert from "node:assert/strict";
import { test } from "node:test";
import { openHandleFolder } from "../../../ts-wrapper/io/folder-handle.ts";
import { fakeFolder, opfsFolder } from "../../support/handles.ts";

async function fill(folder: FileSystemDirectoryHandle): Promise<void> {
  for (const name of ["b.json", "a.bin"]) {
    const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await stream.write({ type: "write", position: 0, data: new TextEncoder().encode(name) });
    await stream.close();
  }
  await folder.getDirectoryHandle("sub", { create: true });
}

test("a folder handle is listed and opened, made up or of the origin-private file system; a file handle is the one that was named", async () => {
  for (const handle of [fakeFolder("f"), await opfsFolder()]) {
    if (!handle) continue;
    await fill(handle);
    const folder = await openHandleFolder(handle, "mine");
    assert.equal(folder.name, "mine");
    assert.equal(typeof folder.location, "string");
    assert.deepEqual(await folder.list(), ["a.bin", "b.json", "sub/"]);
    const source = (await folder.open("b.json"))!;
    assert.equal(new TextDecoder().decode(await source.read(0, source.byteLength)), "b.json");
    assert.equal(await folder.open("none"), undefined);
    await assert.rejects(folder.open("../x"), { code: "FORMAT" });
    await assert.rejects(folder.open("sub"), { code: "NOT_FOUND", message: /a file was needed where a folder is/ });
    const one = await openHandleFolder(await handle.getFileHandle("a.bin"), "a.bin");
    assert.equal(one.picked, "a.bin");
    assert.deepEqual(await one.list(), ["a.bin"]);
    await folder.close();
  }
});

test("a folder that may not be read is NOT_FOUND with the way out", async () => {
  const folder = await openHandleFolder(fakeFolder("f", { forbidden: true }), "f");
  await assert.rejects(folder.list(), { code: "NOT_FOUND", message: /ask for permission/ });
  await assert.rejects(folder.open("a"), { code: "NOT_FOUND", message: /ask for permission/ });
});
