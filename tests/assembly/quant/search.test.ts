import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { fixture } from "../../support/fixtures.ts";
import { decodeWith, encodeBlocks, f32Of } from "../../support/quant.ts";
import { parts } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";

const weights = f32Of(await fixture("quant/weights.f32"));

/** Weighted squared error of each run of 32 as the search weighs it, after decoding. */
function losses(x: Float32Array, y: Float32Array): number[] {
  return Array.from({ length: x.length / 32 }, (_, r) => {
    const run = [...x.subarray(32 * r, 32 * r + 32)];
    const sigma = Math.sqrt(run.reduce((s, w) => s + w * w, 0) / 32);
    return run.reduce((s, w, i) => s + (sigma + Math.abs(w)) * (w - y[32 * r + i]!) ** 2, 0);
  });
}

/** Scale and minimum that span a run, without a search. */
function spanned(x: Float32Array, top: number): Float32Array {
  const y = new Float32Array(x.length);
  for (let r = 0; r < x.length; r += 32) {
    const run = x.subarray(r, r + 32);
    const low = Math.min(0, ...run);
    const s = (Math.max(...run) - low) / top;
    run.forEach((w, i) => {
      y[r + i] = s ? s * Math.round((w - low) / s) + low : low;
    });
  }
  return y;
}

for (const { name, engine } of builds) {
  for (const [type, top] of [
    ["q4_k", 15],
    ["q5_k", 31],
  ] as const) {
    test(`search on ${name}: ${type} loses less than scales that span the runs, on weights of the example model`, () => {
      const x = weights.subarray(0, 2048);
      const found = losses(x, decodeWith(engine, type, encodeBlocks(engine, type, x))).reduce((a, b) => a + b);
      const plain = losses(x, spanned(x, top)).reduce((a, b) => a + b);
      assert.ok(found < plain, `searched ${found}, spanned ${plain}`);
    });

    test(`search on ${name}: ${type} keeps runs of one value, of positive and of negative weights`, () => {
      const x = new Float32Array(256);
      x.fill(-0.75, 0, 32); // flat below zero: a minimum and no scale
      x.fill(0.5, 32, 64); // flat above zero: a scale and no minimum
      x.set(
        Float32Array.from(normal(32, rng(41)), (w) => 1 + Math.abs(w)),
        64,
      );
      x.set(
        Float32Array.from(normal(32, rng(42)), (w) => -1 - Math.abs(w)),
        96,
      );
      const got = parts(type, encodeBlocks(engine, type, x));
      assert.equal(got.scales[0], 0);
      assert.equal(got.minima[1], 0);
      assert.ok(got.minima[3]! > 0);
      assert.ok(got.scales.slice(1, 4).every((s) => s > 0));
    });
  }

  test(`search on ${name}: q6_K gives the run of the largest scale −128, and d the sign for it`, () => {
    for (const sign of [1, -1]) {
      const x = Float32Array.from({ length: 256 }, (_, i) => (sign * ((i % 64) - 32)) / (i < 16 ? 2 : 256));
      x[0] = sign * -16;
      const got = parts("q6_k", encodeBlocks(engine, "q6_k", x));
      assert.equal(got.scales[0], -128);
      assert.equal(Math.sign(got.d), -sign);
      assert.equal(got.codes[0], -32);
    }
  });
}
