import assert from "node:assert/strict";
import { mkdir, readdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { openModel } from "../../../ts-wrapper/io/open-model.ts";
import { safetensorsFile } from "../../support/safetensors-file.ts";
import { withFolder } from "../../support/temp-folder.ts";

const weights = safetensorsFile([{ name: "a", shape: [50_000] }]);

test("a folder on disk, a file in it and a download cache of links open alike; a lone file brings only well-known files along", () =>
  withFolder(async (top) => {
    const folder = join(top, "model");
    await mkdir(join(folder, "sub"), { recursive: true });
    await writeFile(join(folder, "model.safetensors"), weights);
    await writeFile(join(folder, "config.json"), "{}");
    await writeFile(join(folder, "holiday.txt"), "x");
    const model = await openModel(folder);
    assert.equal(model.name, folder);
    assert.equal(model.location, folder);
    assert.deepEqual(
      model.sideFiles.map((f) => f.name),
      ["config.json", "holiday.txt"],
    );
    assert.deepEqual(model.leftOut, [{ name: "sub/", why: "a subfolder" }]);
    await model.close();
    const single = await openModel(join(folder, "model.safetensors"));
    assert.deepEqual(
      single.sideFiles.map((f) => f.name),
      ["config.json"],
    );
    assert.equal(single.location, folder);
    await single.close();
    const cache = join(top, "cache");
    await mkdir(cache);
    for (const name of ["model.safetensors", "config.json"]) await symlink(join(folder, name), join(cache, name));
    const cached = await openModel(cache);
    assert.deepEqual(await cached.shards[0]!.source.read(0, 8), weights.slice(0, 8));
    await cached.close();
  }));

test("a model that is refused leaves no descriptor open", async () => {
  if (process.platform !== "linux") return;
  await withFolder(async (folder) => {
    await writeFile(join(folder, "model.safetensors"), weights);
    await writeFile(join(folder, "config.json"), "[]");
    await assert.rejects(openModel(folder), { code: "FORMAT" });
    const links = await Promise.all(
      (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
    );
    assert.deepEqual(
      links.filter((l) => l.startsWith(folder)),
      [],
    );
  });
});

test("from a real server whose connections break, every byte arrives", () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, "model.safetensors"), weights);
    let requests = 0;
    const server = createServer(async (request, response) => {
      requests++;
      const bytes = await readFile(join(folder, request.url!)).catch(() => undefined);
      const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
      if (!bytes || !range) return response.writeHead(404).end();
      const [first, last] = [Number(range[1]), Math.min(Number(range[2]), bytes.length - 1)];
      response.writeHead(206, {
        etag: '"1"',
        "content-range": `bytes ${first}-${last}/${bytes.length}`,
        "content-length": last - first + 1,
      });
      if (requests % 3 !== 2) return response.end(bytes.subarray(first, last + 1));
      response.write(bytes.subarray(first, first + Math.ceil((last - first) / 3)), () =>
        setTimeout(() => response.destroy(), 20),
      );
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.safetensors`;
      const model = await openModel(url, { backoff: 1 });
      const { source } = model.shards[0]!;
      for (let at = 0; at < weights.length; at += 30_000) {
        const n = Math.min(30_000, weights.length - at);
        assert.deepEqual(await source.read(at, n), weights.slice(at, at + n));
      }
      await model.close();
    } finally {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  }));
