// Node only: it reads the sources
import assert from "node:assert/strict";
import { test } from "node:test";
import { libraryFunctions, summaryOf } from "../../../ts-wrapper/tools/library-functions.ts";

test("a function is told by the first clause of its comment", () => {
  const source = `
/** Not this one. */
const x = 1;
/**
 * The first clause of
 * two lines (a source), and more. Another sentence.
 */
export function first(): void {}
/** One clause: its reasons. */
export async function second(): Promise<void> {}
/** No function. */
export interface Third {}
export function bare(): void {}
`;
  assert.equal(summaryOf(source, "first"), "The first clause of two lines");
  assert.equal(summaryOf(source, "second"), "One clause");
  assert.equal(summaryOf(source, "Third"), undefined);
  assert.throws(() => summaryOf(source, "bare"), /bare is exported without a comment/);
});

test("every function of linear algebra that is exported is told", async () => {
  const names = (await libraryFunctions("linalg/")).map((f) => f.name);
  for (const name of ["gemm", "gemv", "qr", "svd", "randomizedSvd"]) assert.ok(names.includes(name), name);
  assert.deepEqual(await libraryFunctions("no-such-folder/"), []);
});
