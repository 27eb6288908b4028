// Node only: it tests what tests/structure.node.test.ts leans on
import assert from "node:assert/strict";
import { test } from "node:test";
import { resolve, specifiers, withoutTypes } from "./sources.ts";

const source = `
import "./a.ts";
import { b } from "./b.ts";
import {
  c,
} from "./c.ts";
import type { D } from "./d.ts";
import e, * as f from "./e.ts";
export * from "./f.ts";
export { type G, g } from "./g.ts";
export type { H } from "./h.ts";
// import "./comment.ts";
/** import("./comment.ts") */
const i = await import("./i.ts");
const from = "./no-import.ts";
`;

test("every form of import is seen, comments and strings are not", () => {
  const all = ["a", "b", "c", "d", "e", "f", "g", "h", "i"].map((name) => `./${name}.ts`);
  assert.deepEqual(specifiers(source), all);
});

test("what runs has no imports of types", async () => {
  const typed =
    'import type { A } from "node:a";\nimport { type B, b } from "./b.ts";\ntype C = typeof import("node:c");\nexport const x = b;';
  assert.deepEqual(specifiers(typed), ["node:a", "./b.ts", "node:c"]);
  assert.deepEqual(specifiers(await withoutTypes(typed)), ["./b.ts"]);
});

test("specifiers resolve from the importing file", () => {
  assert.equal(resolve("ts-wrapper/io/json.ts", "../engine/errors.ts"), "ts-wrapper/engine/errors.ts");
  assert.equal(resolve("assembly/blas/dot.ts", "../core/simd"), "assembly/core/simd.ts");
  assert.equal(resolve("ts-wrapper/io/json.ts", "node:fs"), undefined);
});
