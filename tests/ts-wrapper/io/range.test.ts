import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRange, shortRead } from "../../../ts-wrapper/io/range.ts";

test("a range inside the bytes passes, its end and emptiness included", () => {
  for (const [offset, length] of [
    [0, 0],
    [0, 10],
    [10, 0],
    [3, 7],
  ] as const)
    checkRange("f", offset, length, 10);
});

test("a range that is not inside is refused with both values", () => {
  for (const [offset, length] of [
    [0, 11],
    [10, 1],
    [-1, 1],
    [1, -1],
    [0.5, 1],
    [0, Number.NaN],
    [2 ** 53, 1],
  ] as const) {
    assert.throws(
      () => checkRange("f", offset, length, 10),
      { code: "FORMAT", file: "f", message: /the file has 10/ },
      `${offset}, ${length}`,
    );
  }
});

test("a short read names how much came", () => {
  const error = shortRead("f", 100, 3, 8);
  assert.equal(error.code, "FORMAT");
  assert.match(error.message, /f: 3 of 8 bytes could be read at 100/);
});
