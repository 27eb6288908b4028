import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeValues, halfUlp } from "../../../../ts-wrapper/adapters/merge/decode.ts";

const bytes = (...words: number[]): Uint8Array => new Uint8Array(Uint16Array.from(words).buffer);

test("f16: zero, subnormal, one, largest, Inf, NaN and their negatives", () => {
  const got = decodeValues(bytes(0, 1, 0x3c00, 0x7bff, 0x7c00, 0x8001, 0xfbff), "F16");
  assert.deepEqual([...got], [0, 2 ** -24, 1, 65504, Number.POSITIVE_INFINITY, -(2 ** -24), -65504]);
  assert.ok(Number.isNaN(decodeValues(bytes(0x7e00), "F16")[0]));
});

test("bf16 is the upper half of f32", () => {
  assert.deepEqual([...decodeValues(bytes(0x3f80, 0xc040, 0x0001), "BF16")], [1, -3, 2 ** -133]);
});

test("f32 and f64 come through at any alignment", () => {
  const room = new Uint8Array(13);
  room.set(new Uint8Array(Float32Array.of(1.25).buffer), 1);
  room.set(new Uint8Array(Float64Array.of(-2.5).buffer), 5);
  assert.equal(decodeValues(room.subarray(1, 5), "F32")[0], 1.25);
  assert.equal(decodeValues(room.subarray(5, 13), "F64")[0], -2.5);
});

test("half an ulp: of 1 in each type, and of the smallest numbers", () => {
  assert.equal(halfUlp(1, "F32"), 2 ** -24);
  assert.equal(halfUlp(1.99, "BF16"), 2 ** -8);
  assert.equal(halfUlp(-1, "F16"), 2 ** -11);
  assert.equal(halfUlp(0, "F16"), 2 ** -25);
  assert.equal(halfUlp(2 ** -20, "F16"), 2 ** -25);
});

test("other types are refused by name", () => {
  assert.throws(() => decodeValues(new Uint8Array(8), "I64"), { code: "DTYPE", message: /I64 was given/ });
});
