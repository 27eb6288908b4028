import assert from "node:assert/strict";
import { test } from "node:test";
import { type Folder, type FolderInput, openFolder } from "../../../ts-wrapper/io/folder.ts";
import { memorySource } from "../../../ts-wrapper/io/memory-source.ts";
import { fakeServer } from "../../support/fake-server.ts";
import { fakeFolder } from "../../support/handles.ts";

const bytes = Uint8Array.from({ length: 10 }, (_, i) => i);
const inPage = typeof process === "undefined";

async function holds(folder: Folder, name: string, picked: string | undefined, file: string): Promise<void> {
  assert.equal(folder.name, name);
  assert.equal(folder.picked, picked);
  assert.deepEqual(await (await folder.open(file))!.read(2, 3), bytes.slice(2, 5));
}

test("single files: bytes, a buffer, a Blob, a File, a source, a handle", async () => {
  await holds(await openFolder(bytes), "bytes", "model.safetensors", "model.safetensors");
  await holds(await openFolder(bytes.buffer, { name: "x.safetensors" }), "x.safetensors", "x.safetensors", "x.safetensors");
  await holds(await openFolder(new Blob([bytes])), "blob", "model.safetensors", "model.safetensors");
  await holds(await openFolder(new File([bytes], "a.safetensors")), "a.safetensors", "a.safetensors", "a.safetensors");
  await holds(await openFolder(memorySource(bytes, "s.safetensors")), "s.safetensors", "s.safetensors", "s.safetensors");
  await holds(
    await openFolder({ byteLength: 10, read: memorySource(bytes).read }),
    "source",
    "model.safetensors",
    "model.safetensors",
  );
  const handle = await fakeFolder("f").getFileHandle("h.safetensors", { create: true });
  const stream = await handle.createWritable();
  await stream.write({ type: "write", position: 0, data: bytes });
  await stream.close();
  await holds(await openFolder(handle), "h.safetensors", "h.safetensors", "h.safetensors");
});

test("several files: by name in a Map or an object, picked, a folder handle", async () => {
  await holds(await openFolder(new Map([["a", bytes]])), "files", undefined, "a");
  await holds(await openFolder({ a: bytes, b: new Blob([bytes]) }, { name: "mine" }), "mine", undefined, "b");
  await holds(await openFolder([new File([bytes], "a"), new File([bytes], "b")]), "picked files", undefined, "b");
  assert.deepEqual(await (await openFolder(fakeFolder("f"))).list(), []);
});

test("of a picked folder, the files at its top are its files; those below are subfolders", async () => {
  const file = (path: string): File =>
    Object.defineProperty(new File([bytes], path.split("/").at(-1)!), "webkitRelativePath", { value: path });
  const folder = await openFolder([file("model/a.json"), file("model/onnx/a.json"), file("model/onnx/deep/b.json")]);
  await holds(folder, "model", undefined, "a.json");
  assert.deepEqual(await folder.list(), ["a.json", "onnx/"]);
  await assert.rejects(openFolder([new File([], "a"), new File([], "a")]), {
    code: "USAGE",
    file: "a",
    message: /two picked files/,
  });
});

test("http and https are fetched, in any case of letters; a string without a scheme is a path, or a URL in a page", async () => {
  const server = fakeServer({ "/m/a.json": bytes });
  for (const input of ["http://m.test/m/", "HTTP://m.test/m", new URL("https://m.test/m/x.json")]) {
    const folder = await openFolder(input, { fetch: server.fetch });
    assert.deepEqual(await (await folder.open("a.json"))!.read(0, 10), bytes);
  }
  if (inPage) {
    const folder = await openFolder("/m", { fetch: server.fetch });
    assert.match(folder.location!, /^http:.*\/m\/$/);
  } else {
    await assert.rejects(openFolder("no such folder here"), { code: "NOT_FOUND", file: "no such folder here" });
    await assert.rejects(openFolder(new URL("file:///no/such/folder")), { code: "NOT_FOUND" });
  }
});

test("what is no input is USAGE", async () => {
  for (const bad of ["", "ftp://x/y", "s3://bucket/model", new URL("data:,x")])
    await assert.rejects(openFolder(bad), { code: "USAGE" }, String(bad));
  for (const bad of [undefined, null, 7, true, [1], { a: 1 }]) {
    await assert.rejects(openFolder(bad as unknown as FolderInput), { code: "USAGE" }, String(bad));
  }
});
