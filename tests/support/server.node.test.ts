import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { serve } from "./server.ts";

const path = "/examples/kjv-llama/base/config.json";
const bytes = await readFile(new URL(`../..${path}`, import.meta.url));

async function get(headers: Record<string, string>, where = path, method = "GET"): Promise<{ response: Response; body: Buffer }> {
  const server = await serve();
  try {
    const response = await fetch(server.origin + where, { method, headers });
    return { response, body: Buffer.from(await response.arrayBuffer()) };
  } finally {
    await server.close();
  }
}

test("a whole file comes with its length, type and the headers of isolation", async () => {
  const { response, body } = await get({});
  assert.equal(response.status, 200);
  assert.deepEqual(body, bytes);
  assert.equal(response.headers.get("content-length"), String(bytes.length));
  assert.equal(response.headers.get("cross-origin-opener-policy"), "same-origin");
  assert.equal(response.headers.get("cross-origin-embedder-policy"), "require-corp");
  assert.match(response.headers.get("content-security-policy") ?? "", /^script-src 'self' 'wasm-unsafe-eval'/);
});

for (const [range, first, last] of [
  ["bytes=0-0", 0, 0],
  ["bytes=5-9", 5, 9],
  [`bytes=${bytes.length - 4}-`, bytes.length - 4, bytes.length - 1],
  ["bytes=-7", bytes.length - 7, bytes.length - 1],
  ["bytes=3-999999", 3, bytes.length - 1],
] as const) {
  test(`Range: ${range} gives bytes ${first} to ${last} and says so`, async () => {
    const { response, body } = await get({ range });
    assert.equal(response.status, 206);
    assert.equal(response.headers.get("content-range"), `bytes ${first}-${last}/${bytes.length}`);
    assert.deepEqual(body, bytes.subarray(first, last + 1));
  });
}

test("a range behind the end is refused with the size", async () => {
  const { response } = await get({ range: `bytes=${bytes.length}-` });
  assert.equal(response.status, 416);
  assert.equal(response.headers.get("content-range"), `bytes */${bytes.length}`);
});

test("If-Range gives the part while the ETag holds, else the whole", async () => {
  const etag = (await get({})).response.headers.get("etag") ?? "";
  const range = "bytes=0-3";
  assert.equal((await get({ range, "if-range": etag })).response.status, 206);
  const { response, body } = await get({ range, "if-range": '"another"' });
  assert.equal(response.status, 200);
  assert.deepEqual(body, bytes);
});

test("HEAD gives the length and no body", async () => {
  const { response, body } = await get({}, path, "HEAD");
  assert.equal(response.headers.get("content-length"), String(bytes.length));
  assert.equal(body.length, 0);
});

for (const where of [
  "/package.json",
  "/examples/../package.json",
  "/examples/%2e%2e/package.json",
  "/examples/kjv-llama/none.json",
]) {
  test(`${where} is not served`, async () => assert.equal((await get({}, where)).response.status, 404));
}

test("a body posted to /post/<name> is handed on, and answered when it was dealt with; without a taker there is no such place", async () => {
  const taken: string[] = [];
  const server = await serve({
    post: async (name, body) => {
      await new Promise((done) => setTimeout(done, 10));
      taken.push(name, body);
    },
  });
  try {
    const response = await fetch(`${server.origin}/post/mail`, { method: "POST", body: "[1,2]" });
    assert.equal(response.status, 204);
    assert.deepEqual(taken, ["mail", "[1,2]"]);
  } finally {
    await server.close();
  }
  assert.equal((await get({}, "/post/mail", "POST")).response.status, 404);
});
