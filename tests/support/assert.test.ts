// What the tests lean on: an assertion library that says no. In pages it is another one than elsewhere (browser-assert.ts).
import assert from "node:assert/strict";
import { test } from "node:test";

class Coded extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const different: readonly (readonly [string, unknown, unknown])[] = [
  ["a number and the string of it", 1, "1"],
  ["0 and -0", 0, -0],
  ["null and undefined", null, undefined],
  ["an element of an array", [1, 2, 3], [1, 2, 4]],
  ["the length of an array", [1, 2], [1, 2, undefined]],
  ["an element of a Float32Array", new Float32Array([1, 2]), new Float32Array([1, 3])],
  ["-0 in a Float64Array", new Float64Array([0]), new Float64Array([-0])],
  ["an element of a Uint8Array", new Uint8Array([1, 2]), new Uint8Array([1, 3])],
  ["the type of a typed array", new Uint8Array([1]), new Int8Array([1])],
  ["a value of a Map", new Map([["a", { b: 1 }]]), new Map([["a", { b: 2 }]])],
  ["a key of a Map", new Map([["a", 1]]), new Map([["b", 1]])],
  ["a member of a Set", new Set([1, 2]), new Set([1, 3])],
  ["a member of an object", { a: 1 }, { a: 1, b: undefined }],
  ["a bigint and a number", 1n, 1],
  ["the bytes of an ArrayBuffer", new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
];
for (const [what, a, b] of different) {
  test(`deepEqual sees ${what}`, () => {
    assert.throws(() => assert.deepEqual(a, b), { name: "AssertionError" });
    assert.throws(() => assert.deepStrictEqual(a, b), { name: "AssertionError" });
    assert.notDeepEqual(a, b);
  });
}

const same: readonly (readonly [string, unknown, unknown])[] = [
  ["NaN", Number.NaN, Number.NaN],
  ["typed arrays", new Float32Array([1, Number.NaN]), new Float32Array([1, Number.NaN])],
  ["nested maps", new Map([["a", new Map([["b", [1n]]])]]), new Map([["a", new Map([["b", [1n]]])]])],
  ["sets in another order", new Set([1, 2]), new Set([2, 1])],
  ["objects in another order", { a: 1, b: [2] }, { b: [2], a: 1 }],
  ["array buffers", new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2]).buffer],
];
for (const [what, a, b] of same) test(`deepEqual takes equal ${what}`, () => assert.deepEqual(a, b));

test("equal is strict and tells 0 from -0", () => {
  assert.equal(Number.NaN, Number.NaN);
  assert.throws(() => assert.equal(1 as unknown, "1"), { name: "AssertionError" });
  assert.throws(() => assert.equal(0, -0), { name: "AssertionError" });
});

test("throws checks code and message, and wants an error at all", () => {
  const fail = (): never => {
    throw new Coded("SHAPE", "gemv: A is 3×4");
  };
  assert.throws(fail, { code: "SHAPE", message: /A is 3×4/ });
  assert.throws(fail, Coded);
  assert.throws(() => assert.throws(fail, { code: "DTYPE" }));
  assert.throws(() => assert.throws(fail, { code: "SHAPE", message: /A is 4×3/ }));
  assert.throws(() => assert.throws(() => undefined, { code: "SHAPE" }), { name: "AssertionError" });
});

test("rejects checks code and message, and wants a rejection at all", async () => {
  const fail = async (): Promise<never> => {
    throw new Coded("FORMAT", "a.json: line 3");
  };
  await assert.rejects(fail(), { code: "FORMAT", message: /line 3/ });
  await assert.rejects(fail, { code: "FORMAT" });
  await assert.rejects(assert.rejects(fail(), { code: "LIMIT" }));
  await assert.rejects(assert.rejects(Promise.resolve()), { name: "AssertionError" });
});

test("ok, match and fail say no", () => {
  assert.throws(() => assert.ok(0), { name: "AssertionError" });
  assert.throws(() => assert(false, "reason"), { message: "reason" });
  assert.throws(() => assert.match("abc", /d/), { name: "AssertionError" });
  assert.throws(() => assert.fail("reason"), { message: "reason" });
});
