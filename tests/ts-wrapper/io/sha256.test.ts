import assert from "node:assert/strict";
import { test } from "node:test";
import { createSha256 } from "../../../ts-wrapper/io/sha256.ts";
import { rng } from "../../support/rng.ts";

const hash = (bytes: Uint8Array): string => {
  const h = createSha256();
  h.update(bytes);
  return h.digest();
};
const text = (s: string): Uint8Array => new TextEncoder().encode(s);

/** The hash that the platform computes from the whole message. */
async function reference(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (b) => b.toString(16).padStart(2, "0")).join("");
}

test("the examples of FIPS 180-4 give the published hashes", () => {
  assert.equal(hash(text("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.equal(hash(text("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  assert.equal(hash(text(two)), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  assert.equal(hash(text("a".repeat(1_000_000))), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
});

test("every length from 0 to 200, around the padding's edges, agrees with the platform", async () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, i) => i * 37);
  for (let n = 0; n <= 200; n++) assert.equal(hash(bytes.slice(0, n)), await reference(bytes.slice(0, n)), `${n} bytes`);
});

test("however a message is cut, its hash is the same", async () => {
  const next = rng(42);
  const bytes = Uint8Array.from({ length: 5000 }, () => next() * 256);
  const want = await reference(bytes);
  for (let round = 0; round < 50; round++) {
    const h = createSha256();
    for (let at = 0; at < bytes.length; ) {
      const n = Math.floor(next() ** 3 * 300);
      h.update(bytes.subarray(at, at + n));
      at += n;
    }
    assert.equal(h.digest(), want, `round ${round}`);
  }
});

test("a hasher that has given its hash takes nothing more", () => {
  const h = createSha256();
  h.digest();
  assert.throws(() => h.update(new Uint8Array(1)), TypeError);
});
