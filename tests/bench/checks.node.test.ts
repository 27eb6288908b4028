import assert from "node:assert/strict";
import { test } from "node:test";
import {
  gemmError,
  gemvError,
  quantizedGemvError,
  relativeValuesError,
  svdError,
  truncatedSvdError,
  updateError,
} from "../../bench/checks.ts";
import { gaussian, uniform, weights } from "../../bench/inputs.ts";
import { decode, encode } from "../support/stored.ts";

const [m, n, k] = [40, 48, 96];

function product(a: ArrayLike<number>, b: ArrayLike<number>, transB: boolean): Float32Array {
  const c = new Float32Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum = Math.fround(sum + Math.fround(a[i * k + p]! * b[transB ? j * k + p : p * n + j]!));
      c[i * n + j] = sum;
    }
  }
  return c;
}

for (const transB of [false, true]) {
  test(`check of a product${transB ? " with Bᵀ" : ""}: f32 rounding is right; one missing term, a swap of rows or NaN is wrong`, () => {
    const data = { dtype: "f32" as const, m, n, k, transB, a: uniform(m * k, 1, "f32"), b: uniform(k * n, 2, "f32") };
    const c = product(data.a, data.b, transB);
    const error = gemmError(data, c);
    assert.ok(error > 0.01 && error <= 1, `${error}`);
    const missing = c.slice();
    missing[5 * n + 7]! -= data.a[5 * k]! * data.b[transB ? 7 * k : 7]!;
    assert.ok(gemmError(data, missing) > 1);
    const swapped = c.slice();
    swapped.copyWithin(0, n, 2 * n);
    assert.ok(gemmError(data, swapped) > 1);
    assert.ok(!(gemmError(data, c.slice().fill(Number.NaN, 17, 18)) <= 1));
    assert.ok(!(gemmError(data, c.subarray(1)) <= 1));
  });
}

test("check of a matrix times a vector: f32 rounding is right, one element that is off is wrong", () => {
  const data = { dtype: "f32" as const, m, n: k, a: uniform(m * k, 1, "f32"), x: uniform(k, 2, "f32") };
  const y = Float32Array.from({ length: m }, (_, i) =>
    (data.x as Float32Array).reduce((sum, x, j) => sum + x * data.a[i * k + j]!, 0),
  );
  assert.ok(gemvError(data, y) <= 1);
  const off = y.slice();
  off[m - 1]! += 1e-3;
  assert.ok(gemvError(data, off) > 1);
  assert.ok(!(gemvError(data, y.slice().fill(Number.NaN, 3, 4)) <= 1));
});

for (const stored of ["f32", "bf16", "f16"] as const) {
  test(`check of an update of ${stored}: one rounding is right; the old weights, half the update, or a tile left out are wrong`, () => {
    const r = 8;
    const [b, a] = [uniform(m * r, 2, "f32") as Float32Array, uniform(r * n, 3, "f32") as Float32Array];
    const data = { stored, m, n, r, scale: 2, w: weights(m * n, 1, stored), a, b };
    const before = decode(stored, data.w);
    const merged = (scale: number): Float64Array =>
      before.map((w, at) => {
        let sum = 0;
        for (let p = 0; p < r; p++) sum += b[Math.floor(at / n) * r + p]! * a[p * n + (at % n)]!;
        return w + scale * sum;
      });
    assert.ok(updateError(data, encode(stored, merged(2))) <= 1, `${updateError(data, encode(stored, merged(2)))}`);
    assert.ok(updateError(data, data.w) > 1);
    assert.ok(updateError(data, encode(stored, merged(1))) > 1);
    const tile = merged(2);
    for (let j = 0; j < 8; j++) tile[3 * n + j] = before[3 * n + j]!;
    assert.ok(updateError(data, encode(stored, tile)) > 1);
    assert.ok(!(updateError(data, data.w.subarray(2)) <= 1));
  });
}

/** A = Q₁·diag(s)·Q₂ with rotations as Q: exact up to rounding. */
function decomposed(size: number, s: readonly number[]) {
  const rotation = (seed: number): number[][] => {
    const q = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => Number(i === j)));
    const angles = uniform(size * size, seed, "f64");
    for (let i = 0; i < size; i++) {
      for (let j = i + 1; j < size; j++) {
        const [c, t] = [Math.cos(angles[i * size + j]!), Math.sin(angles[i * size + j]!)];
        for (const row of q) [row[i], row[j]] = [c * row[i]! - t * row[j]!, t * row[i]! + c * row[j]!];
      }
    }
    return q;
  };
  const [u, v] = [rotation(1), rotation(2)];
  const a = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) for (let p = 0; p < size; p++) a[i * size + j]! += u[i]![p]! * s[p]! * v[p]![j]!;
  return { a, u: u.flat(), s, vt: v.flat() };
}

