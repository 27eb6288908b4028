import assert from "node:assert/strict";
import { test } from "node:test";
import { LowrankError } from "../../../ts-wrapper/engine/errors.ts";
import { fetchOnce, persist } from "../../../ts-wrapper/io/http-retry.ts";
import { fakeServer } from "../../support/fake-server.ts";

const url = new URL("http://models.test/f");

test("an attempt is repeated until it succeeds, 1 + retries times at most, and the last cause is kept", async () => {
  let calls = 0;
  assert.equal(await persist("f", { backoff: 1 }, async () => (++calls < 4 ? Promise.reject(new Error("broken")) : calls)), 4);
  calls = 0;
  const cause = new Error("broken");
  const failed = persist("f", { backoff: 1, retries: 2 }, async () => {
    calls++;
    throw cause;
  });
  await assert.rejects(failed, { code: "NETWORK", file: "f", cause, message: /f: broken; tried 3 times without progress/ });
  assert.equal(calls, 3);
});

test("progress starts the count anew: ten breaks with a byte between them are survived with two retries", async () => {
  let calls = 0;
  const got = await persist("f", { backoff: 1, retries: 2 }, async (progressed) => {
    progressed();
    if (++calls <= 10) throw new Error("broken");
    return calls;
  });
  assert.equal(got, 11);
});

test("a LowrankError is final, and an abort ends the waiting with its reason", async () => {
  let calls = 0;
  const final = new LowrankError("FORMAT", "f", "bad");
  await assert.rejects(
    persist("f", { backoff: 1 }, async () => Promise.reject(calls++ ? new Error("again") : final)),
    final,
  );
  assert.equal(calls, 1);
  const control = new AbortController();
  const waiting = persist("f", { backoff: 60_000, signal: control.signal }, async () => Promise.reject(new Error("broken")));
  const reason = new Error("stop");
  setTimeout(() => control.abort(reason), 5);
  await assert.rejects(waiting, reason);
});

test("503 and 429 pass: they are waited out as long as Retry-After says", async () => {
  const server = fakeServer({ "/f": new Uint8Array(3) });
  server.faults.push({ status: 503, headers: { "retry-after": "0" } }, { status: 429 }, { status: 500 });
  const status = await persist("f", { backoff: 1, fetch: server.fetch }, async () => {
    const answer = await fetchOnce(url, "f", { fetch: server.fetch }, {});
    answer.end();
    return answer.response.status;
  });
  assert.equal(status, 200);
  assert.equal(server.seen.length, 4);
});

test("a connection without a byte is given up after `stall` milliseconds", async () => {
  const server = fakeServer({ "/f": new Uint8Array(3) });
  server.faults.push({ stall: true });
  const answer = await fetchOnce(url, "f", { fetch: server.fetch, stall: 20 }, {});
  await assert.rejects(answer.response.body!.getReader().read(), { message: "no byte came for 20 ms" });
  answer.end();
});

test("headers of the caller go along, and an aborted signal starts nothing", async () => {
  const server = fakeServer({ "/f": new Uint8Array(3) });
  const options = { fetch: server.fetch, headers: { authorization: "Bearer x" } };
  (await fetchOnce(url, "f", options, { range: "bytes=0-1" })).end();
  assert.deepEqual(server.seen[0], {
    method: "GET",
    path: "/f",
    range: "bytes=0-1",
    ifRange: undefined,
    authorization: "Bearer x",
  });
  await assert.rejects(fetchOnce(url, "f", { ...options, signal: AbortSignal.abort(new Error("stop")) }, {}), {
    message: "stop",
  });
  assert.equal(server.seen.length, 1);
});
