import assert from "node:assert/strict";
import { test } from "node:test";
import type { Edit, LowRankEdit, StoredTensor } from "../../ts-wrapper/adapters/adapter.ts";
import { decode, encode, referenceMerge, toBf16, toF16 } from "./reference-merge.ts";

const stored = (name: string, shape: number[], values: number[]): StoredTensor => {
  const bytes = new Uint8Array(Float64Array.from(values).buffer);
  return { name, dtype: "F64", shape, byteLength: bytes.length, read: async () => bytes };
};
const base = (shape: number[], values: number[]) => ({
  dtype: "F64",
  shape,
  bytes: new Uint8Array(Float64Array.from(values).buffer),
});
const view = (tensor: StoredTensor, rows: number, cols: number) => ({
  tensor,
  rows,
  cols,
  offset: 0,
  rowStride: cols,
  colStride: 1,
});
const outer = (magnitude?: LowRankEdit["magnitude"]): Edit => ({
  op: "low-rank",
  target: "w",
  rows: 2,
  cols: 2,
  rank: 1,
  left: [view(stored("b", [2, 1], [1, 2]), 2, 1)],
  right: [view(stored("a", [1, 2], [3, 4]), 1, 2)],
  scale: 0.5,
  scaleWhy: "",
  ...(magnitude ? { magnitude } : {}),
});

test("every bit pattern of f16 that is a number comes back from decode and toF16", () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  decode("F16", new Uint8Array(all.buffer)).forEach((x, i) => {
    if (!Number.isNaN(x)) assert.equal(toF16(x), i);
  });
});

test("f16 and bf16 round to the nearest, ties to even", () => {
  assert.equal(toF16(1 + 2 ** -11), 0x3c00);
  assert.equal(toF16(1 + 3 * 2 ** -11), 0x3c02);
  assert.equal(toF16(65519.9), 0x7bff);
  assert.equal(toF16(65520), 0x7c00);
  assert.equal(toF16(2 ** -25), 0);
  assert.equal(toF16(3 * 2 ** -25), 2);
  assert.equal(toBf16(1 + 2 ** -8), 0x3f80);
  assert.equal(toBf16(1 + 3 * 2 ** -8), 0x3f82);
  assert.deepEqual(encode("BF16", Float64Array.of(1, -2)), Uint8Array.of(0x80, 0x3f, 0x00, 0xc0));
});

test("plain, replaced and single rows: W′ = c·W + changes", async () => {
  const w = base([2, 2], [10, 20, 30, 40]);
  const merged = async (...edits: Parameters<typeof referenceMerge>[1]) => [...(await referenceMerge(w, edits)).values];
  assert.deepEqual(await merged({ edit: outer() }), [11.5, 22, 33, 44]);
  assert.deepEqual(await merged({ edit: outer(), weight: 2 }, { edit: outer(), weight: -1 }), [11.5, 22, 33, 44]);
  const replace: Edit = { op: "replace", target: "w", tensor: stored("r", [2, 2], [1, 2, 3, 4]) };
  assert.deepEqual(await merged({ edit: replace }), [1, 2, 3, 4]);
  assert.deepEqual(await merged({ edit: replace, weight: 0.5 }), [5.5, 11, 16.5, 22]);
  assert.deepEqual(await merged({ edit: replace }, { edit: outer() }), [2.5, 4, 6, 8]);
  const rows: Edit = { op: "rows", target: "w", indices: [1], tensor: stored("t", [1, 2], [7, 8]) };
  assert.deepEqual(await merged({ edit: rows }), [10, 20, 7, 8]);
  const larger: Edit = { op: "replace", target: "w", tensor: stored("r", [3, 2], [1, 2, 3, 4, 5, 6]) };
  assert.deepEqual(await referenceMerge(w, [{ edit: larger }]), { shape: [3, 2], values: Float64Array.of(1, 2, 3, 4, 5, 6) });
});

test("DoRA: rows or columns of W + ΔW get the length m; a row of zeros stays", async () => {
  const w = base([2, 2], [1.5, 2, 3, 4]); // W + ΔW = [[3, 4], [6, 8]]
  const dora = async (along: "rows" | "columns", m: number[]) => [
    ...(await referenceMerge(w, [{ edit: outer({ tensor: stored("m", [2], m), along }) }])).values,
  ];
  assert.deepEqual(await dora("rows", [10, 5]), [6, 8, 3, 4]);
  const columns = await dora("columns", [45 ** 0.5, 80 ** 0.5 * 2]);
  for (const [i, x] of [3, 8, 6, 16].entries()) assert.ok(Math.abs(columns[i]! - x) < 1e-14);
  const zero = base([2, 2], [-1.5, -2, 3, 4]);
  const edit = outer({ tensor: stored("m", [2], [1, 5]), along: "rows" });
  assert.deepEqual([...(await referenceMerge(zero, [{ edit }])).values], [0, 0, 3, 4]);
});
