import assert from "node:assert/strict";
import { test } from "node:test";
import { build, orthonormalityError } from "./matrices.ts";
import {
  eigenError,
  gluedWilkinson,
  isAscending,
  laplacianEigenvalues,
  spectrumError,
  symmetric,
  withEigenvalues,
} from "./symmetric.ts";

test("a decomposition that is known has no error; a wrong value or vector has one", () => {
  const a = build("f64", 2, 2, (i, j) => (i === j ? 2 : 1));
  const h = Math.SQRT1_2;
  const v = build("f64", 2, 2, (i, j) => (i === 0 && j === 0 ? -h : h));
  assert.ok(eigenError(a, [1, 3], v) < 1e-15);
  assert.ok(eigenError(a, [1.1, 3], v) > 0.01);
  assert.ok(orthonormalityError(v, "columns") < 1e-15);
  assert.equal(spectrumError([1, 3], [1, 4]), 0.25);
  assert.ok(isAscending([1, 1, 2]) && !isAscending([2, 1]));
});

test("matrices are symmetric bit for bit, have the trace of their eigenvalues, and W⁺ is glued where its copies meet", () => {
  for (const a of [symmetric("f32", 9, 1), withEigenvalues("f32", [1, 2, 3, 4, 5, 6, 7, 8, 9], 1)]) {
    a.data.forEach((x, k) => {
      assert.equal(x, a.data[(k % 9) * 9 + Math.floor(k / 9)]);
    });
  }
  const b = withEigenvalues("f64", [1, 2, 3], 4);
  assert.ok(Math.abs(b.data[0]! + b.data[4]! + b.data[8]! - 6) < 1e-14);
  assert.deepEqual(gluedWilkinson(3, 2, 0.5), { d: [1, 0, 1, 1, 0, 1], e: [1, 1, 0.5, 1, 1] });
  assert.ok(spectrumError(laplacianEigenvalues(1), [2]) < 1e-15);
});
