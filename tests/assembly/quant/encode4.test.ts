import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { packLeft, packRight } from "../../support/panels.ts";
import { call } from "../../support/quant.ts";
import { blockTypes, encodeLegacy } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";

/** Four blocks at once stand in the update alone: a product of rank one on zeros is encoded. */
function encode(engine: Engine, type: "q8_0" | "q4_0", x: Float32Array): Uint8Array {
  const { bytes } = blockTypes[type];
  const length = (x.length / 32) * bytes;
  const inputs = [packLeft(Float32Array.of(1), 1, 1), packRight(x, 1, x.length), new Uint8Array(length), new Uint8Array(4192)];
  return call(engine, `low_rank_update_${type}`, inputs, length, 1, (out, l, r, w, work) => {
    return [x.length, 1, l, r, w, out, work, work + 32, 4];
  }); // biome-ignore format: one call
}

for (const { name, engine } of builds) {
  for (const type of ["q8_0", "q4_0"] as const) {
    test(`encode4 of ${type} on ${name}: random weights over 30 decades become the blocks of the reference, four at a time`, () => {
      const x = Float32Array.from(normal(32 * 120, rng(308)), (w, i) => w * 10 ** ((Math.floor(i / 32) % 30) - 20));
      const want = Array.from({ length: 120 }, (_, k) => [...encodeLegacy(type, x.subarray(k * 32, (k + 1) * 32))]).flat();
      assert.deepEqual([...encode(engine, type, x)], want);
    });

    test(`encode4 of ${type} on ${name}: one block of four with NaN becomes a block of NaN, and its neighbours what they are alone`, () => {
      for (let k = 0; k < 4; k++) {
        const x = Float32Array.from(normal(128, rng(309)));
        const want = Uint8Array.from([0, 1, 2, 3].flatMap((b) => [...encodeLegacy(type, x.subarray(b * 32, (b + 1) * 32))]));
        x[k * 32 + 9] = Number.NaN;
        const got = encode(engine, type, x);
        const { bytes } = blockTypes[type];
        want.fill(0, k * bytes, (k + 1) * bytes);
        want.set([0x00, 0x7e], k * bytes);
        assert.deepEqual(got, want);
      }
    });
  }
}
