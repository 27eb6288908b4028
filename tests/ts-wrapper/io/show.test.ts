import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "../../../ts-wrapper/io/show.ts";

test("a name cannot write to a terminal: control, bidirectional and separator characters are escaped", () => {
  assert.equal(show("a\u001b[31mred\r\n"), '"a\\u001b[31mred\\r\\n"');
  assert.equal(show("\u009b2J"), '"\\u{9b}2J"');
  assert.equal(show("abc\u202etxt"), '"abc\\u{202e}txt"');
  assert.equal(show("a\u2028b"), '"a\\u{2028}b"');
  assert.equal(show('é 漢 "q"'), '"é 漢 \\"q\\""');
});

test("a long name is cut at 160 characters", () => {
  assert.equal(show("x".repeat(160)), `"${"x".repeat(160)}"`);
  assert.equal(show("x".repeat(10_000)), `"${"x".repeat(160)}…"`);
});
