import assert from "node:assert/strict";
import { test } from "node:test";
import { colorsFor } from "../../../../ts-wrapper/cli/colors.ts";
import { renderSvd, type SvdFacts } from "../../../../ts-wrapper/cli/render/svd.ts";
import { spectrumFacts } from "../../../../ts-wrapper/cli/spectrum.ts";

const plain = colorsFor({ isTTY: false, env: {}, refused: true });
const values = Float64Array.of(4, 2, 2, 1);
const facts: SvdFacts = {
  model: "./base",
  tensor: "w\u001b[2J",
  dtype: "BF16",
  rows: 5,
  cols: 4,
  of: undefined,
  method: "jacobi",
  computedIn: "f64",
  milliseconds: 12,
  kept: 4,
  error: 0,
  singularValues: [...values],
  written: [],
  ...spectrumFacts(values, [5, 4], "f64"),
};

test("a spectrum: matrix, norms, ranks, values, and what each rank holds; a hostile name is shown, not obeyed", () => {
  const text = renderSvd(facts, plain);
  assert.match(text, /^SVD w\\u\{1b\}\[2J of \.\/base\n/);
  assert.match(text, /matrix +5 × 4 BF16\n/);
  assert.match(text, /norm +5 \(Frobenius\), 4 \(spectral\)\n +condition +4\n/);
  assert.match(text, /rank +4 of 4, stable 1\.563, effective 3\.\d+\n/);
  assert.match(text, /σ +4 {2}2 {2}2 {2}1\n/);
  assert.match(text, /90\.00 % +3 +0\.2 +135\.00 %\n/);
  assert.doesNotMatch(text, /kept|wrote/);
});

test("what was kept, cut and written is told", () => {
  const text = renderSvd({ ...facts, kept: 1, error: 0.6, of: "[5,2,2] as 5 × 4", written: ["a.svg", "b.safetensors"] }, plain);
  assert.match(text, /5 × 4 BF16, \[5,2,2\] as 5 × 4\n/);
  assert.match(text, /kept +1 of 4, relative error 0\.6\n/);
  assert.match(text, /\n\n {2}wrote a\.svg\n {2}wrote b\.safetensors$/);
});

test("a zero matrix and an empty one are told without a NaN", () => {
  const zero = { ...facts, ...spectrumFacts(new Float64Array(4), [5, 4], "f64"), singularValues: [0, 0, 0, 0] };
  const empty = { ...facts, rows: 0, kept: 0, ...spectrumFacts(new Float64Array(0), [0, 4], "f64"), singularValues: [] };
  for (const f of [zero, empty]) assert.doesNotMatch(renderSvd(f, plain), /NaN|undefined|null|Infinity/);
});
