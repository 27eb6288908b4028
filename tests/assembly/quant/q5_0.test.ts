import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fixture } from "../../support/fixtures.ts";
import { decodeWith, encodeBlocks, f32Of } from "../../support/quant.ts";
import { blockTypes, decodeBlock, decodeBlocks, encodeLegacy, parts, randomBlock } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";

const type = "q5_0";
const { size, bytes } = blockTypes[type];
const weights = f32Of(await fixture("quant/weights.f32"));
const blocks = await fixture(`quant/${type}.bin`);

for (const { name, engine } of builds) {
  test(`${type} on ${name}: the weights of the fixture become ggml's blocks, byte for byte, and these its values`, () => {
    assert.deepEqual(encodeBlocks(engine, type, weights), blocks);
    same(decodeWith(engine, type, blocks), decodeBlocks(type, blocks), "decoded");
  });

  test(`${type} on ${name}: random weights over 30 decades become the blocks of the reference`, () => {
    const next = rng(309);
    const x = Float32Array.from(normal(size * 120, next), (w, i) => w * 10 ** ((Math.floor(i / size) % 30) - 20));
    const want = Array.from({ length: 120 }, (_, k) => [...encodeLegacy(type, x.subarray(k * size, (k + 1) * size))]).flat();
    assert.deepEqual([...encodeBlocks(engine, type, x)], want);
  });

  test(`${type} on ${name}: any bytes decode as the layout says, with every kind of f16 number`, () => {
    const next = rng(310);
    const list = Array.from({ length: 96 }, (_, k) => randomBlock(type, next, () => k % 32));
    const all = Uint8Array.from(list.flatMap((b) => [...b]));
    same(
      decodeWith(engine, type, all),
      list.flatMap((b) => decodeBlock(type, b)),
      "decoded",
    );
  });

  test(`${type} on ${name}: an encoded weight is off by no more than the header's bound`, () => {
    const next = rng(311);
    const x = Float32Array.from(normal(size * 64, next), (w, i) => w * 2 ** ((Math.floor(i / size) % 16) - 3));
    const encoded = encodeBlocks(engine, type, x);
    const back = decodeWith(engine, type, encoded);
    for (let i = 0; i < x.length; i++) {
      const b = parts(type, encoded.subarray(Math.floor(i / size) * bytes, (Math.floor(i / size) + 1) * bytes));
      const bound = Math.abs(b.d) * (1 + 2 ** -7);
      assert.ok(Math.abs(back[i]! - x[i]!) <= bound, `weight ${i}: ${x[i]} became ${back[i]}, more than ${bound} away`);
    }
  });

  test(`${type} on ${name}: of w and −w, both the largest, the first gives the scale its sign; zeros give −0`, () => {
    const x = new Float32Array(3 * size).fill(0.25);
    x.set([-2], 7);
    x.set([2], 9);
    x.set([2], size + 30);
    x.set([-2], size + 31);
    x.fill(0, 2 * size);
    const encoded = encodeBlocks(engine, type, x);
    const d = [0, 1, 2].map((k) => parts(type, encoded.subarray(k * bytes)).d);
    assert.deepEqual(d, [2 / 16, -2 / 16, -0]);
  });
}
