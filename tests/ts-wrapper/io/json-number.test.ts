import assert from "node:assert/strict";
import { test } from "node:test";
import { JsonNumber } from "../../../ts-wrapper/io/json-number.ts";

test("an integer is plain digits and exact: 0 to 2^53 − 1", () => {
  for (const raw of ["0", "1", "10", "4096", "9007199254740991"]) assert.equal(new JsonNumber(raw).integer, Number(raw), raw);
  for (const raw of [
    "-0",
    "-1",
    "1.0",
    "1e3",
    "1E0",
    "0.0",
    "9007199254740992",
    "9007199254740993",
    "18446744073709551616",
    "NaN",
    "Infinity",
  ]) {
    assert.equal(new JsonNumber(raw).integer, undefined, raw);
  }
});

test("the value is the nearest double", () => {
  assert.equal(new JsonNumber("9007199254740993").value, 2 ** 53);
  assert.equal(new JsonNumber("1e-05").value, 0.00001);
  assert.ok(Object.is(new JsonNumber("-0").value, -0));
  assert.equal(new JsonNumber("-Infinity").value, Number.NEGATIVE_INFINITY);
});
