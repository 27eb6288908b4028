import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type JsonWritable, parseJsonRaw, writeJson } from "../../../ts-wrapper/io/json.ts";

test("plain values are written as JSON.stringify writes them, with and without indent, on 300 random documents", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const same = JSON.parse(JSON.stringify(value)) as JsonWritable;
      assert.equal(writeJson(same), JSON.stringify(same));
      assert.equal(writeJson(same, { indent: 2 }), JSON.stringify(same, null, 2));
    }),
    { numRuns: 300, seed: 20252 },
  );
});

test("a Map keeps its order, __proto__ included; members that are undefined are left out", () => {
  const map = new Map<string, JsonWritable>([
    ["b", 1],
    ["__proto__", [true, null]],
    ["a", { x: undefined, y: "é\n" }],
  ]);
  assert.equal(writeJson(map), '{"b":1,"__proto__":[true,null],"a":{"y":"é\\n"}}');
});

test("what parseJsonRaw read is written back byte for byte: 1.0, 1e-05, big integers and Infinity stay", () => {
  const text =
    '{\n  "rope_theta": 10000.0,\n  "eps": 1e-05,\n  "big": 9007199254740993,\n  "cap": Infinity,\n  "empty": [],\n  "none": {},\n  "list": [\n    1,\n    2.50\n  ]\n}';
  assert.equal(writeJson(parseJsonRaw(text, { file: "config.json", nonFinite: true }), { indent: 2 }), text);
});

test("a number that is NaN or infinite is refused", () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, -1 / 0]) assert.throws(() => writeJson([bad]), TypeError);
});
