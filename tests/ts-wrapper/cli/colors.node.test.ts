import assert from "node:assert/strict";
import { test } from "node:test";
import { colorsFor, wantsColor } from "../../../ts-wrapper/cli/colors.ts";

test("colors: a terminal gets colour unless NO_COLOR, --no-color or TERM=dumb refuse it", () => {
  assert.equal(wantsColor({ isTTY: true, env: {}, refused: false }), true);
  assert.equal(wantsColor({ isTTY: true, env: { NO_COLOR: "" }, refused: false }), true);
  assert.equal(wantsColor({ isTTY: true, env: { NO_COLOR: "1" }, refused: false }), false);
  assert.equal(wantsColor({ isTTY: true, env: {}, refused: true }), false);
  assert.equal(wantsColor({ isTTY: true, env: { TERM: "dumb" }, refused: false }), false);
});

test("colors: elsewhere only FORCE_COLOR asks for it, and NO_COLOR is stronger", () => {
  assert.equal(wantsColor({ isTTY: false, env: {}, refused: false }), false);
  assert.equal(wantsColor({ isTTY: false, env: { FORCE_COLOR: "1" }, refused: false }), true);
  assert.equal(wantsColor({ isTTY: true, env: { FORCE_COLOR: "0" }, refused: false }), false);
  assert.equal(wantsColor({ isTTY: false, env: { FORCE_COLOR: "1", NO_COLOR: "1" }, refused: false }), false);
  assert.equal(colorsFor({ isTTY: false, env: {}, refused: false }).red("x"), "x");
  assert.equal(colorsFor({ isTTY: true, env: {}, refused: false }).red("x"), "\u001b[31mx\u001b[39m");
});
