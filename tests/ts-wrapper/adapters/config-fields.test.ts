import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigFields } from "../../../ts-wrapper/adapters/config-fields.ts";
import type { JsonObject } from "../../../ts-wrapper/io/json.ts";
import { json } from "../../support/adapters.ts";

const fields = new ConfigFields(
  json({
    yes: true,
    n: 3,
    x: 0.5,
    text: "a",
    list: ["a", "b"],
    ints: [0, 2],
    by: { a: [1] },
    numbers: { a: 1, b: 2 },
    none: null,
  }) as JsonObject,
  "f.json",
);

test("each reader gives the value in its type, and the empty value for what is absent or null", () => {
  assert.deepEqual([fields.flag("yes"), fields.flag("none"), fields.flag("absent")], [true, false, false]);
  assert.deepEqual(
    [fields.number("x"), fields.number("none"), fields.count("n"), fields.count("absent")],
    [0.5, undefined, 3, undefined],
  );
  assert.deepEqual([fields.text("text"), fields.text("none")], ["a", undefined]);
  assert.deepEqual([fields.texts("list"), fields.texts("text"), fields.texts("none")], [["a", "b"], ["a"], []]);
  assert.deepEqual([fields.indices("ints"), fields.indices("n"), fields.indices("none")], [[0, 2], [3], []]);
  assert.deepEqual(fields.indicesByName("by"), new Map([["a", [1]]]));
  assert.deepEqual(fields.numbers("numbers", "count"), [
    ["a", 1],
    ["b", 2],
  ]);
  assert.deepEqual([fields.has("none"), fields.has("n"), fields.raw("n"), fields.object("none").size], [false, true, 3, 0]);
});

const refusals: readonly (readonly [what: string, read: () => unknown, message: RegExp])[] = [
  ["a number as a flag", () => fields.flag("n"), /f\.json: n is 3, true or false was needed/],
  ["a string as a number", () => fields.number("text"), /text is the string "a", a finite number was needed/],
  ["a fraction as a count", () => fields.count("x"), /x is 0\.5, an integer of at least 1 was needed/],
  ["a number as a text", () => fields.text("n"), /n is 3, a string was needed/],
  ["an object as texts", () => fields.texts("by"), /by is an object, strings was needed/],
  ["a fraction as an index", () => fields.indices("x"), /x is 0\.5, integers from 0 on was needed/],
  ["numbers as lists", () => fields.indicesByName("numbers"), /numbers is 1, lists was needed/],
  ["a list as an object", () => fields.object("list"), /list is an array, an object was needed/],
];

for (const [what, read, message] of refusals) {
  test(`${what} is FORMAT with the key and the value`, () => {
    assert.throws(read, { code: "FORMAT", message, file: "f.json" });
  });
}
