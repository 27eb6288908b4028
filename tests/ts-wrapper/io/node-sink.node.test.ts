import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { FolderSink } from "../../../ts-wrapper/io/byte-sink.ts";
import { openNodeFolder } from "../../../ts-wrapper/io/node-sink.ts";
import { withFolder } from "../../support/temp-folder.ts";

async function put(sink: FolderSink, file: string, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  const target = await sink.create(file, bytes.length);
  await target.write(0, bytes);
  await target.commit();
}

async function get(sink: FolderSink, file: string): Promise<string | undefined> {
  const source = await sink.open(file);
  const bytes = source && (await source.read(0, source.byteLength));
  await source?.close?.();
  return bytes && new TextDecoder().decode(bytes);
}

test("nothing is made before the first file; then files are written, listed, read back and removed", () =>
  withFolder(async (folder) => {
    const sink = await openNodeFolder(join(folder, "x", "out"));
    assert.deepEqual(await sink.list(), []);
    assert.equal(await sink.open("a"), undefined);
    await sink.remove("a");
    assert.equal(existsSync(join(folder, "x")), false);
    await put(sink, "b", "bee");
    await put(sink, "a", "");
    const open = await sink.create("c", 3);
    assert.deepEqual(await sink.list(), ["a", "b", "c.partial"]);
    await open.abort();
    assert.equal(await get(sink, "b"), "bee");
    assert.equal(await get(sink, "a"), "");
    await put(sink, "b", "new");
    assert.equal(await get(sink, "b"), "new");
    await sink.remove("b");
    await sink.remove("b");
    assert.deepEqual(await sink.list(), ["a"]);
  }));

test("removeIfEmpty takes away exactly what the sink made: a new folder with its new parents, never one that was there or is full", () =>
  withFolder(async (folder) => {
    const out = join(folder, "x", "y", "out");
    const sink = await openNodeFolder(out);
    await put(sink, "a", "1");
    await sink.removeIfEmpty();
    assert.equal(await get(sink, "a"), "1");
    const again = await openNodeFolder(join(folder, "z", "out"));
    await (await again.create("a", 1)).abort();
    await again.removeIfEmpty();
    await again.removeIfEmpty();
    assert.deepEqual(await readdir(folder), ["x"]);
    await mkdir(join(folder, "there"));
    const old = await openNodeFolder(join(folder, "there"));
    await (await old.create("a", 1)).abort();
    await old.removeIfEmpty();
    assert.deepEqual((await readdir(folder)).sort(), ["there", "x"]);
  }));

test("lines are appended whole; after one that a crash has cut, the next starts on its own", () =>
  withFolder(async (folder) => {
    const sink = await openNodeFolder(join(folder, "out"));
    await sink.append("journal", "one");
    await sink.append("journal", "two é");
    assert.equal(await get(sink, "journal"), "one\ntwo é\n");
    await appendFile(join(folder, "out", "journal"), "cut of");
    await sink.append("journal", "three");
    assert.equal(await get(sink, "journal"), "one\ntwo é\ncut of\nthree\n");
  }));

test("a journal that is a link is not followed", () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, "victim"), "precious");
    await symlink("victim", join(folder, "journal"));
    const sink = await openNodeFolder(folder);
    await assert.rejects(sink.append("journal", "x"), { code: "CANNOT_WRITE", message: /symbolic link in place of the file/ });
    assert.equal(await readFile(join(folder, "victim"), "utf8"), "precious");
    await sink.remove("journal");
    assert.equal(await readFile(join(folder, "victim"), "utf8"), "precious");
  }));

test("names are plain: nothing is written, read, listed or removed outside the folder", () =>
  withFolder(async (folder) => {
    const sink = await openNodeFolder(join(folder, "out"));
    for (const bad of ["../x", "a/b", "..", "", "/etc/x", "a\\b"]) {
      await assert.rejects(sink.create(bad, 1), { code: "USAGE" }, bad);
      await assert.rejects(sink.open(bad), { code: "USAGE" }, bad);
      await assert.rejects(sink.append(bad, "x"), { code: "USAGE" }, bad);
      await assert.rejects(sink.remove(bad), { code: "USAGE" }, bad);
    }
    assert.deepEqual(await readdir(folder), []);
  }));

test("the location is the real path, through links, also of what is not there yet", () =>
  withFolder(async (folder) => {
    await mkdir(join(folder, "real"));
    await symlink("real", join(folder, "link"));
    assert.equal((await openNodeFolder(join(folder, "link"))).location, join(folder, "real"));
    assert.equal((await openNodeFolder(join(folder, "link", "a", "..", "b", "c"))).location, join(folder, "real", "b", "c"));
    assert.equal((await openNodeFolder("ts-wrapper/io")).location, await realpath("ts-wrapper/io"));
    const sink = await openNodeFolder(join(folder, "link", "out"));
    await rm(join(folder, "link"));
    await symlink(folder, join(folder, "link"));
    await put(sink, "a", "1");
    assert.equal(existsSync(join(folder, "real", "out", "a")), true);
  }));

test("a file in place of the folder, and a folder that cannot be made, are CANNOT_WRITE", () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, "file"), "x");
    const onFile = await openNodeFolder(join(folder, "file"));
    await assert.rejects(onFile.create("a", 1), {
      code: "CANNOT_WRITE",
      file: join(folder, "file"),
      message: /choose another place/,
    });
    await assert.rejects(onFile.list(), { code: "CANNOT_WRITE" });
    await assert.rejects(openNodeFolder(join(folder, "file", "out")), {
      code: "CANNOT_WRITE",
      message: /a part of the path is a file/,
    });
    if (process.platform !== "linux") return;
    const sink = await openNodeFolder("/proc/lowrank-cannot-be-made");
    await assert.rejects(sink.create("a", 1), { code: "CANNOT_WRITE" });
    await assert.rejects(sink.append("a", "1"), { code: "CANNOT_WRITE" });
  }));

test("a file that does not fit is NO_SPACE before a byte is written, with both sizes", () =>
  withFolder(async (folder) => {
    const sink = await openNodeFolder(folder);
    const free = await sink.freeBytes();
    assert.ok(free !== undefined && free > 0);
    await assert.rejects(sink.create("a", 2 ** 50), {
      code: "NO_SPACE",
      file: "a",
      message: /bytes are free, a takes 1125899906842624/,
    });
    assert.deepEqual(await readdir(folder), []);
  }));

test("free bytes are known before the folder is there", () =>
  withFolder(async (folder) => {
    const sink = await openNodeFolder(join(folder, "a", "b", "c"));
    assert.ok(((await sink.freeBytes()) ?? 0) > 0);
  }));

test("a disk that fills while writing is NO_SPACE, with the system's error as cause", async (t) => {
  if (!existsSync("/dev/full")) return t.skip("there is no /dev/full here");
  const { open } = process.getBuiltinModule("node:fs");
  const { writeAll } = await import("../../../ts-wrapper/io/node-file-sink.ts");
  const fd = await new Promise<number>((done, fail) => open("/dev/full", "w", (e, n) => (e ? fail(e) : done(n))));
  await assert.rejects(writeAll(fd, new Uint8Array(10), 0, "a"), (error: { code: string; cause: { code: string } }) => {
    assert.equal(error.code, "NO_SPACE");
    assert.equal(error.cause.code, "ENOSPC");
    return true;
  });
  process.getBuiltinModule("node:fs").closeSync(fd);
});
