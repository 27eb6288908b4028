import assert from "node:assert/strict";
import { test } from "node:test";
import { HandleFileSink, SWAP, unwritableHandle } from "../../../ts-wrapper/io/opfs-file-sink.ts";
import { type FakeHandleOptions, fakeFolder, opfsFolder } from "../../support/handles.ts";

const bytes = Uint8Array.from({ length: 50_000 }, (_, i) => (i * 7) >> 3);

async function names(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const list: string[] = [];
  for await (const name of folder.keys()) if (!name.endsWith(SWAP)) list.push(name);
  return list.sort();
}

async function content(folder: FileSystemDirectoryHandle, name: string): Promise<Uint8Array> {
  return new Uint8Array(await (await (await folder.getFileHandle(name)).getFile()).arrayBuffer());
}

const variants: FakeHandleOptions[] = (["works", "missing", "refuses"] as const).flatMap((move) =>
  (["works", "missing", "refuses"] as const).map((sync) => ({ move, sync })),
);

for (const options of [...variants, "real"] as const) {
  const what =
    options === "real" ? "in the origin-private file system" : `with move ${options.move}, sync access ${options.sync}`;
  test(`a file has its name after commit and not before, replaces an older one, and abort leaves nothing: ${what}`, async (t) => {
    const folder = options === "real" ? await opfsFolder() : fakeFolder("f", options);
    if (!folder) return t.skip("this runtime has no origin-private file system");
    for (const round of [0, 1]) {
      const sink = await HandleFileSink.open(folder, "a.bin", bytes.length);
      const late = new Uint8Array(
        typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(20_000) : new SharedArrayBuffer(20_000),
      );
      late.set(bytes.subarray(30_000));
      await sink.write(30_000, late);
      await sink.write(0, bytes.subarray(0, 30_000));
      assert.deepEqual(await names(folder), round === 0 ? ["a.bin.partial"] : ["a.bin", "a.bin.partial"]);
      if (round === 1) {
        assert.deepEqual(await (await sink.readBack()).read(0, bytes.length), bytes);
        assert.deepEqual(await names(folder), ["a.bin", "a.bin.partial"]);
      }
      await sink.commit();
      assert.deepEqual(await names(folder), ["a.bin"]);
      assert.deepEqual(await content(folder, "a.bin"), bytes);
      await sink.abort();
      await assert.rejects(sink.write(0, bytes), { code: "BROKEN" });
    }
    const dropped = await HandleFileSink.open(folder, "b.bin", 10);
    await dropped.write(0, bytes.subarray(0, 5));
    await assert.rejects(dropped.commit(), {
      code: "BROKEN",
      message: /b\.bin: 5 bytes were written, the file was started with 10/,
    });
    await assert.rejects(dropped.write(6, bytes.subarray(0, 5)), { code: "BROKEN", message: /bytes 6 to 11 written/ });
    await dropped.abort();
    await dropped.abort();
    assert.deepEqual(await names(folder), ["a.bin"]);
  });
}

test("storage that is full is NO_SPACE when the file is started or written, and leaves no partial file after abort", async () => {
  for (const sync of ["works", "missing"] as const) {
    const folder = fakeFolder("f", { quota: 1000, sync });
    await assert.rejects(HandleFileSink.open(folder, "a.bin", 1001), { code: "NO_SPACE", file: "a.bin" });
    assert.deepEqual(await names(folder), []);
  }
});

test("a copy that reads back differently is CANNOT_WRITE; the name goes, the partial file stays until abort", async () => {
  const folder = fakeFolder("f", { corrupt: true });
  const sink = await HandleFileSink.open(folder, "a.bin", bytes.length);
  await sink.write(0, bytes);
  await assert.rejects(sink.commit(), {
    code: "CANNOT_WRITE",
    message: /what was written from byte 0 on reads back differently/,
  });
  assert.deepEqual(await names(folder), ["a.bin.partial"]);
  await sink.abort();
  assert.deepEqual(await names(folder), []);
});

test("a file that is open elsewhere, and a folder that may not be written, are CANNOT_WRITE with the way out", async () => {
  const folder = fakeFolder("f", { sync: "works" });
  const first = await HandleFileSink.open(folder, "a.bin", 1);
  await assert.rejects(HandleFileSink.open(folder, "a.bin", 1), { code: "CANNOT_WRITE", message: /open for writing elsewhere/ });
  await first.abort();
  await assert.rejects(HandleFileSink.open(fakeFolder("f", { forbidden: true }), "a.bin", 1), {
    code: "CANNOT_WRITE",
    message: /permission from a click/,
  });
  assert.match(unwritableHandle(new DOMException("", "OddError"), "a").message, /a: it cannot be written \(OddError\)/);
});
