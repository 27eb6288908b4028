import assert from "node:assert/strict";
import { test } from "node:test";
import type { FolderSink } from "../../../ts-wrapper/io/byte-sink.ts";
import { openHandleSink } from "../../../ts-wrapper/io/opfs-sink.ts";
import { fakeFolder, opfsFolder } from "../../support/handles.ts";

async function put(sink: FolderSink, file: string, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  const target = await sink.create(file, bytes.length);
  await target.write(0, bytes);
  await target.commit();
}

async function get(sink: FolderSink, file: string): Promise<string | undefined> {
  const source = await sink.open(file);
  return source && new TextDecoder().decode(await source.read(0, source.byteLength));
}

for (const [what, make] of [
  ["made up", async () => fakeFolder("out", { sync: "works", move: "works" })],
  ["picked", async () => fakeFolder("out", { move: "refuses" })],
  ["of the origin-private file system", opfsFolder],
] as const) {
  test(`files are written, listed, read back, appended to and removed: a folder ${what}`, async (t) => {
    const folder = await make();
    if (!folder) return t.skip("this runtime has no origin-private file system");
    const sink = await openHandleSink(folder);
    assert.equal(sink.name, folder.name);
    assert.deepEqual(await sink.list(), []);
    assert.equal(await sink.open("a"), undefined);
    await sink.remove("a");
    await put(sink, "b", "bee");
    await put(sink, "a", "");
    await put(sink, "b", "new");
    assert.equal(await get(sink, "b"), "new");
    assert.equal(await get(sink, "a"), "");
    await sink.append("journal", "one");
    await sink.append("journal", "two é");
    assert.equal(await get(sink, "journal"), "one\ntwo é\n");
    await put(sink, "journal", "one\ncut of");
    await sink.append("journal", "three");
    assert.equal(await get(sink, "journal"), "one\ncut of\nthree\n");
    await sink.remove("b");
    await sink.removeIfEmpty();
    assert.deepEqual(await sink.list(), ["a", "journal"]);
  });
}

test("names are plain, and a folder that may not be written is CANNOT_WRITE", async () => {
  const sink = await openHandleSink(fakeFolder("out"));
  for (const bad of ["../x", "a/b", ""]) {
    await assert.rejects(sink.create(bad, 1), { code: "USAGE" }, bad);
    await assert.rejects(sink.open(bad), { code: "USAGE" }, bad);
    await assert.rejects(sink.append(bad, "x"), { code: "USAGE" }, bad);
    await assert.rejects(sink.remove(bad), { code: "USAGE" }, bad);
  }
  const forbidden = await openHandleSink(fakeFolder("out", { forbidden: true }));
  await assert.rejects(forbidden.list(), { code: "CANNOT_WRITE" });
  await assert.rejects(forbidden.append("a", "x"), { code: "CANNOT_WRITE" });
  await assert.rejects(forbidden.remove("a"), { code: "CANNOT_WRITE" });
  await assert.rejects(forbidden.open("a"), { code: "NOT_FOUND" });
});

test("the place is known, so that an output over its input can be refused; only site storage says how much is free", async () => {
  const [a, b] = [fakeFolder("out"), fakeFolder("out")];
  assert.equal((await openHandleSink(a)).location, (await openHandleSink(a)).location);
  assert.notEqual((await openHandleSink(a)).location, (await openHandleSink(b)).location);
  assert.equal(await (await openHandleSink(a)).freeBytes(), undefined);
  const real = await opfsFolder();
  if (!real) return;
  const sink = await openHandleSink(real);
  assert.equal(sink.location, `opfs:/${real.name}`);
  assert.ok(((await sink.freeBytes()) ?? 0) > 0);
  await assert.rejects(sink.create("a", 2 ** 50), {
    code: "NO_SPACE",
    message: /bytes of this site's storage are free, a takes/,
  });
});
