import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, rename, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openPath } from "../../../ts-wrapper/io/node-source.ts";
import { withFolder } from "../../support/temp-folder.ts";

const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) >> 3);

test("a file is read by ranges, into plain memory and into wasm memory, shared or not", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.bin");
    await writeFile(path, bytes);
    const source = await openPath(path, "a.bin");
    assert.equal(source.byteLength, bytes.length);
    assert.deepEqual(await source.read(99_000, 1000), bytes.slice(99_000));
    assert.equal((await source.read(100_000, 0)).length, 0);
    for (const shared of [false, true]) {
      const { buffer } = new WebAssembly.Memory({ initial: 2, maximum: 4, shared });
      const into = new Uint8Array(buffer, 100, 50_000);
      await source.readInto!(7, into);
      assert.deepEqual(new Uint8Array(into), bytes.slice(7, 50_007));
      assert.equal(new Uint8Array(buffer)[99], 0);
      assert.equal(new Uint8Array(buffer)[50_100], 0);
    }
    const [a, b] = await Promise.all([source.read(0, 1000), source.read(50_000, 1000)]);
    assert.deepEqual([a, b], [bytes.slice(0, 1000), bytes.slice(50_000, 51_000)]);
    await source.close!();
    await assert.rejects(source.read(0, 1), { code: "BROKEN", message: /read after it was closed/ });
  }));

test("a link is followed; a missing file, a link to nowhere, a folder and a pipe are NOT_FOUND, without waiting for the pipe", () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, "a.bin"), bytes);
    await symlink("a.bin", join(folder, "link"));
    const source = await openPath(join(folder, "link"), "link");
    assert.deepEqual(await source.read(0, 10), bytes.slice(0, 10));
    await source.close!();
    await symlink("nowhere", join(folder, "dangling"));
    await symlink("circle", join(folder, "circle"));
    await mkdir(join(folder, "sub"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    for (const [name, message] of [
      ["none", /no such file/],
      ["dangling", /no such file/],
      ["circle", /in a circle/],
      ["a.bin/x", /a part of the path is a file/],
      ["sub", /it is a folder, a file was needed/],
      ["pipe", /it is no regular file, a file was needed/],
    ] as const) {
      await assert.rejects(openPath(join(folder, name), name), { code: "NOT_FOUND", file: name, message });
    }
  }));

test("a file that is cut while it is open is FORMAT: the rest is not there any more", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.bin");
    await writeFile(path, bytes);
    const source = await openPath(path, "a.bin");
    await source.read(0, 10);
    await truncate(path, 60_000);
    await assert.rejects(source.read(50_000, 20_000), {
      code: "FORMAT",
      message: /a\.bin: 10000 of 20000 bytes could be read at 50000/,
    });
    await source.close!();
  }));

test("a file that was replaced or touched between two openings is FORMAT", () =>
  withFolder(async (folder) => {
    for (const change of [
      async (path: string) => {
        await writeFile(`${path}.new`, bytes);
        await rename(`${path}.new`, path);
      },
      (path: string) => utimes(path, new Date(1000), new Date(1000)),
    ]) {
      const path = join(folder, "a.bin");
      await writeFile(path, bytes);
      const source = await openPath(path, "a.bin"); // no descriptor is held before the first read
      await change(path);
      await assert.rejects(source.read(0, 1), { code: "FORMAT", message: /changed or replaced while it was being read/ });
      await source.close!();
    }
  }));

test("200 files read side by side hold no more than 64 descriptors when they rest, and all stay readable", async () => {
  if (process.platform !== "linux") return;
  await withFolder(async (folder) => {
    const { readdir, readlink } = await import("node:fs/promises");
    const sources = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const path = join(folder, `${i}.bin`);
        await writeFile(path, bytes.subarray(i, i + 10));
        return openPath(path, `${i}.bin`);
      }),
    );
    for (let round = 0; round < 2; round++) {
      for (const [i, source] of sources.entries()) assert.deepEqual(await source.read(0, 10), bytes.slice(i, i + 10));
    }
    const links = await Promise.all(
      (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
    );
    const held = links.filter((l) => l.startsWith(folder)).length;
    assert.ok(held > 0 && held <= 64, `${held} descriptors are held`);
    await Promise.all(sources.map((s) => s.close!()));
    const after = await Promise.all(
      (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
    );
    assert.equal(after.filter((l) => l.startsWith(folder)).length, 0);
  });
});

test("the version of a source changes with its file", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.bin");
    await writeFile(path, bytes);
    const before = (await openPath(path)).version;
    assert.equal((await openPath(path)).version, before);
    await utimes(path, new Date(1000), new Date(1000));
    assert.notEqual((await openPath(path)).version, before);
  }));
