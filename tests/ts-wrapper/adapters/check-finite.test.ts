import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFinite, findNonFinite, indexOf } from "../../../ts-wrapper/adapters/check-finite.ts";
import { loraOf, stored } from "../../support/adapters.ts";

const bytes = (words: Uint16Array | Uint32Array | BigUint64Array) => new Uint8Array(words.buffer.slice(0) as ArrayBuffer);

test("f16: of all 65536 bit patterns, exactly those with a full exponent are found, by what they are", () => {
  for (let bits = 0; bits < 65536; bits++) {
    const full = (bits & 0x7c00) === 0x7c00;
    const what = !full ? undefined : bits & 0x3ff ? "NaN" : bits & 0x8000 ? "-Infinity" : "Infinity";
    assert.equal(findNonFinite("F16", bytes(Uint16Array.of(0, bits)))?.what, what);
  }
});

test("bf16: the same, against the f32 that has these bits in front", () => {
  for (let bits = 0; bits < 65536; bits++) {
    const x = new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;
    assert.equal(findNonFinite("BF16", bytes(Uint16Array.of(bits)))?.what, Number.isFinite(x) ? undefined : String(x));
  }
});

for (const [dtype, of] of [
  ["F32", (x: number) => new Uint8Array(Float32Array.of(1, x, 2).buffer)],
  ["F64", (x: number) => new Uint8Array(Float64Array.of(1, x, 2).buffer)],
] as const) {
  test(`${dtype}: NaN and infinities are found at their index, the largest and smallest numbers are not`, () => {
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      assert.deepEqual(findNonFinite(dtype, of(x)), { index: 1, what: String(x) });
    for (const x of [0, -0, 3.4028234663852886e38, -1e-45, 1.5]) assert.equal(findNonFinite(dtype, of(x)), undefined);
  });
}

test("F64: a NaN whose upper fraction is zero is one, and bytes may lie anywhere", () => {
  const odd = new Uint8Array(17);
  odd.set(bytes(BigUint64Array.of(0x7ff0000000000001n, 0n)), 1);
  assert.deepEqual(findNonFinite("F64", odd.subarray(1)), { index: 0, what: "NaN" });
  odd.set(bytes(Uint16Array.of(0, 0x7f81)), 1);
  assert.deepEqual(findNonFinite("BF16", odd.subarray(1, 5)), { index: 1, what: "NaN" });
});

test("integers are passed over", () => {
  assert.equal(findNonFinite("I32", bytes(Uint32Array.of(0x7fc00000))), undefined);
});

test("the index is the row-major place", () => {
  assert.deepEqual([indexOf([3, 4], 11), indexOf([2, 3, 4], 23), indexOf([5], 2), indexOf([], 0)], ["2, 3", "1, 2, 3", "2", ""]);
});

test("a NaN behind the first chunk of a large tensor is found at its place; unused tensors can be left out", async () => {
  const adapter = loraOf({}, {});
  const values = new Float32Array(1_100_000).fill(1);
  values[1_050_001] = Number.NaN;
  const tensor = stored("big", { dtype: "F32", shape: [1100, 1000], bytes: new Uint8Array(values.buffer) });
  const broken = { ...adapter, tensors: new Map([["big", tensor]]) };
  await assert.rejects(checkFinite(broken), {
    code: "MISMATCH",
    tensor: "big",
    message: /tensor big \[1100,1000\] holds NaN at \[1050, 1\], finite numbers were needed/,
  });
  await checkFinite(broken, { except: ["big"] });
});

test("the check can be stopped", async () => {
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  await assert.rejects(checkFinite(loraOf({}, { "m.q.lora_A.weight": [2, 2] }), { signal }), reason);
});
