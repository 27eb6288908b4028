import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { call, decodeWith, f32Of, quantizeRows } from "../../support/quant.ts";
import { type Blocked, blockTypes, parts } from "../../support/reference-quant.ts";

/** Blocks with a scale of 1 in which each packed byte runs through its 256 values, at each of its places. */
function everyByte(type: Blocked, header: number): Uint8Array {
  const { bytes, halves } = blockTypes[type];
  const all = new Uint8Array(256 * bytes);
  for (let v = 0; v < 256; v++) {
    for (let k = header; k < bytes; k++) all[v * bytes + k] = (v + k * 37) & 255;
    all.set([0, 0x3c], v * bytes + halves[0]!);
  }
  return all;
}

for (const { name, engine } of builds) {
  for (const [type, header] of [
    ["q4_0", 2],
    ["q4_1", 4],
    ["q5_0", 2],
    ["q5_1", 4],
  ] as const) {
    const blocks = everyByte(type, header);
    const codes = Array.from({ length: 256 }, (_, v) => parts(type, blocks.subarray(v * blockTypes[type].bytes)).codes);

    test(`${type} on ${name}: every packed byte at every place unpacks to its codes, in order`, () => {
      assert.deepEqual([...decodeWith(engine, type, blocks)], codes.flat());
    });

    test(`${type} on ${name}: also within a product: each weight picked out by one activation`, () => {
      for (const at of [0, 1, 7, 8, 14, 15, 16, 17, 24, 31]) {
        const x = new Float32Array(32);
        x[at] = 127;
        const row = quantizeRows(engine, 1, 32, 32, x);
        const y = call(engine, `gemv_${type}_q8`, [blocks, row], 1024, 256, (out, w, p) => [32, w, p, out], 4);
        assert.deepEqual(
          [...f32Of(y)],
          codes.map((q) => 127 * q[at]! + 0),
        );
      }
    });
  }
}
