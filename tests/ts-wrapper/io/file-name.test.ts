import assert from "node:assert/strict";
import { test } from "node:test";
import { isPlainFileName, plainFileName } from "../../../ts-wrapper/io/file-name.ts";

test("plain names are taken", () => {
  for (const name of [
    "model.safetensors",
    "model-00001-of-00002.safetensors",
    ".gitattributes",
    "a..b",
    "LICENSE",
    "模型.json",
    "x".repeat(255),
  ]) {
    assert.equal(isPlainFileName(name), true, name);
  }
});

test("paths, parents, drives, streams, control characters and over-long names are not", () => {
  const bad = [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "/etc/passwd",
    "a\\b",
    "..\\x",
    "C:x",
    "a:b",
    "a\u0000b",
    "a\nb",
    "a\u007f",
    "x".repeat(256),
    "é".repeat(128),
  ];
  for (const name of bad) assert.equal(isPlainFileName(name), false, name);
  assert.throws(() => plainFileName("../x", "FORMAT", "index"), {
    code: "FORMAT",
    message: 'index: the file name "../x" was given, a plain name without a path was needed',
  });
  assert.equal(plainFileName("x", "USAGE", "index"), "x");
});
