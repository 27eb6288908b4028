import assert from "node:assert/strict";
import { test } from "node:test";
import { parseChoice, parseCount, parseNumber, parseShare, parseText, toNumber } from "../../../ts-wrapper/cli/values.ts";

test("values: a share is the same as a fraction and as a percentage", () => {
  for (const [text, share] of [
    ["0.9", 0.9],
    ["90%", 0.9],
    ["90 %", 0.9],
    ["100%", 1],
    ["1", 1],
    ["0", 0],
  ] as const) {
    assert.equal(parseShare(text, "--min-survival"), share, text);
  }
  for (const text of ["90", "1.01", "-0.1", "101%", "", "%", "half"]) {
    assert.throws(
      () => parseShare(text, "--min-survival"),
      { code: "USAGE", message: /^--min-survival: is ".*", a share from 0 to 1/ },
      text,
    );
  }
});

test("values: numbers are decimal and finite", () => {
  for (const [text, n] of [
    ["0.5", 0.5],
    ["-1", -1],
    ["+2", 2],
    [".25", 0.25],
    ["1.", 1],
    ["1e-3", 0.001],
  ] as const) {
    assert.equal(parseNumber(text, "--scale"), n, text);
  }
  for (const text of ["", "0x10", "1_000", "Infinity", "NaN", "1e999", "1 2"]) {
    assert.equal(toNumber(text), undefined, text);
    assert.throws(() => parseNumber(text, "--scale"), { code: "USAGE", message: /a number such as 0\.5 or -1 was needed/ }, text);
  }
});

test("values: counts are whole and from 1 up", () => {
  assert.equal(parseCount("4", "--threads"), 4);
  for (const text of ["0", "-1", "1.5", "many", "1e20"]) {
    assert.throws(
      () => parseCount(text, "--threads"),
      { code: "USAGE", message: /^--threads: is ".*", a whole number from 1 up/ },
      text,
    );
  }
});

test("values: a choice is one of its words, in any case", () => {
  const parse = parseChoice(["same", "f32"]);
  assert.equal(parse("F32", "--dtype"), "f32");
  assert.throws(() => parse("f64", "--dtype"), { code: "USAGE", message: '--dtype: is "f64", one of same, f32 was needed' });
});

test("values: an empty path is refused", () => {
  assert.equal(parseText("out", "--out"), "out");
  assert.throws(() => parseText(" ", "--out"), { code: "USAGE", message: '--out: is " ", a path was needed' });
});
