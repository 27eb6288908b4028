import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createInlineHasher, startHashWorker } from "../../../ts-wrapper/io/hasher.ts";
import { NodeFileSink, syncFolder, unwritable } from "../../../ts-wrapper/io/node-file-sink.ts";
import { withFolder } from "../../support/temp-folder.ts";

const bytes = Uint8Array.from({ length: 50_000 }, (_, i) => (i * 7) >> 3);

test("a file has its name after commit and not before; pieces may come in any order, also from wasm memory", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.bin");
    const sink = await NodeFileSink.open(path, "a.bin", bytes.length);
    assert.deepEqual(await readdir(folder), ["a.bin.partial"]);
    assert.equal((await readFile(`${path}.partial`)).length, bytes.length);
    for (const [shared, at] of [
      [true, 30_000],
      [false, 0],
    ] as const) {
      const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 2, shared });
      const piece = new Uint8Array(buffer, 64, at === 0 ? 30_000 : 20_000);
      piece.set(bytes.subarray(at, at + piece.length));
      await sink.write(at, piece);
    }
    assert.equal(existsSync(path), false);
    await sink.commit();
    assert.deepEqual(await readdir(folder), ["a.bin"]);
    assert.deepEqual(new Uint8Array(await readFile(path)), bytes);
    await sink.abort();
    assert.equal(existsSync(path), true);
    await assert.rejects(sink.write(0, bytes), { code: "BROKEN" });
    await assert.rejects(sink.commit(), { code: "BROKEN" });
  }));

test("abort leaves nothing, also twice, and an older file of the name stays as it was", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.bin");
    await writeFile(path, "old");
    const sink = await NodeFileSink.open(path, "a.bin", bytes.length);
    await sink.write(0, bytes);
    await sink.abort();
    await sink.abort();
    assert.deepEqual(await readdir(folder), ["a.bin"]);
    assert.equal(await readFile(path, "utf8"), "old");
  }));

test("a file that is not written to its end, or beyond it, is not committed", () =>
  withFolder(async (folder) => {
    const sink = await NodeFileSink.open(join(folder, "a.bin"), "a.bin", 10);
    await assert.rejects(sink.write(8, bytes.subarray(0, 3)), {
      code: "BROKEN",
      message: /bytes 8 to 11 written, the file was started with 10/,
    });
    await assert.rejects(sink.write(-1, bytes.subarray(0, 3)), { code: "BROKEN" });
    await sink.write(0, bytes.subarray(0, 9));
    await assert.rejects(sink.commit(), {
      code: "BROKEN",
      message: /a\.bin: 9 bytes were written, the file was started with 10/,
    });
    await sink.abort();
    assert.deepEqual(await readdir(folder), []);
  }));

test("what was written is read back before the file has its name, and only once it is whole", () =>
  withFolder(async (folder) => {
    const sink = await NodeFileSink.open(join(folder, "a.bin"), "a.bin", bytes.length);
    await sink.write(0, bytes.subarray(0, 9));
    await assert.rejects(sink.readBack(), { code: "BROKEN", message: /9 bytes were written/ });
    await sink.write(9, bytes.subarray(9));
    const source = await sink.readBack();
    assert.deepEqual(await source.read(0, bytes.length), bytes);
    await source.close?.();
    assert.deepEqual(await readdir(folder), ["a.bin.partial"]);
    await sink.commit();
    assert.deepEqual(new Uint8Array(await readFile(join(folder, "a.bin"))), bytes);
  }));

test("the hashing writer writes in order, checks, and hashes; a hasher of the caller's thread has none", () =>
  withFolder(async (folder) => {
    const worker = await startHashWorker();
    try {
      const sink = await NodeFileSink.open(join(folder, "a.bin"), "a.bin", bytes.length);
      const hash = worker.createHasher();
      const writer = sink.hashing(hash, true)!;
      await writer.write(0, bytes.subarray(0, 20_000));
      assert.throws(() => writer.write(30_000, bytes.subarray(30_000)), {
        code: "BROKEN",
        message: /at 30000 and not in order, at 20000/,
      });
      await writer.write(20_000, bytes.subarray(20_000));
      const whole = createInlineHasher();
      await whole.update(bytes);
      assert.equal(await hash.digest(), await whole.digest());
      await sink.commit();
      assert.deepEqual(new Uint8Array(await readFile(join(folder, "a.bin"))), bytes);
      const other = await NodeFileSink.open(join(folder, "b.bin"), "b.bin", 1);
      assert.equal(other.hashing(createInlineHasher(), true), undefined);
      await other.abort();
    } finally {
      worker.close();
    }
  }));

