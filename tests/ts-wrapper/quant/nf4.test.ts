import assert from "node:assert/strict";
import { test } from "node:test";
import { dequantize } from "../../../ts-wrapper/quant/dequantize.ts";
import { nestScales, nf4 } from "../../../ts-wrapper/quant/nf4.ts";
import { quantize } from "../../../ts-wrapper/quant/quantize.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fixture } from "../../support/fixtures.ts";
import { f32Of } from "../../support/quant.ts";
import { gaussian } from "../../support/quant-matrices.ts";
import { nf4Levels } from "../../support/reference-quant.ts";

const f = Math.fround;
const weights = f32Of(await fixture("quant/weights.f32"));
const codes = await fixture("quant/nf4.bin");
const absmax = f32Of(await fixture("quant/nf4-absmax.f32"));

for (const { name, engine } of builds) {
  test(`nf4 on ${name}: codes and scales of the numpy reference; the same codes with nested scales, which decode by the formula`, () => {
    const a = { rows: 2, cols: weights.length / 2, data: weights };
    const plain = quantize(engine, a, "nf4", { doubleQuant: false });
    assert.deepEqual([plain.data, plain.scales, plain.nested], [codes, absmax, undefined]);
    const q = quantize(engine, a, "nf4");
    assert.deepEqual([q.data, q.scales], [codes, undefined]);
    const { codes: c, absmax: b, map, offset } = q.nested!;
    assert.deepEqual([c.length, b.length], [absmax.length, Math.ceil(absmax.length / 256)]);
    const scales = Float32Array.from(c, (k, i) => f(f(map[k]! * b[i >> 8]!) + offset));
    const want = Float32Array.from(
      weights,
      (_, i) => nf4Levels[i & 1 ? codes[i >> 1]! & 15 : codes[i >> 1]! >> 4]! * scales[i >> 6]!,
    );
    same(dequantize(engine, q).data, want, "decoded");
  });

  test(`nf4 on ${name}: a nested scale is off by no more than half the widest gap of the map`, () => {
    const scales = gaussian(1, 600, 9).data.map((v) => 0.05 + 0.01 * Math.abs(v));
    const { codes: c, absmax: b, map, offset } = nestScales(engine, scales);
    const gap = Math.max(...map.map((v, i) => (i ? v - map[i - 1]! : 0)));
    const mean = scales.reduce((sum, v) => sum + v, 0) / scales.length;
    assert.ok(Math.abs(offset - mean) < 1e-6);
    scales.forEach((v, i) => {
      assert.ok(Math.abs(map[c[i]!]! * b[i >> 8]! + offset - v) <= b[i >> 8]! * (gap / 2) + 2 ** -22, `scale ${i}`);
    });
  });
}

test("nf4: rows begin with a block where their number is a multiple of rowStep", () => {
  assert.deepEqual([0, 1, 50, 64, 96, 128, 1030].map((cols) => nf4.rowStep(cols)), [1, 64, 32, 1, 2, 1, 32]); // biome-ignore format: a table
  assert.equal(nf4.bits, 4.126953125);
});

test("nf4: a matrix without elements has no scales", () => {
  const { engine } = builds[0]!;
  const q = quantize(engine, { rows: 0, cols: 5, data: new Float32Array(0) }, "nf4");
  assert.deepEqual([q.scales, q.nested, dequantize(engine, q).data.length], [undefined, undefined, 0]);
});
