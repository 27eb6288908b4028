import assert from "node:assert/strict";
import { test } from "node:test";
import { openUrl } from "../../../ts-wrapper/io/http-source.ts";
import { type FakeServer, fakeServer } from "../../support/fake-server.ts";

const url = new URL("http://models.test/f");
const large = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) >> 3);
const open = (server: FakeServer, options = {}): ReturnType<typeof openUrl> =>
  openUrl(url, "f", { fetch: server.fetch, backoff: 1, ...options });
const inPage = typeof process === "undefined";

test("the first request brings length and the first 64 KiB; reads inside them ask for nothing more", async () => {
  const server = fakeServer({ "/f": large });
  const source = await open(server);
  assert.equal(source.byteLength, large.length);
  assert.equal(source.version, '"v1"');
  assert.deepEqual(await source.read(0, 8), large.slice(0, 8));
  assert.deepEqual(await source.read(60_000, 5536), large.slice(60_000, 65_536));
  assert.deepEqual(
    server.seen.map((r) => r.range),
    ["bytes=0-65535"],
  );
});

test("a read beyond them asks for exactly what is missing, pinned to the version that was opened", async () => {
  const server = fakeServer({ "/f": large });
  const source = await open(server);
  assert.deepEqual(await source.read(65_000, 1000), large.slice(65_000, 66_000));
  const into = new Uint8Array(10);
  await source.readInto!(199_990, into);
  assert.deepEqual(into, large.slice(199_990));
  assert.deepEqual(
    server.seen.map((r) => r.range),
    ["bytes=0-65535", "bytes=65536-65999", "bytes=199990-199999"],
  );
  // A page asks other origins without If-Range, which would need their leave; there the answers are compared alone.
  assert.deepEqual(
    server.seen.map((r) => r.ifRange),
    inPage ? [undefined, undefined, undefined] : [undefined, '"v1"', '"v1"'],
  );
  await assert.rejects(source.read(199_999, 2), { code: "FORMAT", message: /the file has 200000/ });
});

test("a broken connection is taken up at the byte where it broke", async () => {
  const server = fakeServer({ "/f": large });
  const source = await open(server);
  server.faults.push({ cutAfter: 3000 }, { offline: true }, { status: 503 }, { cutAfter: 1000 }, undefined);
  assert.deepEqual(await source.read(100_000, 50_000), large.slice(100_000, 150_000));
  assert.deepEqual(
    server.seen.slice(1).map((r) => r.range),
    ["bytes=100000-149999", "bytes=103000-149999", "bytes=103000-149999", "bytes=103000-149999", "bytes=104000-149999"],
  );
});

test("an answer that ends early without an error is taken up as well", async () => {
  const server = fakeServer({ "/f": large });
  const source = await open(server);
  server.faults.push({ extra: -400 });
  assert.deepEqual(await source.read(100_000, 1000), large.slice(100_000, 101_000));
  assert.equal(server.seen.length, 3);
});

test("a first answer that breaks is asked for again", async () => {
  const server = fakeServer({ "/f": large });
  server.faults.push({ offline: true }, { status: 502 }, { cutAfter: 100 });
  const source = await open(server);
  assert.deepEqual(await source.read(0, 65_536), large.slice(0, 65_536));
});

test("a connection that stays broken is NETWORK after 1 + retries attempts", async () => {
  const server = fakeServer({ "/f": large });
  const source = await open(server, { retries: 2 });
  server.faults.push({ offline: true }, { offline: true }, { offline: true });
  await assert.rejects(source.read(100_000, 1), { code: "NETWORK", file: "f", message: /fetch failed; tried 3 times/ });
  assert.equal(server.seen.length, 4);
});

test("a stalled connection is broken off and taken up", async () => {
  const server = fakeServer({ "/f": large });
  const source = await open(server, { stall: 30 });
  server.faults.push({ stall: true });
  assert.deepEqual(await source.read(100_000, 100), large.slice(100_000, 100_100));
});

