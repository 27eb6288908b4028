import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../../ts-wrapper/engine/create.ts";
import { checkQuantized, chooseActivations, needQuant, typeNamed } from "../../../ts-wrapper/quant/check.ts";
import type { QuantizedMatrix } from "../../../ts-wrapper/quant/quant-type.ts";
import { builds } from "../../support/builds.ts";

const { engine } = builds[0]!;

test("an engine without kernels for quantized weights is refused with the option that brings them", async () => {
  needQuant(engine, "quantize");
  const plain = await createEngine({ build: "simd" });
  assert.throws(() => needQuant(plain, "quantize"), {
    code: "UNSUPPORTED",
    message: "quantize: this engine has no kernels for quantized weights; make one with createEngine({ quant: true })",
  });
});

test("an unknown type is refused with the list of those that there are", () => {
  assert.equal(typeNamed("quantize", "q4_K").name, "q4_K");
  assert.throws(() => typeNamed("quantize", "q4_k"), {
    code: "DTYPE",
    message: /^quantize: "q4_k" is no quantized type; one of F16, .*q4_K.* was needed$/,
  });
});

const refusals: readonly (readonly [string, Partial<QuantizedMatrix>, RegExp])[] = [
  ["columns that do not fill blocks", { cols: 250 }, /W is 2×250, and q4_K needs a multiple of 256 columns; pad/],
  ["a shape that is none", { rows: -1 }, /W is -1×256, whole numbers/],
  ["data of another length", { data: new Uint8Array(287) }, /W is 2×256 of q4_K, so its data needs 288 bytes; got 287/],
  ["lacking scales", { type: "I8", data: new Uint8Array(512) }, /of I8, so its scales need 2 elements; got 0/],
  ["rows too long for sums in i32", { type: "I8", cols: 131072, data: new Uint8Array(0) }, /I8 takes at most 131071 columns/],
  ["nested scales of another length", { type: "nf4", data: new Uint8Array(256), nested: { codes: new Uint8Array(7), absmax: new Float32Array(1), map: new Float32Array(256), offset: 0 } }, /nested codes need 8 bytes; got 7/],
  ["a nested map of another length", { type: "nf4", data: new Uint8Array(256), nested: { codes: new Uint8Array(8), absmax: new Float32Array(1), map: new Float32Array(16), offset: 0 } }, /map of nested scales needs 256 elements; got 16/],
]; // biome-ignore format: a table

for (const [what, change, message] of refusals) {
  test(`${what}: refused with both values`, () => {
    const whole: QuantizedMatrix = { type: "q4_K", rows: 2, cols: 256, data: new Uint8Array(288) };
    assert.equal(checkQuantized("dequantize", whole).name, "q4_K");
    assert.throws(() => checkQuantized("dequantize", { ...whole, ...change }), { code: "SHAPE", message });
  });
}

test("activations: the first of the type by default, and others refused with what can be had", () => {
  const [q8_0, f16] = [typeNamed("x", "q8_0"), typeNamed("x", "F16")];
  assert.deepEqual(
    [chooseActivations("x", q8_0, undefined), chooseActivations("x", q8_0, "f32"), chooseActivations("x", f16, undefined)],
    ["q8", "f32", "f32"],
  );
  assert.throws(() => chooseActivations("quantizedGemv", f16, "q8"), {
    code: "UNSUPPORTED",
    message: 'quantizedGemv: activations "q8" cannot be multiplied with F16; take "f32"',
  });
});
