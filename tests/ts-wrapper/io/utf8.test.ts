import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeUtf8, encodeUtf8, isText } from "../../../ts-wrapper/io/utf8.ts";

test("text goes to bytes and back, a byte order mark included", () => {
  for (const text of ["", "abc", "é漢😀", "\ufeffx"]) assert.equal(decodeUtf8(encodeUtf8(text), "f"), text);
});

test("bytes that are not UTF-8 are refused with the file: overlong, surrogate, cut, beyond U+10FFFF", () => {
  for (const bad of [[0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80], [0x80]]) {
    assert.throws(() => decodeUtf8(new Uint8Array(bad), "f.json"), {
      code: "FORMAT",
      file: "f.json",
      message: /not valid UTF-8/,
    });
  }
});

test("isText sees unpaired surrogates", () => {
  assert.equal(isText("😀 é"), true);
  for (const bad of ["\ud800", "a\udc00", "\ude00\ud83d"]) assert.equal(isText(bad), false);
});
