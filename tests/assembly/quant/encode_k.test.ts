import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { decodeWith, encodeBlocks } from "../../support/quant.ts";
import { parts } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";

for (const { name, engine } of builds) {
  for (const type of ["q4_k", "q5_k"] as const) {
    test(`encode_k on ${name}: ${type} spends all of six bits: the largest scale and the largest minimum are 63`, () => {
      const x = Float32Array.from(normal(2560, rng(51)), (w, i) => w * (1 + (i % 7)));
      const encoded = encodeBlocks(engine, type, x);
      for (let k = 0; k < 10; k++) {
        const got = parts(type, encoded.subarray((k * encoded.length) / 10));
        assert.equal(Math.max(...got.scales), 63);
        assert.equal(Math.max(...got.minima), 63);
        assert.ok(got.d > 0 && got.dm > 0);
      }
    });

    test(`encode_k on ${name}: ${type} gives codes 0 to a run too small for the block's unit, and decodes it to its minimum`, () => {
      const x = new Float32Array(256).fill(1e-6);
      for (let i = 0; i < 32; i++) x[i] = i - 10;
      const encoded = encodeBlocks(engine, type, x);
      const got = parts(type, encoded);
      assert.ok(got.scales.slice(1).every((s) => s === 0));
      assert.ok(got.codes.slice(32).every((q) => q === 0));
      assert.ok(
        decodeWith(engine, type, encoded)
          .subarray(32)
          .every((y) => y === 0),
      );
    });
  }
}
