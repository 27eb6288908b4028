import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startWorkerHashes } from "../../../ts-wrapper/io/hash-offload.ts";
import type { AsyncHasher, HashWorker } from "../../../ts-wrapper/io/hasher.ts";
import { createSha256 } from "../../../ts-wrapper/io/sha256.ts";
import { withFolder } from "../../support/temp-folder.ts";

const plain = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31) >> 3);
const shared = new Uint8Array(new SharedArrayBuffer(plain.length));
shared.set(plain);
const want = (() => {
  const h = createSha256();
  h.update(plain);
  return h.digest();
})();

async function withWorker(work: (worker: HashWorker) => Promise<void>): Promise<void> {
  const worker = (await startWorkerHashes())!;
  try {
    await work(worker);
  } finally {
    worker.close();
  }
}

/** Cuts unevenly, and waits for nothing until the end. */
async function hashAll(h: AsyncHasher, parts: (at: number, end: number) => Uint8Array): Promise<string> {
  const updates: Promise<void>[] = [];
  for (let at = 0, n = 1; at < plain.length; at += n, n = n * 3 + 1)
    updates.push(h.update(parts(at, Math.min(plain.length, at + n))));
  const digest = h.digest();
  await Promise.all(updates);
  return digest;
}

test("shared, plain and mixed bytes hash to the same in the order of the calls, none of them awaited", async () => {
  await withWorker(async (worker) => {
    let turn = 0;
    assert.equal(await hashAll(worker.createHasher(), (a, b) => shared.subarray(a, b)), want);
    assert.equal(await hashAll(worker.createHasher(), (a, b) => plain.subarray(a, b)), want);
    assert.equal(await hashAll(worker.createHasher(), (a, b) => (turn++ % 2 ? shared : plain).subarray(a, b)), want);
  });
});

test("plain bytes may be overwritten as soon as update has resolved", async () => {
  await withWorker(async (worker) => {
    const h = worker.createHasher();
    const buffer = new Uint8Array(100_000);
    for (let at = 0; at < plain.length; at += buffer.length) {
      const part = plain.subarray(at, at + buffer.length);
      buffer.set(part);
      await h.update(buffer.subarray(0, part.length));
      buffer.fill(0xee);
    }
    assert.equal(await h.digest(), want);
  });
});

test("several hashers share one worker without mixing, and one that is closed half-way disturbs nobody", async () => {
  await withWorker(async (worker) => {
    const [a, b, given] = [worker.createHasher(), worker.createHasher(), worker.createHasher()];
    for (let at = 0; at < plain.length; at += 500_000) {
      void a.update(shared.subarray(at, at + 500_000));
      void given.update(plain.subarray(at, at + 500_000));
      void b.update(plain.subarray(at, at + 500_000));
    }
    given.close();
    assert.deepEqual(await Promise.all([a.digest(), b.digest()]), [want, want]);
  });
});

test("what is hashed can be written as well, shared or plain, in order; several files at a time; the hash is that of the file", () =>
  withFolder((folder) =>
    withWorker(async (worker) => {
      const files = await Promise.all(
        [true, false].map(async (check, i) => {
          const path = join(folder, `${i}.bin`);
          await writeFile(path, new Uint8Array(plain.length));
          const h = worker.createHasher();
          let turn = i;
          const writes: Promise<void>[] = [];
          for (let at = 0, n = 1; at < plain.length; at += n, n = n * 3 + 1)
            writes.push(h.write!({ path, check }, (turn++ % 2 ? shared : plain).subarray(at, at + n)));
          await Promise.all(writes);
          return { path, hash: await h.digest() };
        }),
      );
      for (const { path, hash } of files) {
        assert.equal(hash, want);
        assert.deepEqual(new Uint8Array(await readFile(path)), plain);
      }
    }),
  ));

const devices = {
  skip: existsSync("/dev/zero") && existsSync("/dev/full") ? false : "the system has no /dev/zero and /dev/full",
};

test(
  "a file that reads back as something else is refused when it is checked; a full one says so; the worker goes on",
  devices,
  () =>
    withWorker(async (worker) => {
      const one = (path: string, check: boolean, bytes: Uint8Array): Promise<void> =>
        worker.createHasher().write!({ path, check }, bytes);
      for (const bytes of [shared, plain]) {
        await assert.rejects(one("/dev/zero", true, bytes), {
          code: "VERIFY",
          message: /^bytes 0 to 131072 read back are not what/,
        });
        await assert.rejects(one("/dev/null", true, bytes), { code: "VERIFY" }); // reads nothing
        await one("/dev/zero", false, bytes);
        await assert.rejects(one("/dev/full", false, bytes), { code: "ENOSPC" });
      }
      await one("/dev/zero", true, new Uint8Array(300_000));
      await assert.rejects(one("/no/such/file", true, plain), { code: "ENOENT" });
      const h = worker.createHasher();
      void h.update(plain);
      assert.equal(await h.digest(), want);
    }),
);

test("a link in place of the file is not followed", () =>
  withFolder((folder) =>
    withWorker(async (worker) => {
      await writeFile(join(folder, "victim"), "precious");
      await symlink("victim", join(folder, "a.bin"));
      await assert.rejects(worker.createHasher().write!({ path: join(folder, "a.bin"), check: false }, plain), { code: "ELOOP" });
      assert.equal(await readFile(join(folder, "victim"), "utf8"), "precious");
    }),
  ));

test("after close, what waits and what comes is rejected", async () => {
  const worker = (await startWorkerHashes())!;
  const h = worker.createHasher();
  const waiting = h.digest();
  worker.close();
  worker.close();
  await assert.rejects(waiting, { code: "BROKEN", message: /hash worker/ });
  await assert.rejects(worker.createHasher().update(plain), { code: "BROKEN" });
});

test("a process that has hashed ends by itself, and one that waits for a hash does not end before it has it", async () => {
  const module = new URL("../../../ts-wrapper/io/hash-offload.ts", import.meta.url).href;
  const script = `
    const { startWorkerHashes } = await import(${JSON.stringify(module)});
    const worker = await startWorkerHashes();
    const h = worker.createHasher();
    await h.update(new Uint8Array(5_000_000));
    console.log(await h.digest());`;
  const folder = await mkdtemp(join(tmpdir(), "lowrank-"));
  const file = join(folder, "child.mjs");
  await writeFile(file, script);
  const { Deno, Bun } = globalThis as { Deno?: unknown; Bun?: unknown };
  const args = Deno ? ["run", "-A", "--no-check", file] : Bun ? [file] : ["--import", "tsx", file];
  const child = spawn(process.execPath, args, { cwd: fileURLToPath(new URL("../../../", import.meta.url)), timeout: 30_000 });
  let out = "";
  let err = "";
  child.stdout.on("data", (d) => (out += d));
  child.stderr.on("data", (d) => (err += d));
  const code = await new Promise((done) => child.on("close", done));
  await rm(folder, { recursive: true });
  assert.equal(code, 0, err);
  assert.match(out, /^[0-9a-f]{64}\n$/);
});
