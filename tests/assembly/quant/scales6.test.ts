import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { call, decodeWith, encodeBlocks, f32Of, quantizeRows } from "../../support/quant.ts";
import { parts } from "../../support/reference-quant.ts";
import { rng } from "../../support/rng.ts";

/** A q4_K block with d = dmin = 1, these twelve bytes, and every code 1. */
function block(packed: readonly number[]): Uint8Array {
  const b = new Uint8Array(144).fill(0x11);
  b.set([0, 0x3c, 0, 0x3c, ...packed]);
  return b;
}

function packed(s: readonly number[], m: readonly number[]): number[] {
  const low = (v: readonly number[]): number[] => [0, 1, 2, 3].map((r) => v[r]! | ((v[r + 4]! >> 4) << 6));
  return [...low(s), ...low(m), ...[4, 5, 6, 7].map((r) => (s[r]! & 15) | ((m[r]! & 15) << 4))];
}

const next = rng(31);
const cases = Array.from({ length: 64 }, (_, v) => ({
  s: Array.from({ length: 8 }, (_, r) => (r % 2 ? v : Math.floor(next() * 64))),
  m: Array.from({ length: 8 }, (_, r) => (r % 2 ? Math.floor(next() * 64) : 63 - v)),
}));
const blocks = Uint8Array.from(cases.flatMap(({ s, m }) => [...block(packed(s, m))]));

for (const { name, engine } of builds) {
  test(`scales of q4_K on ${name}: all six-bit values of every run are read when decoding`, () => {
    const want = cases.flatMap(({ s, m }) => s.flatMap((v, r) => new Array<number>(32).fill(v - m[r]!)));
    assert.deepEqual([...decodeWith(engine, "q4_k", blocks)], want);
  });

  test(`scales of q4_K on ${name}: and in products, run by run`, () => {
    for (let r = 0; r < 8; r++) {
      const x = new Float32Array(256);
      x[32 * r + 5] = 127;
      const row = quantizeRows(engine, 1, 256, 256, x);
      const y = call(engine, "gemv_q4_k_q8", [blocks, row], 256, 64, (out, w, p) => [256, w, p, out]);
      assert.deepEqual(
        [...f32Of(y)],
        cases.map(({ s, m }) => 127 * (s[r]! - m[r]!)),
      );
    }
  });

  test(`scales of q4_K on ${name}: what the encoder packs is what the weights need: runs of width s from −m, in units of one`, () => {
    const s = [63, 1, 40, 17, 5, 63, 32, 20];
    const m = [63, 2, 0, 40, 63, 7, 16, 31];
    // Each run takes all 16 multiples of its scale, so that the search finds it exactly.
    const x = Float32Array.from({ length: 256 }, (_, i) => s[i >> 5]! * (i & 15) - m[i >> 5]!);
    const encoded = encodeBlocks(engine, "q4_k", x);
    const got = parts("q4_k", encoded);
    assert.deepEqual([got.d, got.dm], [1, 1]);
    assert.deepEqual(got.scales, s);
    assert.deepEqual(got.minima, m);
    assert.deepEqual(decodeWith(engine, "q4_k", encoded), x);
  });
}
