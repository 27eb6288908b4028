import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFloats, isFloatDtype, roundTo } from "../../../ts-wrapper/adapters/float-bits.ts";
import { decode, toBf16, toF16 } from "../../support/reference-merge.ts";
import { random, rng } from "../../support/rng.ts";

const all = new Uint8Array(Uint16Array.from({ length: 65536 }, (_, i) => i).buffer);

for (const dtype of ["F16", "BF16"] as const) {
  test(`${dtype}: every bit pattern decodes as the reference does, and each number rounds to itself`, () => {
    const got = decodeFloats(dtype, all);
    assert.deepEqual(got, decode(dtype, all));
    for (const x of got) assert.ok(Object.is(roundTo(dtype, x), x) || Number.isNaN(x), `${x}`);
  });
}

test("F32 and F64 decode from any offset", () => {
  const odd = new Uint8Array(9);
  odd.set(new Uint8Array(Float64Array.of(0.1).buffer), 1);
  assert.deepEqual([...decodeFloats("F64", odd.subarray(1))], [0.1]);
  odd.set(new Uint8Array(Float32Array.of(0.1).buffer), 1);
  assert.deepEqual([...decodeFloats("F32", odd.subarray(1, 5))], [Math.fround(0.1)]);
});

test("rounding of 3000 random numbers over the whole range, and of ties, is the reference's", () => {
  const next = rng(7);
  const numbers = [...random(3000, next)].map((x) => x * 2 ** Math.round(next() * 300 - 160));
  for (const x of [...numbers, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -11, 65519, 65520, -65520, 2 ** -25, 3 * 2 ** -25, 0, -0]) {
    const y = Math.fround(x); // the reference rounds from f32
    const bits = Uint16Array.of(toF16(y));
    assert.equal(roundTo("F16", y), decode("F16", new Uint8Array(bits.buffer))[0]);
    bits[0] = toBf16(y);
    assert.equal(roundTo("BF16", y), decode("BF16", new Uint8Array(bits.buffer))[0]);
    assert.equal(roundTo("F32", x), y);
    assert.equal(roundTo("F64", x), x);
  }
});

test("the four floating-point types, and no other", () => {
  assert.deepEqual((["F32", "F16", "BF16", "F64", "I32", "F8_E4M3"] as const).map(isFloatDtype), [
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});
