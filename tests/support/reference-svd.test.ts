// What other tests measure by: it is checked where the answer is known.
import assert from "node:assert/strict";
import { test } from "node:test";
import { kahan } from "./matrices.ts";
import { referenceSingularValues } from "./reference-svd.ts";

test("reference singular values: a 2×2 matrix with a closed form, to the last bit", () => {
  // [[1, 1], [0, 1]] has the golden ratio and its inverse.
  const golden = (1 + Math.sqrt(5)) / 2;
  assert.deepEqual([...referenceSingularValues(2, 2, [1, 1, 0, 1])], [golden, golden - 1]);
});

test("reference singular values: tall, wide and transposed agree to the last bit but one", () => {
  const data = [1, 2, 3, 4, 5, 7];
  const tall = referenceSingularValues(3, 2, data);
  const wide = referenceSingularValues(2, 3, [1, 3, 5, 2, 4, 7]);
  for (const [i, s] of tall.entries()) assert.ok(Math.abs(s - wide[i]!) <= 2 ** -52 * s);
  assert.deepEqual([...referenceSingularValues(3, 3, [0, 0, 3, 0, -5, 0, 1e-90, 0, 0])], [5, 3, 1e-90]);
});

test("reference singular values: their product is the determinant of Kahan's matrix to 10⁻¹⁴, where the smallest is 10⁻⁵", () => {
  const a = kahan("f64", 24);
  const s = referenceSingularValues(24, 24, a.data);
  const determinant = Array.from({ length: 24 }, (_, i) => a.data[i * 24 + i]!).reduce((x, y) => x * y, 1);
  assert.ok(Math.abs(s.reduce((x, y) => x * y, 1) / determinant - 1) <= 1e-14);
});
