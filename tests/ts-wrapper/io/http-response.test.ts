import assert from "node:assert/strict";
import { test } from "node:test";
import { contentRange, notFetched, pin, readBody } from "../../../ts-wrapper/io/http-response.ts";

const response = (headers: Record<string, string>, body: BodyInit | null = null, status = 200): Response =>
  new Response(body, { status, headers });

test("Content-Range is read in its three forms, and nothing that only looks like one", () => {
  const range = (text: string): unknown => contentRange(response({ "content-range": text }));
  assert.deepEqual(range("bytes 0-99/1234"), { begin: 0, total: 1234 });
  assert.deepEqual(range("bytes 5-9/*"), { begin: 5, total: undefined });
  assert.deepEqual(range("bytes */77"), { begin: undefined, total: 77 });
  for (const bad of [
    "bytes 0-99",
    "bytes -1-2/3",
    "items 0-1/2",
    "bytes 0-1/2,3",
    "bytes 0x1-2/3",
    "bytes 0-1/9999999999999999",
  ]) {
    assert.equal(range(bad), undefined, bad);
  }
  assert.equal(contentRange(response({})), undefined);
});

test("a strong ETag is what If-Range carries, a date where there is no ETag, nothing where the ETag is weak", () => {
  assert.equal(pin(response({ etag: '"a"', "last-modified": "Mon" }), 1).ifRange, '"a"');
  assert.equal(pin(response({ "last-modified": "Mon" }), 1).ifRange, "Mon");
  assert.equal(pin(response({ etag: 'W/"a"', "last-modified": "Mon" }), 1).ifRange, undefined);
  assert.equal(pin(response({}), 1).ifRange, undefined);
});

test("a body fills the room; more than the room is refused, and so is a compressed one", async () => {
  const into = new Uint8Array(4);
  const arrived: number[] = [];
  assert.equal(await readBody(response({}, "abc"), into, "f", (n) => arrived.push(n)), 3);
  assert.deepEqual([...into], [97, 98, 99, 0]);
  assert.deepEqual(arrived, [3]);
  assert.equal(await readBody(response({}), into, "f"), 0);
  await assert.rejects(readBody(response({}, "abcde"), into, "f"), { code: "NETWORK", message: /more than the 4 bytes/ });
  await assert.rejects(readBody(response({ "content-encoding": "gzip" }, "a"), into, "f"), {
    code: "NETWORK",
    message: /compressed \(gzip\)/,
  });
  assert.equal(await readBody(response({ "content-encoding": "identity" }, "a"), into, "f"), 1);
});

test("404 and 410 are NOT_FOUND, 401 and 403 name the way in, others are NETWORK", () => {
  for (const status of [404, 410]) assert.equal(notFetched("f", response({}, null, status)).code, "NOT_FOUND");
  for (const status of [401, 403]) {
    const error = notFetched("f", response({}, null, status));
    assert.equal(error.code, "NETWORK");
    assert.match(error.message, /Authorization/);
  }
  assert.match(notFetched("f", response({}, null, 418)).message, /f: the server answered 418, 206/);
});