test("check of a decomposition: a right one passes; wrong values, order, bases or lengths do not", () => {
  const size = 12;
  const s = Array.from({ length: size }, (_, i) => 2 ** -i);
  const { a, u, vt } = decomposed(size, s);
  const data = { dtype: "f64" as const, rows: size, cols: size, a };
  assert.ok(svdError(data, { u, s, vt }) <= 1);
  assert.ok(svdError(data, { u, s: s.map((x, i) => (i === 3 ? x * 1.001 : x)), vt }) > 1);
  assert.ok(!(svdError(data, { u, s: [...s].reverse(), vt }) <= 1), "ascending");
  assert.ok(svdError(data, { u: u.map((x, i) => (i % size === 11 ? x * 1.01 : x)), s, vt }) > 1, "a vector that is too long");
  assert.ok(!(svdError(data, { u: u.slice(1), s, vt }) <= 1));
  assert.ok(!(svdError(data, { u, s: s.map((x, i) => (i ? x : Number.NaN)), vt }) <= 1));
});

test("check of singular values relative to themselves: the smallest counts as much as the largest", () => {
  const data = { dtype: "f64", rows: 3, cols: 3, a: new Float64Array(9) } as const;
  const [want, off] = [[1, 1e-3, 1e-12], 64 * 3 * 2 ** -53];
  const of = (s: number[]): number => relativeValuesError(data, { u: [], s, vt: [] }, want);
  assert.equal(of(want), 0);
  assert.ok(Math.abs(of([1, 1e-3, 1e-12 * (1 + off / 2)]) - 0.5) < 0.02);
  assert.ok(of([1, 1e-3, 1e-12 * (1 + 2 * off)]) > 1);
  assert.ok(!(of([1, 1e-3]) <= 1) && !(of([1, 1e-3, Number.NaN]) <= 1));
});

test("check of a truncated decomposition: what no matrix of the rank can hold is allowed, twice, and no more", () => {
  const [size, rank] = [12, 4];
  const s = Array.from({ length: size }, (_, i) => 2 ** (-3 * i));
  const { a, u, vt } = decomposed(size, s);
  const data = { dtype: "f64" as const, rows: size, cols: size, a };
  const cut = { u: u.filter((_, i) => i % size < rank), s: s.slice(0, rank), vt: vt.slice(0, rank * size) };
  const tail = Math.hypot(...s.slice(rank));
  assert.ok(truncatedSvdError(data, cut, rank, 2 * tail) <= 1, "a vector of signs is longer than 1");
  assert.ok(
    truncatedSvdError(data, { ...cut, s: cut.s.map((x, i) => (i === 3 ? 0 : x)) }, rank, tail) > 1,
    "one triplet too few",
  );
});

test("inputs are the same on every run, and weights repeat their values in the stored type", () => {
  assert.deepEqual(uniform(4, 1, "f32"), uniform(4, 1, "f32"));
  assert.notDeepEqual(uniform(4, 1, "f32"), uniform(4, 2, "f32"));
  assert.ok(gaussian(1000, 1, "f64").some((x) => Math.abs(x) > 2));
  const w = decode("bf16", weights((1 << 16) + 3, 1, "bf16"));
  assert.equal(w.length, (1 << 16) + 3);
  assert.deepEqual(w.slice(1 << 16), w.slice(0, 3));
});

test("check of a quantized matrix times a vector: x rounded to bytes is right; a missing row, a swap of rows or NaN is wrong", () => {
  const group = 32;
  const [rows, x] = [uniform(4 * k, 1, "f32"), uniform(k, 2, "f32")];
  const rounded = (times: number): Float64Array => {
    const values = Float64Array.from(x);
    for (let g = 0; g < k; g += group) {
      const step = Math.max(...values.subarray(g, g + group).map(Math.abs)) / 127;
      for (let j = g; j < g + group; j++) values[j]! += times * (Math.round(values[j]! / step) * step - values[j]!);
    }
    return values;
  };
  const y = (v: Float64Array): Float64Array =>
    Float64Array.from({ length: 8 }, (_, i) => v.reduce((sum, value, j) => sum + value * rows[(i % 4) * k + j]!, 0));
  const error = quantizedGemvError(rows, k, x, y(rounded(1)), group);
  assert.ok(error > 0.01 && error <= 1, `${error}`);
  assert.ok(quantizedGemvError(rows, k, x, y(rounded(1)).fill(0, 3, 4), group) > 1);
  assert.ok(quantizedGemvError(rows, k, x, y(rounded(1)).copyWithin(0, 1, 2), group) > 1);
  assert.ok(!(quantizedGemvError(rows, k, x, y(rounded(1)).fill(Number.NaN, 3, 4), group) <= 1));
});
