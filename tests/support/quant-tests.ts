import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "./builds.ts";
import { same } from "./close.ts";
import { fixture } from "./fixtures.ts";
import { decodeWith, encodeBlocks, f32Of } from "./quant.ts";
import {
  blockTypes,
  decodeBlock,
  decodeBlocks,
  encodeLegacy,
  type KType,
  type Legacy,
  type Parts,
  parts,
  randomBlock,
} from "./reference-quant.ts";
import { normal, rng } from "./rng.ts";

/** What holds for every legacy type of ggml. `boundOf` is how far a weight may be off, by the parts of its block. */
export async function testLegacyBlocks(type: Legacy, boundOf: (block: Parts) => number): Promise<void> {
  const { size, bytes } = blockTypes[type];
  const weights = f32Of(await fixture("quant/weights.f32"));
  const blocks = await fixture(`quant/${type}.bin`);

  for (const { name, engine } of builds) {
    test(`${type} on ${name}: the weights of the fixture become ggml's blocks, byte for byte, and these its values`, () => {
      assert.deepEqual(encodeBlocks(engine, type, weights), blocks);
      same(decodeWith(engine, type, blocks), decodeBlocks(type, blocks), "decoded");
    });

    test(`${type} on ${name}: random weights over 30 decades become the blocks of the reference`, () => {
      const next = rng(308);
      const x = Float32Array.from(normal(size * 120, next), (w, i) => w * 10 ** ((Math.floor(i / size) % 30) - 20));
      const want = Array.from({ length: 120 }, (_, k) => [...encodeLegacy(type, x.subarray(k * size, (k + 1) * size))]).flat();
      assert.deepEqual([...encodeBlocks(engine, type, x)], want);
    });

    test(`${type} on ${name}: any bytes decode as the layout says, with every kind of f16 number`, () => {
      const next = rng(309);
      const list = Array.from({ length: 96 }, (_, k) => randomBlock(type, next, () => k % 32));
      const all = Uint8Array.from(list.flatMap((b) => [...b]));
      same(
        decodeWith(engine, type, all),
        list.flatMap((b) => decodeBlock(type, b)),
        "decoded",
      );
    });

    test(`${type} on ${name}: an encoded weight is off by no more than the header's bound`, () => {
      const next = rng(310);
      const x = Float32Array.from(normal(size * 64, next), (w, i) => w * 2 ** ((Math.floor(i / size) % 16) - 3));
      const encoded = encodeBlocks(engine, type, x);
      const back = decodeWith(engine, type, encoded);
      for (let i = 0; i < x.length; i++) {
        const b = parts(type, encoded.subarray(Math.floor(i / size) * bytes, (Math.floor(i / size) + 1) * bytes));
        const bound = boundOf(b);
        assert.ok(Math.abs(back[i]! - x[i]!) <= bound, `weight ${i}: ${x[i]} became ${back[i]}, more than ${bound} away`);
      }
    });
  }
}

/** Types with a scale alone: codes reach from −half to half − 1. */
export function testSignedScales(type: "q4_0" | "q5_0", half: number): void {
  const { size, bytes } = blockTypes[type];

  for (const { name, engine } of builds) {
    test(`${type} on ${name}: of w and −w, both the largest, the first gives the scale its sign; zeros give −0`, () => {
      const x = new Float32Array(3 * size).fill(0.25);
      x.set([-2], 7);
      x.set([2], 9);
      x.set([2], size + 30);
      x.set([-2], size + 31);
      x.fill(0, 2 * size);
      const encoded = encodeBlocks(engine, type, x);
      const d = [0, 1, 2].map((k) => parts(type, encoded.subarray(k * bytes)).d);
      assert.deepEqual(d, [2 / half, -2 / half, -0]);
    });
  }
}

/** Types with a scale and a minimum. */
export function testMinima(type: "q4_1" | "q5_1"): void {
  const { size, bytes } = blockTypes[type];

  for (const { name, engine } of builds) {
    test(`${type} on ${name}: the minimum keeps the sign of the first zero, and a constant block is exact`, () => {
      const x = new Float32Array(3 * size).fill(0.25);
      x.set([-0], 3);
      x.set([0], 5);
      x.set([0], size + 3);
      x.set([-0], size + 5);
      x.fill(-1.5, 2 * size);
      const encoded = encodeBlocks(engine, type, x);
      assert.deepEqual(
        [0, 1, 2].map((k) => parts(type, encoded.subarray(k * bytes)).dm),
        [-0, 0, -1.5],
      );
      same(decodeWith(engine, type, encoded).subarray(2 * size), x.subarray(2 * size), "constant");
    });
  }
}