test("a disk that changes what the hashing writer wrote is VERIFY, one that is full NO_SPACE, and the file is named", () =>
  withFolder(async (folder) => {
    for (const [code, want] of [
      ["VERIFY", "VERIFY"],
      ["ENOSPC", "NO_SPACE"],
      ["EIO", "CANNOT_WRITE"],
    ] as const) {
      const sink = await NodeFileSink.open(join(folder, "a.bin"), "a.bin", bytes.length);
      const write = async (): Promise<never> => {
        throw Object.assign(new Error("bytes 0 to 9 read back are not what was written"), { code });
      };
      const writer = sink.hashing({ ...createInlineHasher(), write }, true)!;
      await assert.rejects(writer.write(0, bytes), { code: want, file: "a.bin" });
      await sink.abort();
    }
    assert.deepEqual(await readdir(folder), []);
  }));

test("a partial file of a crash is replaced; a link in its place is replaced, not followed", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.bin");
    await writeFile(join(folder, "victim"), "precious");
    for (const put of [() => writeFile(`${path}.partial`, "x".repeat(100)), () => symlink("victim", `${path}.partial`)]) {
      await put();
      const sink = await NodeFileSink.open(path, "a.bin", 3);
      await sink.write(0, bytes.subarray(0, 3));
      await sink.commit();
      assert.equal((await readFile(path)).length, 3);
      assert.equal(await readFile(join(folder, "victim"), "utf8"), "precious");
    }
    await symlink("victim", join(folder, "b.bin"));
    const sink = await NodeFileSink.open(join(folder, "b.bin"), "b.bin", 0);
    await sink.commit();
    assert.equal(await readFile(join(folder, "victim"), "utf8"), "precious");
  }));

test("a folder in the way is CANNOT_WRITE, before writing or at the rename, and leaves no partial file after abort", () =>
  withFolder(async (folder) => {
    await mkdir(join(folder, "a.bin.partial"));
    await assert.rejects(NodeFileSink.open(join(folder, "a.bin"), "a.bin", 1), { code: "CANNOT_WRITE", file: "a.bin" });
    await mkdir(join(folder, "b.bin"));
    const sink = await NodeFileSink.open(join(folder, "b.bin"), "b.bin", 0);
    await assert.rejects(sink.commit(), { code: "CANNOT_WRITE", file: "b.bin" });
    await sink.abort();
    assert.deepEqual((await readdir(folder)).sort(), ["a.bin.partial", "b.bin"]);
    await assert.rejects(NodeFileSink.open(join(folder, "none", "a.bin"), "a.bin", 1), { code: "CANNOT_WRITE" });
  }));

test("system errors have codes of ours: full is NO_SPACE, refused is CANNOT_WRITE, unknown ones are named", () => {
  const of = (code: string): { code: string; message: string } => unwritable(Object.assign(new Error("x"), { code }), "f");
  for (const code of ["ENOSPC", "EDQUOT", "EFBIG"]) assert.equal(of(code).code, "NO_SPACE", code);
  for (const code of ["EROFS", "EACCES", "EPERM", "ENOTDIR", "EEXIST", "EISDIR", "ELOOP", "ENAMETOOLONG", "EIO"])
    assert.equal(of(code).code, "CANNOT_WRITE", code);
  assert.equal(of("EIO").message, "f: it cannot be written (EIO)");
  assert.match(of("EROFS").message, /read-only; choose another place/);
});

test("a folder that is not there cannot be synced", () =>
  withFolder((folder) => assert.rejects(syncFolder(join(folder, "none")), { code: "ENOENT" })));
