import assert from "node:assert/strict";
import { test } from "node:test";
import {
  choleskyError,
  eighError,
  gemmError,
  gemvError,
  productSvdError,
  quantizedGemvError,
  relativeValuesError,
  svdBatchError,
  svdError,
  syrkError,
  systemError,
  truncatedSvdError,
  updateError,
} from "../../bench/checks.ts";
import { gaussian, uniform, weights } from "../../bench/inputs.ts";
import { svdLowRank } from "../../ts-wrapper/linalg/svd-low-rank.ts";
import { builds } from "../support/builds.ts";
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

test("productSvdError: at most 1 for the triplets of B·A, above it for a wrong value, vector or number of them", () => {
  const [n, rank] = [40, 3];
  const [b, a] = [gaussian(n * rank, 3, "f32"), gaussian(rank * n, 4, "f32")];
  const { engine } = builds[0]!;
  const { u, s, vt } = svdLowRank(engine, { b: { rows: n, cols: rank, data: b }, a: { rows: rank, cols: n, data: a } });
  const result = { u: u.data, s, vt: vt.data };
  const data = { n, rank, b, a };
  assert.ok(productSvdError(data, result) <= 1);
  assert.ok(productSvdError(data, { ...result, s: s.map((x, i) => (i === 2 ? x * 1.01 : x)) }) > 1);
  assert.ok(productSvdError(data, { ...result, u: u.data.map((x, i) => (i === 5 ? x + 0.01 : x)) }) > 1);
  assert.ok(Number.isNaN(productSvdError(data, { ...result, s: s.subarray(0, 2) })));
});

test("check of a lower triangle of A·Aᵀ: f32 rounding is right; a missing term, an element above the diagonal or NaN is wrong", () => {
  const a = uniform(m * k, 1, "f32");
  const data = { dtype: "f32" as const, n: m, k, a };
  const c = Float32Array.from({ length: m * m }, (_, at) => {
    const [i, j] = [Math.floor(at / m), at % m];
    let sum = 0;
    for (let p = 0; p < k && j <= i; p++) sum += a[i * k + p]! * a[j * k + p]!;
    return sum;
  });
  assert.ok(syrkError(data, c) <= 1);
  for (const [at, by] of [
    [7 * m + 3, a[7 * k]! * a[3 * k]!],
    [3 * m + 7, 1e-9],
    [5 * m, Number.NaN],
  ] as const) {
    const wrong = c.slice();
    wrong[at]! += by;
    assert.ok(!(syrkError(data, wrong) <= 1), `${at}`);
  }
});

test("checks of systems and of Cholesky's factor: the exact ones are right; an element that is off, or not finite, is wrong", () => {
  const [n, count] = [20, 3];
  const l = uniform(n * n, 1, "f64");
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) l[i * n + j] = i === j ? 3 : 0;
  const x = uniform(n * count, 2, "f64");
  const [a, b] = [new Float64Array(n * n), new Float64Array(n * count)];
  for (let i = 0; i < n; i++) {
    for (let q = 0; q < n; q++) {
      for (let j = 0; j < n; j++) a[i * n + j]! += l[i * n + q]! * l[j * n + q]!;
      for (let j = 0; j < count; j++) b[i * count + j]! += l[i * n + q]! * x[q * count + j]!;
    }
  }
  const system = { dtype: "f64" as const, n, count, a: l, b };
  assert.ok(systemError(system, x) <= 1);
  assert.ok(choleskyError({ ...system, a }, l) <= 1);
  for (const by of [1e-6, Number.NaN]) {
    for (const [values, error] of [
      [x, (y: Float64Array) => systemError(system, y)],
      [l, (y: Float64Array) => choleskyError({ ...system, a }, y)],
    ] as const) {
      const wrong = Float64Array.from(values);
      wrong[8]! += by;
      assert.ok(!(error(wrong) <= 1), `${by}`);
      assert.ok(!(error(wrong.subarray(1)) <= 1));
    }
  }
});

test("checks of symmetric decompositions and of several at once: right ones pass; a wrong value, vector or order in the second does not", () => {
  const size = 8;
  const s = Array.from({ length: size }, (_, i) => i + 1);
  const { a, u } = decomposed(size, s);
  // V·diag(s)·Vᵀ, from the same rotations.
  const v = u;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      a[i * size + j] = s.reduce((sum, value, p) => sum + v[i * size + p]! * value * v[j * size + p]!, 0);
    }
  }
  const vt = v.map((_, at) => v[(at % size) * size + Math.floor(at / size)]!);
  const data = { dtype: "f64" as const, n: size, count: 2, a: Float64Array.from([...a, ...a]) };
  const twice = (x: readonly number[], change = (y: number, _at: number): number => y): number[] => [...x, ...x.map(change)];
  assert.ok(eighError(data, { w: twice(s), v: twice(v) }) <= 1);
  assert.ok(eighError(data, { w: twice(s, (x, i) => (i === 3 ? x * 1.001 : x)), v: twice(v) }) > 1);
  assert.ok(eighError(data, { w: twice(s), v: twice(v, (x, at) => (at % size === 2 ? x * 1.01 : x)) }) > 1);
  assert.ok(!(eighError(data, { w: [...s, ...[...s].reverse()], v: twice(v) }) <= 1));
  assert.ok(!(eighError(data, { w: s, v }) <= 1));
  const [down, left, right] = [[...s].reverse(), v.map((_, at) => v[at - (at % size) + size - 1 - (at % size)]!), [] as number[]];
  for (let i = 0; i < size; i++) right.push(...vt.slice((size - 1 - i) * size, (size - i) * size));
  assert.ok(svdBatchError(data, { u: twice(left), s: twice(down), vt: twice(right) }) <= 1);
  assert.ok(svdBatchError(data, { u: twice(left), s: twice(down, (x, i) => (i === 1 ? x * 1.001 : x)), vt: twice(right) }) > 1);
  assert.ok(!(svdBatchError(data, { u: left, s: down, vt: right }) <= 1));
});