/** What holds for every K-type. `rangeOf` is what a run of weights can say, by its scale and minimum. */
export async function testKBlocks(type: KType, rangeOf: (s: number, m: number) => { low: number; high: number }): Promise<void> {
  const { size, bytes, run } = blockTypes[type];
  const weights = f32Of(await fixture("quant/weights.f32"));
  const blocks = await fixture(`quant/${type}.bin`);
  const manifest = JSON.parse(new TextDecoder().decode(await fixture("quant/quant.json")));
  const facts = manifest.types[type];

  for (const { name, engine } of builds) {
    test(`${type} on ${name}: the weights of the fixture become the blocks of the numpy reference, byte for byte`, () => {
      assert.deepEqual(encodeBlocks(engine, type, weights), blocks);
    });

    test(`${type} on ${name}: they decode to the values that ggml's blocks decode to, bit for bit`, async () => {
      const got = decodeWith(engine, type, blocks);
      same(got, decodeBlocks(type, blocks), "decoded");
      assert.equal(await sha256(Float32Array.from(got)), facts["sha256 of decoded"]);
    });

    test(`${type} on ${name}: the error on weights of the example model is no larger than ggml's (root mean square)`, () => {
      const real = weights.subarray(0, manifest.real);
      const back = decodeWith(engine, type, encodeBlocks(engine, type, real));
      const rmse = Math.sqrt(real.reduce((sum, w, i) => sum + (w - back[i]!) ** 2, 0) / real.length);
      assert.ok(rmse <= facts["rmse of real by ggml"] * (1 + 1e-12), `${rmse}, ggml ${facts["rmse of real by ggml"]}`);
    });

    test(`${type} on ${name}: any bytes decode as the layout says, with every kind of f16 number`, () => {
      const next = rng(367);
      const list = Array.from({ length: 32 }, (_, k) => randomBlock(type, next, () => k));
      const all = Uint8Array.from(list.flatMap((b) => [...b]));
      same(
        decodeWith(engine, type, all),
        list.flatMap((b) => decodeBlock(type, b)),
        "decoded",
      );
    });

    test(`${type} on ${name}: a code is the nearest there is, so a weight within the range of its run is off by half a step`, () => {
      const x = Float32Array.from(normal(size * 8, rng(368)), (w, i) => w * 4 ** (Math.floor(i / size) - 4));
      const encoded = encodeBlocks(engine, type, x);
      const back = decodeWith(engine, type, encoded);
      for (let i = 0; i < x.length; i++) {
        const k = Math.floor(i / size);
        const b = parts(type, encoded.subarray(k * bytes, (k + 1) * bytes));
        const r = Math.floor((i % size) / run);
        const s = b.d * b.scales[r]!;
        const m = b.dm * b.minima[r]!;
        const { low, high } = rangeOf(s, m);
        const outside = Math.max(0, low - x[i]!, x[i]! - high);
        const bound = Math.max(Math.abs(s) / 2, outside) * (1 + 2 ** -18) + 2 ** -22 * (Math.abs(x[i]!) + Math.abs(m));
        assert.ok(Math.abs(back[i]! - x[i]!) <= bound, `weight ${i}: ${x[i]} became ${back[i]}, more than ${bound} away`);
      }
    });

    test(`${type} on ${name}: the runs of a block and the blocks do not see each other`, () => {
      const x = Float32Array.from(normal(size * 2, rng(369)));
      const one = encodeBlocks(engine, type, x);
      // The runs in another order: codes and integer scales come out in that order.
      const runs = size / run;
      const turned = Float32Array.from(
        x,
        (_, i) => x[size * Math.floor(i / size) + ((Math.floor((i % size) / run) + 5) % runs) * run + (i % run)]!,
      );
      const other = encodeBlocks(engine, type, turned);
      for (const k of [0, 1]) {
        const a = parts(type, one.subarray(k * bytes, (k + 1) * bytes));
        const b = parts(type, other.subarray(k * bytes, (k + 1) * bytes));
        assert.deepEqual([b.d, b.dm], [a.d, a.dm]);
        for (let r = 0; r < runs; r++) {
          const from = (r + 5) % runs;
          assert.equal(b.scales[r], a.scales[from]);
          assert.equal(b.minima[r], a.minima[from]);
          assert.deepEqual(b.codes.slice(r * run, (r + 1) * run), a.codes.slice(from * run, (from + 1) * run));
        }
      }
    });
  }
}

async function sha256(values: Float32Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", values));
  return [...digest].map((b) => b.toString(16).padStart(2, "0")).join("");
}
