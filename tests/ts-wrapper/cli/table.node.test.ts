import assert from "node:assert/strict";
import { test } from "node:test";
import { colorsFor } from "../../../ts-wrapper/cli/colors.ts";
import { blocks, fields, table } from "../../../ts-wrapper/cli/table.ts";

const plain = colorsFor({ isTTY: false, env: {}, refused: true });

test("table: columns are aligned under their titles, without lines and without spaces at the end", () => {
  const text = table(
    [{ title: "file" }, { title: "size", align: "right" }],
    [
      ["model.safetensors", "4.85 MB"],
      ["c", "90 B"],
    ],
    plain,
  );
  assert.equal(text, ["  file                  size", "  model.safetensors  4.85 MB", "  c                     90 B"].join("\n"));
});

test("table: nothing is printed for no rows", () => {
  assert.equal(table([{ title: "file" }], [], plain), "");
  assert.equal(fields([["a", undefined]], plain), "");
});

test("table: fields leave out what has no value; blocks leave out what is empty", () => {
  assert.equal(
    fields(
      [
        ["kind", "lora"],
        ["rank", undefined],
        ["weights", "F32"],
      ],
      plain,
    ),
    "  kind     lora\n  weights  F32",
  );
  assert.equal(blocks("a", "", undefined, "b"), "a\n\nb");
});
