import assert from "node:assert/strict";
import { test } from "node:test";
import { doubleRowsOf, eachElement, rowsOf, transposedCopy, typed, zeros } from "../../../ts-wrapper/linalg/dense.ts";

const gaps = { rows: 3, cols: 2, stride: 3, data: Float32Array.of(1, 2, -1, 3, 4, -1, 5, 6) };

test("rowsOf copies rows and leading columns without gaps, in the type of the matrix or in float64", () => {
  assert.deepEqual(rowsOf(gaps), { rows: 3, cols: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6) });
  assert.deepEqual(rowsOf(gaps, 1, 2, 1), { rows: 2, cols: 1, data: Float32Array.of(3, 5) });
  assert.deepEqual(doubleRowsOf(gaps, 2), { rows: 1, cols: 2, data: Float64Array.of(5, 6) });
  assert.deepEqual(rowsOf(gaps, 3), { rows: 0, cols: 2, data: new Float32Array(0) });
});

test("transposedCopy and eachElement go by rows and leave gaps out", () => {
  assert.deepEqual(transposedCopy(gaps), { rows: 2, cols: 3, data: Float32Array.of(1, 3, 5, 2, 4, 6) });
  const seen: number[][] = [];
  eachElement(gaps, (x, i, j) => seen.push([x, i, j]));
  assert.deepEqual(seen.slice(0, 3), [
    [1, 0, 0],
    [2, 0, 1],
    [3, 1, 0],
  ]);
});

test("zeros are of the type; typed is the same matrix", () => {
  assert.deepEqual([zeros("f32", 2), zeros("f64", 1)], [new Float32Array(2), new Float64Array(1)]);
  assert.equal(typed(gaps), gaps);
});
