import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fixture } from "../../support/fixtures.ts";
import { decodeWith, encodeBlocks, f32Of } from "../../support/quant.ts";
import { blockTypes, decodeBlock, decodeBlocks, encodeLegacy, parts, randomBlock } from "../../support/reference-quant.ts";
import { normal, rng } from "../../support/rng.ts";

const type = "q8_0";
const { size, bytes } = blockTypes[type];
const weights = f32Of(await fixture("quant/weights.f32"));
const blocks = await fixture(`quant/${type}.bin`);

for (const { name, engine } of builds) {
  test(`${type} on ${name}: the weights of the fixture become ggml's blocks, byte for byte, and these its values`, () => {
    assert.deepEqual(encodeBlocks(engine, type, weights), blocks);
    same(decodeWith(engine, type, blocks), decodeBlocks(type, blocks), "decoded");
  });

  test(`${type} on ${name}: random weights over 30 decades become the blocks of the reference`, () => {
    const next = rng(312);
    const x = Float32Array.from(normal(size * 120, next), (w, i) => w * 10 ** ((Math.floor(i / size) % 30) - 20));
    const want = Array.from({ length: 120 }, (_, k) => [...encodeLegacy(type, x.subarray(k * size, (k + 1) * size))]).flat();
    assert.deepEqual([...encodeBlocks(engine, type, x)], want);
  });

  test(`${type} on ${name}: any bytes decode as the layout says, with every kind of f16 number`, () => {
    const next = rng(313);
    const list = Array.from({ length: 96 }, (_, k) => randomBlock(type, next, () => k % 32));
    const all = Uint8Array.from(list.flatMap((b) => [...b]));
    same(
      decodeWith(engine, type, all),
      list.flatMap((b) => decodeBlock(type, b)),
      "decoded",
    );
  });

  test(`${type} on ${name}: an encoded weight is off by no more than the header's bound`, () => {
    const next = rng(314);
    const x = Float32Array.from(normal(size * 64, next), (w, i) => w * 2 ** ((Math.floor(i / size) % 16) - 3));
    const encoded = encodeBlocks(engine, type, x);
    const back = decodeWith(engine, type, encoded);
    for (let i = 0; i < x.length; i++) {
      const b = parts(type, encoded.subarray(Math.floor(i / size) * bytes, (Math.floor(i / size) + 1) * bytes));
      const bound = Math.abs(b.d) * (0.5 + 2 ** -4);
      assert.ok(Math.abs(back[i]! - x[i]!) <= bound, `weight ${i}: ${x[i]} became ${back[i]}, more than ${bound} away`);
    }
  });

  test(`${type} on ${name}: halves round away from zero, and what is just below does not`, () => {
    const x = new Float32Array(2 * size).fill(0);
    x.set([127, 0.5, -0.5, 1.5, 2.5, -2.5, 126.5, 0.49999997, -0.49999997, 1.4999999, 2.4999998]);
    x.set([-127, 62.5, 63.5], size);
    const encoded = encodeBlocks(engine, type, x);
    assert.deepEqual(parts(type, encoded).codes.slice(0, 11), [127, 1, -1, 2, 3, -3, 127, 0, 0, 1, 2]);
    assert.deepEqual(parts(type, encoded.subarray(bytes)).codes.slice(0, 3), [-127, 63, 64]);
  });
}
