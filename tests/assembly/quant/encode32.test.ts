import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { decodeWith, encodeBlocks } from "../../support/quant.ts";
import { blockedTypes, blockTypes, parts } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";

for (const { name, engine } of builds) {
  for (const type of blockedTypes) {
    const { size, bytes, halves } = blockTypes[type];

    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      test(`${type} on ${name}: a block that holds ${bad} anywhere becomes a block of NaN, its neighbours stay`, () => {
        const x = Float32Array.from(normal(3 * size, rng(21)));
        const clean = encodeBlocks(engine, type, x);
        for (const at of [0, 1, 5, size / 2, size - 1]) {
          const dirty = x.slice();
          dirty[size + at] = bad;
          const encoded = encodeBlocks(engine, type, dirty);
          assert.deepEqual(encoded.subarray(0, bytes), clean.subarray(0, bytes));
          assert.deepEqual(encoded.subarray(2 * bytes), clean.subarray(2 * bytes));
          const block = encoded.subarray(bytes, 2 * bytes);
          for (let k = 0; k < bytes; k++) {
            const isScale = halves.some((h) => k === h || k === h + 1);
            if (!isScale) assert.equal(block[k], 0, `byte ${k}`);
          }
          for (const h of halves) assert.equal(block[h]! | (block[h + 1]! << 8), 0x7e00);
          assert.ok(decodeWith(engine, type, block).every(Number.isNaN), "decoded");
        }
      });
    }

    test(`${type} on ${name}: zeros, and weights too small for any scale, decode to zeros`, () => {
      for (const w of [0, -0, 2 ** -149, 1e-40, -(2 ** -130)]) {
        const x = new Float32Array(size).map((_, i) => (i % 3 ? w : 0));
        const back = decodeWith(engine, type, encodeBlocks(engine, type, x));
        assert.ok(
          back.every((y) => y === 0),
          `${w} became ${back}`,
        );
      }
    });

    test(`${type} on ${name}: weights whose scale is too large for f16 decode to Inf or NaN, never to a wrong number`, () => {
      const x = Float32Array.from(normal(size, rng(22)), (w) => w * 1e30);
      const encoded = encodeBlocks(engine, type, x);
      const { d } = parts(type, encoded);
      assert.ok(!Number.isFinite(d), `scale ${d}`);
      const back = decodeWith(engine, type, encoded);
      assert.ok(back.some((y) => !Number.isFinite(y)));
      assert.ok(back.every((y) => y === 0 || !Number.isFinite(y)));
    });
  }

  for (const type of ["q4_1", "q5_1"] as const) {
    test(`${type} on ${name}: a range beyond f32 becomes a block of NaN`, () => {
      const x = new Float32Array(32).fill(1);
      x[3] = 3e38;
      x[9] = -3e38;
      assert.ok(decodeWith(engine, type, encodeBlocks(engine, type, x)).every(Number.isNaN));
    });
  }
}
