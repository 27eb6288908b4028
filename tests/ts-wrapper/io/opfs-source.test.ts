import assert from "node:assert/strict";
import { test } from "node:test";
import { handleLocation, openHandle, unreadableHandle } from "../../../ts-wrapper/io/opfs-source.ts";
import { fakeFolder, opfsFolder } from "../../support/handles.ts";

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i * 7);

async function write(folder: FileSystemDirectoryHandle, name: string): Promise<FileSystemFileHandle> {
  const handle = await folder.getFileHandle(name, { create: true });
  const stream = await handle.createWritable();
  await stream.write({ type: "write", position: 0, data: bytes });
  await stream.close();
  return handle;
}

test("a handle is read by ranges, a made-up one and one of the origin-private file system", async () => {
  for (const folder of [fakeFolder("f"), await opfsFolder()]) {
    if (!folder) continue;
    const source = await openHandle(await write(folder, "a.bin"));
    assert.equal(source.name, "a.bin");
    assert.equal(source.byteLength, 1000);
    assert.deepEqual(await source.read(990, 10), bytes.slice(990));
  }
});

test("equal places have equal locations, others have others", async () => {
  for (const make of [async () => fakeFolder("same name"), opfsFolder]) {
    const [a, b] = [await make(), await make()];
    if (!a || !b) continue;
    assert.equal(await handleLocation(a), await handleLocation(a));
    assert.notEqual(await handleLocation(a), await handleLocation(b));
  }
  const folder = await opfsFolder();
  if (folder) assert.equal(await handleLocation(folder), `opfs:/${folder.name}`);
});

test("a handle whose file has gone, or that may not be read, is NOT_FOUND with the way out", async () => {
  const folder = fakeFolder("f");
  const handle = await write(folder, "a.bin");
  folder.entriesByName.delete("a.bin");
  await assert.rejects(openHandle(handle), { code: "NOT_FOUND", file: "a.bin", message: /not there any more/ });
  assert.match(unreadableHandle(new DOMException("", "NotAllowedError"), "a").message, /ask for permission from a click/);
  assert.match(unreadableHandle(new DOMException("", "OddError"), "a").message, /a: it cannot be read \(OddError\)/);
});
