import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { call, decodeWith, f32Of, quantizeRows } from "../../support/quant.ts";
import { decodeF16 } from "../../support/stored.ts";

/** 65536 blocks of q8_0 with the scales in order and the first code 1, the others 0. */
function everyScale(): Uint8Array {
  const blocks = new Uint8Array(65536 * 34);
  for (let h = 0; h < 65536; h++) blocks.set([h & 255, h >> 8, 1], h * 34);
  return blocks;
}

const want = Float64Array.from({ length: 65536 }, (_, h) => decodeF16(h));

for (const { name, engine } of builds) {
  test(`half on ${name}: all 65536 patterns are read exactly, NaN as NaN`, () => {
    const decoded = decodeWith(engine, "q8_0", everyScale());
    same(
      Float32Array.from(want, (_, h) => decoded[h * 32]!),
      want,
      "scale",
    );
  });

  test(`halves on ${name}: the same four at a time, whatever stands beside them`, () => {
    const x = new Float32Array(32);
    x[0] = 127; // quantized exactly, under a scale of 1
    const row = quantizeRows(engine, 1, 32, 32, x);
    const blocks = everyScale();
    for (let h = 0; h < 65536; h++) blocks[h * 34 + 2] = 1;
    const y = f32Of(call(engine, "gemv_q8_0_q8", [blocks, row], 65536 * 4, 65536, (out, w, p) => [32, w, p, out], 1024));
    same(
      y,
      Float32Array.from(want, (d) => d * 127 + 0),
      "d·127",
    );
  });
}
