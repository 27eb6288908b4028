import assert from "node:assert/strict";
import { test } from "node:test";
import { dequantize } from "../../../ts-wrapper/quant/dequantize.ts";
import { quantize } from "../../../ts-wrapper/quant/quantize.ts";
import { smallFloatTypes } from "../../../ts-wrapper/quant/small-floats.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { decodeF8, float8Types } from "../../support/reference-quant.ts";
import { decodeBf16, decodeF16 } from "../../support/stored.ts";

const twins: Readonly<Record<string, (bits: number) => number>> = {
  F16: decodeF16,
  BF16: decodeBf16,
  F8_E4M3: (bits) => decodeF8(float8Types.f8_e4m3, bits),
  F8_E5M2: (bits) => decodeF8(float8Types.f8_e5m2, bits),
};

for (const { name, engine } of builds) {
  for (const type of smallFloatTypes) {
    test(`${type.name} on ${name}: every pattern stands for what its twin says, and comes back from it`, () => {
      const count = 2 ** type.bits;
      const bits = Uint32Array.from({ length: count }, (_, i) => i);
      const data = new Uint8Array(type.bits === 8 ? Uint8Array.from(bits) : Uint16Array.from(bits).buffer);
      const back = dequantize(engine, { type: type.name, rows: 1, cols: count, data });
      same(back.data, Float32Array.from(bits, twins[type.name]!), "decoded");
      const again = dequantize(engine, quantize(engine, back, type.name));
      same(again.data, back.data, "and once more");
      assert.equal(engine.live(), 0);
    });
  }
}