test("a file that changes while it is read is NETWORK, by ETag, date, length or status", async () => {
  for (const change of [
    (s: FakeServer) => (s.ranges.etag = '"v2"'),
    (s: FakeServer) => s.files.set("/f", large.slice(0, 150_000)),
    (s: FakeServer) => (s.ranges.on = false),
  ]) {
    const server = fakeServer({ "/f": large });
    const source = await open(server);
    change(server);
    await assert.rejects(source.read(100_000, 10), { code: "NETWORK", file: "f", message: /chang|answered 200 to a range/ });
  }
  const server = fakeServer({ "/f": large });
  server.ranges.etag = undefined;
  server.ranges.modified = "Mon, 01 Jan 2024 00:00:00 GMT";
  const source = await open(server);
  await source.read(100_000, 10);
  server.ranges.modified = "Tue, 02 Jan 2024 00:00:00 GMT";
  await assert.rejects(source.read(100_000, 10), { code: "NETWORK", message: /changed/ });
});

test("a range from another place, or longer than asked for, is refused", async () => {
  const server = fakeServer({ "/f": large });
  const source = await open(server);
  server.faults.push({ headers: { "content-range": "bytes 0-9/200000" } });
  await assert.rejects(source.read(100_000, 10), {
    code: "NETWORK",
    message: /sent bytes from 0, bytes from 100000 were asked for/,
  });
  server.faults.push({ extra: 5 });
  await assert.rejects(source.read(100_000, 10), { code: "NETWORK", message: /more than the 10 bytes/ });
  server.faults.push({ headers: { "content-encoding": "gzip" } });
  await assert.rejects(source.read(100_000, 10), { code: "NETWORK", message: /compressed/ });
  const first = fakeServer({ "/f": large });
  first.faults.push({ headers: { "content-range": "bytes 5-9/200000" } });
  await assert.rejects(open(first), { code: "NETWORK", message: /sent bytes from 5/ });
});

test("a server without ranges gives small files whole, and large ones not at all", async () => {
  const server = fakeServer({ "/f": large });
  server.ranges.on = false;
  const source = await open(server);
  assert.deepEqual(await source.read(199_000, 1000), large.slice(199_000));
  assert.equal(server.seen.length, 1);
  server.faults.push({ headers: { "content-length": String(2 ** 40) } });
  await assert.rejects(open(server), {
    code: "NETWORK",
    message: /no range requests, and a file of 1099511627776 bytes is not read whole \(at most 67108864\)/,
  });
  server.faults.push({ headers: { "content-length": "200001" } });
  const again = await open(server); // the first answer ended a byte early
  assert.equal(again.byteLength, 200_000);
});

test("where Content-Range is hidden from a page, the length comes from HEAD; where none says it, the file is refused", async () => {
  const server = fakeServer({ "/f": large });
  server.ranges.exposed = false;
  const source = await open(server);
  assert.equal(source.byteLength, large.length);
  assert.deepEqual(
    server.seen.map((r) => r.method),
    ["GET", "HEAD"],
  );
  assert.deepEqual(await source.read(100_000, 10), large.slice(100_000, 100_010));
  server.ranges.length = false;
  await assert.rejects(open(server), { code: "NETWORK", message: /does not say how long the file is/ });
});

test("an empty file is right", async () => {
  const server = fakeServer({ "/f": new Uint8Array(0) });
  const source = await open(server);
  assert.equal(source.byteLength, 0);
  assert.equal((await source.read(0, 0)).length, 0);
});

test("404 is NOT_FOUND at once, 403 is NETWORK at once, other schemes are USAGE", async () => {
  const server = fakeServer({});
  await assert.rejects(open(server), { code: "NOT_FOUND", file: "f" });
  server.files.set("/f", large);
  server.faults.push({ status: 403 });
  await assert.rejects(open(server), { code: "NETWORK", message: /Authorization/ });
  assert.equal(server.seen.length, 2);
  for (const bad of ["ftp://x/f", "file:///f", "data:,x", "blob:x"])
    await assert.rejects(openUrl(new URL(bad)), { code: "USAGE" }, bad);
});

test("an abort ends a read with its reason", async () => {
  const server = fakeServer({ "/f": large });
  const control = new AbortController();
  const source = await open(server, { signal: control.signal });
  server.faults.push({ stall: true });
  const reading = source.read(100_000, 10);
  setTimeout(() => control.abort(new Error("stop")), 5);
  await assert.rejects(reading, { message: "stop" });
});
