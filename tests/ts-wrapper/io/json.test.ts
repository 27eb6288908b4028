import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  JsonNumber,
  type JsonTree,
  type JsonValue,
  kindOf,
  parseJson,
  parseJsonObject,
  parseJsonRaw,
} from "../../../ts-wrapper/io/json.ts";
import { fixture } from "../../support/fixtures.ts";

const file = "test.json";
const parse = (text: string | Uint8Array, options = {}): JsonValue => parseJson(text, { file, ...options });

/** Maps as plain objects, to compare with JSON.parse. */
function plain(value: JsonTree<unknown>): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [k, plain(v as JsonTree<unknown>)]));
  return value;
}

test("values, escapes and white space read as JSON.parse reads them", () => {
  const text =
    ' {"a": [1, -2.5e-3, 0, -0, 1E2], "b": {"c": null, "d": true, "e": false}, "s": "\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9é\\ud83d\\ude00"}\r\n\t ';
  assert.deepEqual(plain(parse(text)), JSON.parse(text));
});

test("on 300 random documents the result is that of JSON.parse", () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: "grapheme" }), (text) => {
      assert.deepEqual(
        plain(parse(text)),
        JSON.parse(text, (_, v) => v),
      );
    }),
    { numRuns: 300, seed: 20250 },
  );
});

test("what JSON.parse refuses is refused, always as FORMAT or LIMIT: 2000 damaged documents", () => {
  const whole = '{"a": [1, 2.5, {"b": "text \\u00e9"}], "c": true, "d": null}';
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.constantFrom(...'{}[]:,"\\0-+.eEtfn \u0000x'), fc.boolean(), (at, c, replace) => {
      const text = whole.slice(0, at) + c + whole.slice(replace ? at + 1 : at);
      let expected: unknown;
      let isJson = true;
      try {
        expected = JSON.parse(text);
      } catch {
        isJson = false;
      }
      try {
        assert.deepEqual(plain(parse(text)), expected);
        assert.ok(isJson, text);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "FORMAT", `${text}: ${error}`);
        assert.ok(!isJson || /second time/.test(String(error)), `${text}: ${error}`);
      }
    }),
    { numRuns: 2000, seed: 20251 },
  );
});

test("every proper prefix of a document is refused as FORMAT", () => {
  const whole = '{"a": [1, 2.5, {"b": "x\\u00e9"}], "c": true}';
  for (let n = 0; n < whole.length; n++) assert.throws(() => parse(whole.slice(0, n)), { code: "FORMAT" }, `prefix of ${n}`);
});

test("a key that stands twice is refused with the key and its place, also when one is written with escapes", () => {
  assert.throws(() => parse('{"a": 1, "\\u0061": 2}'), {
    code: "FORMAT",
    message: /test\.json: bad JSON at character 9: the key "a" a second time/,
  });
  assert.throws(() => parse('{"x": {"a": 1, "a": 1}}'), { code: "FORMAT", message: /second time/ });
  assert.deepEqual(plain(parse('[{"a": 1}, {"a": 2}]')), [{ a: 1 }, { a: 2 }]);
});

test("__proto__, constructor and toString are keys like others", () => {
  const map = parseJsonObject('{"__proto__": {"polluted": 1}, "constructor": 2, "toString": 3}', { file });
  assert.deepEqual([...map.keys()], ["__proto__", "constructor", "toString"]);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test("a byte order mark, invalid UTF-8, an unpaired surrogate and control characters are refused", () => {
  const bom = new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]);
  assert.throws(() => parse(bom), { code: "FORMAT", message: /byte order mark/ });
  assert.throws(() => parse("\ufeff{}"), { code: "FORMAT", message: /byte order mark/ });
  for (const bad of [
    [0x22, 0xff, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
  ]) {
    assert.throws(() => parse(new Uint8Array(bad)), { code: "FORMAT", message: /not valid UTF-8/ });
  }
  assert.throws(() => parse('"\\ud800"'), { code: "FORMAT", message: /unpaired surrogate/ });
  assert.throws(() => parse('"\\udc00\\ud800"'), { code: "FORMAT", message: /unpaired surrogate/ });
  assert.throws(() => parse('"a\nb"'), { code: "FORMAT", message: /inside a string/ });
  assert.throws(() => parse('"a\u0000b"'), { code: "FORMAT", message: /inside a string/ });
});

test("numbers follow the grammar: no leading zero, plus sign, bare point or hexadecimal", () => {
  for (const bad of [
    "01",
    "-01",
    "+1",
    ".5",
    "1.",
    "1e",
    "1e+",
    "0x10",
    "-",
    "1_000",
    "NaN",
    "Infinity",
    "-Infinity",
    "1n",
    "--1",
    "1a",
  ]) {
    assert.throws(() => parse(bad), { code: "FORMAT" }, bad);
    assert.throws(() => parse(`[${bad}]`), { code: "FORMAT" }, bad);
  }
});

test("NaN and Infinity are taken where the option says so, and only as whole words", () => {
  const values = parse("[NaN, Infinity, -Infinity]", { nonFinite: true });
  assert.deepEqual(values, [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  for (const bad of ["Inf", "nan", "-NaN", "NaN1", "Infinityx", "+Infinity"]) {
    assert.throws(() => parse(`[${bad}]`, { nonFinite: true }), { code: "FORMAT" }, bad);
  }
});

test("depth and length have limits: 64 levels pass, 65 and a bomb of 100000 do not", () => {
  const nested = (n: number): string => "[".repeat(n) + "]".repeat(n);
  parse(nested(64));
  assert.throws(() => parse(nested(65)), { code: "LIMIT", message: /deeper than 64/ });
  assert.throws(() => parse("[".repeat(100_000)), { code: "LIMIT" });
  assert.throws(() => parse('{"a":'.repeat(100_000)), { code: "LIMIT" });
  assert.throws(() => parse(nested(3), { maxDepth: 2 }), { code: "LIMIT", message: /deeper than 2/ });
  assert.throws(() => parse("[1, 2]", { maxLength: 5 }), { code: "LIMIT", message: /6 characters, at most 5/ });
  assert.throws(() => parse(new Uint8Array(6), { maxLength: 5 }), { code: "LIMIT", message: /6 bytes, at most 5/ });
});

test("parseJsonRaw keeps the text of every number", () => {
  const list = parseJsonRaw("[1.0, 1e3, -0, 9007199254740993, 1e-05, NaN]", { file, nonFinite: true }) as JsonNumber[];
  assert.deepEqual(
    list.map((n) => n.raw),
    ["1.0", "1e3", "-0", "9007199254740993", "1e-05", "NaN"],
  );
});

test("a document that is no object is refused by what it is", () => {
  for (const [text, what] of [
    ["[]", "an array"],
    ["3", "3"],
    ['"x"', 'the string "x"'],
    ["null", "null"],
    ["true", "true"],
  ] as const) {
    assert.throws(() => parseJsonObject(text, { file }), {
      code: "FORMAT",
      message: `test.json: the JSON is ${what}, an object was needed`,
    });
  }
  assert.equal(kindOf(undefined), "missing");
  assert.equal(kindOf(new JsonNumber("1e3")), '"1e3"');
});

test("a shared array of bytes is read as well", () => {
  if (typeof SharedArrayBuffer === "undefined") return;
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  shared.set([0x5b, 0x5d]);
  assert.deepEqual(parse(shared), []);
});

test("the example's configuration reads as JSON.parse reads it", async () => {
  const bytes = await fixture("kjv-llama/base/config.json");
  assert.deepEqual(plain(parse(bytes)), JSON.parse(new TextDecoder().decode(bytes)));
});
