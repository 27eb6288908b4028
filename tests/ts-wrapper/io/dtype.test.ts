import assert from "node:assert/strict";
import { test } from "node:test";
import { dtypes, isDtype, tensorBytes } from "../../../ts-wrapper/io/dtype.ts";

const where = { file: "a.safetensors", tensor: "w" };

test("the 22 dtypes of the format are known with their bits", () => {
  const bits = Object.entries(dtypes).map(([name, d]) => `${name}:${d.bits}`);
  const list =
    "BOOL:8 F4:4 F6_E2M3:6 F6_E3M2:6 U8:8 I8:8 F8_E5M2:8 F8_E4M3:8 F8_E8M0:8 F8_E4M3FNUZ:8 F8_E5M2FNUZ:8 " +
    "I16:16 U16:16 F16:16 BF16:16 I32:32 U32:32 F32:32 C64:64 F64:64 I64:64 U64:64";
  assert.deepEqual(bits, list.split(" "));
});

test("names are exact: no lower case, no key of every object", () => {
  for (const name of ["f32", "F32 ", "", "toString", "__proto__", "constructor"]) assert.equal(isDtype(name), false, name);
  assert.equal(isDtype("BF16"), true);
});

test("bytes are the product of the shape times the size; a scalar has one element, an empty one none", () => {
  assert.equal(tensorBytes("F32", [3, 5], where), 60);
  assert.equal(tensorBytes("BF16", [], where), 2);
  assert.equal(tensorBytes("C64", [2], where), 16);
  assert.equal(tensorBytes("F32", [0], where), 0);
  assert.equal(tensorBytes("F32", [2 ** 53 - 1, 2 ** 53 - 1, 0], where), 0);
  assert.equal(tensorBytes("F32", [0, 2 ** 53 - 1, 2 ** 53 - 1], where), 0);
});

test("elements below a byte have to fill whole bytes together", () => {
  assert.equal(tensorBytes("F4", [3, 2], where), 3);
  assert.equal(tensorBytes("F6_E2M3", [4], where), 3);
  assert.throws(() => tensorBytes("F4", [3], where), {
    code: "FORMAT",
    message: /a\.safetensors: tensor "w" is F4 \[3\], 12 bits/,
  });
  assert.throws(() => tensorBytes("F6_E3M2", [2], where), { code: "FORMAT", message: /12 bits/ });
});

test("a product beyond 2^53 − 1 bits is refused, whether the elements or the bits overflow", () => {
  for (const shape of [[2 ** 40, 2 ** 40], [2 ** 53 - 1, 2], [2 ** 51], [2 ** 32, 2 ** 32, 2 ** 32]]) {
    assert.throws(
      () => tensorBytes("F32", shape, where),
      { code: "FORMAT", tensor: "w", message: /more bits than 2\^53/ },
      String(shape),
    );
  }
});
