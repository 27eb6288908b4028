import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { rng } from "../../support/rng.ts";

/** The definition, on whole words in BigInt-free integers. */
function reference(bytes: Uint8Array): Uint32Array {
  const padded = new Uint8Array(Math.ceil(bytes.length / 16) * 16);
  padded.set(bytes);
  const words = new Uint32Array(padded.buffer);
  const sums = new Uint32Array(8);
  for (let i = 0; i < words.length; i += 4) {
    for (let lane = 0; lane < 4; lane++) {
      sums[lane] = sums[lane]! + words[i + lane]!;
      sums[4 + lane] = sums[4 + lane]! + sums[lane]!;
    }
  }
  return sums;
}

function checksum(engine: Engine, bytes: Uint8Array): Uint32Array {
  return engine.scope((s) => {
    const at = s.alloc(bytes.length);
    const out = s.alloc(32);
    engine.u8(at, bytes.length).set(bytes);
    engine.wasm.checksum(at, bytes.length, out);
    return new Uint32Array(engine.u8(out, 32).slice().buffer);
  });
}

for (const { name, engine } of builds) {
  test(`checksum on ${name}: equals the definition for every length from 0 to 100, and for a megabyte`, () => {
    const next = rng(5);
    for (const n of [...Array(101).keys(), 1 << 20]) {
      const bytes = Uint8Array.from({ length: n }, () => next() * 256);
      assert.deepEqual(checksum(engine, bytes), reference(bytes), `${n} bytes`);
    }
  });
}

test("one changed bit, two exchanged words, and a byte cut off inside a word of other values change the sum", () => {
  const { engine } = builds[0]!;
  const next = rng(6);
  const bytes = Uint8Array.from({ length: 333 }, () => 1 + next() * 255);
  const sum = String(checksum(engine, bytes));
  for (let bit = 0; bit < 333 * 8; bit += 37) {
    const changed = bytes.slice();
    changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7));
    assert.notEqual(String(checksum(engine, changed)), sum, `bit ${bit}`);
  }
  const swapped = bytes.slice();
  swapped.set(bytes.subarray(16, 32), 48);
  swapped.set(bytes.subarray(48, 64), 16);
  assert.notEqual(String(checksum(engine, swapped)), sum);
  assert.notEqual(String(checksum(engine, bytes.subarray(0, 332))), sum);
});
