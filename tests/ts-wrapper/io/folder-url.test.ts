import assert from "node:assert/strict";
import { test } from "node:test";
import { openUrlFolder } from "../../../ts-wrapper/io/folder-url.ts";
import { fakeServer } from "../../support/fake-server.ts";

const bytes = Uint8Array.from({ length: 10 }, (_, i) => i);
const open = (text: string, server = fakeServer({})): ReturnType<typeof openUrlFolder> =>
  openUrlFolder(new URL(text), text, { fetch: server.fetch, backoff: 1 });

test("a URL that ends in a file name is that file in its folder, every other is a folder", async () => {
  for (const [text, location, picked] of [
    ["http://m.test/a/model.safetensors", "http://m.test/a/", "model.safetensors"],
    ["http://m.test/a/model.safetensors?download=true#x", "http://m.test/a/?download=true", "model.safetensors"],
    ["http://m.test/a/model.safetensors.index.json", "http://m.test/a/", "model.safetensors.index.json"],
    ["http://m.test/a/resolve/main", "http://m.test/a/resolve/main/", undefined],
    ["http://m.test/a/Llama-3.2/", "http://m.test/a/Llama-3.2/", undefined],
    ["http://m.test/a/Llama-3.2", "http://m.test/a/Llama-3.2/", undefined],
    ["http://m.test", "http://m.test/", undefined],
  ] as const) {
    const folder = await open(text);
    assert.equal(folder.location, location, text);
    assert.equal(folder.picked, picked, text);
    assert.equal(folder.name, text);
    assert.equal(await folder.list(), undefined);
  }
});

test("files are asked for below the folder, with the query; 404 is not there, other answers are errors", async () => {
  const server = fakeServer({ "/a/x y.json": bytes });
  const folder = await open("http://m.test/a?token=1", server);
  assert.deepEqual(await (await folder.open("x y.json"))!.read(0, 10), bytes);
  assert.equal(await folder.open("none.json"), undefined);
  server.faults.push({ status: 403 });
  await assert.rejects(folder.open("x y.json"), { code: "NETWORK" });
  await assert.rejects(folder.open("../secret"), { code: "FORMAT" });
  assert.deepEqual(
    server.seen.map((r) => r.path),
    ["/a/x y.json", "/a/none.json", "/a/x y.json"],
  );
  await folder.close();
  await assert.rejects(open("ftp://m.test/a"), { code: "USAGE" });
});
