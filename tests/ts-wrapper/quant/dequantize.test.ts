import assert from "node:assert/strict";
import { test } from "node:test";
import { dequantize } from "../../../ts-wrapper/quant/dequantize.ts";
import { quantTypes } from "../../../ts-wrapper/quant/index.ts";
import { uploadQuantized } from "../../../ts-wrapper/quant/resident.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { quantized, shapesOf } from "../../support/quant-matrices.ts";

for (const { name, engine } of builds) {
  for (const type of quantTypes) {
    test(`dequantize ${type.name} on ${name}: the same from weights that stay, and what was quantized comes back as it is`, () => {
      const [rows, cols] = shapesOf(type).at(-1)!;
      const q = quantized(engine, type, rows, cols);
      const once = dequantize(engine, q);
      const held = uploadQuantized(engine, q);
      same(dequantize(engine, held).data, once.data, "resident");
      held[Symbol.dispose]();
      assert.equal(engine.live(), 0);
    });
  }
}

test("dequantize refuses what is not whole", () => {
  const { engine } = builds[0]!;
  assert.throws(() => dequantize(engine, { type: "q8_0", rows: 1, cols: 32, data: new Uint8Array(33) }), {
    code: "SHAPE",
    message: /^dequantize: .* 34 bytes; got 33/,
  });
});
