import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { normals } from "../../support/matrices.ts";

/** Rows `ld` elements apart, NaN between them. */
function spread(type: FloatDtype, m: number, n: number, ld: number, element: (i: number, j: number) => number): Floats {
  const a = floatsOf(type, m && n ? (m - 1) * ld + n : 0).fill(Number.NaN);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) a[i * ld + j] = element(i, j);
  return a;
}

function lu(engine: Engine, type: FloatDtype, m: number, n: number, a: Floats, ld: number): { a: Floats; pivots: Uint32Array } {
  const after = fenced(engine, [operand("a", a), operand("pivots", new Uint32Array(n))], (pa, pp) => {
    engine.wasm[`lu_${type}`](m, n, pa!, ld, pp!);
  });
  return { a: asFloats(type, after[0]!), pivots: new Uint32Array(after[1]!.slice().buffer) };
}

/** The order that the exchanges make of rows 0 … m−1. */
function order(pivots: Uint32Array, m: number): number[] {
  const rows = Array.from({ length: m }, (_, i) => i);
  pivots.forEach((p, j) => {
    [rows[j], rows[p]] = [rows[p]!, rows[j]!];
  });
  return rows;
}

/** P·A within γₙ|L||U| of L·U in float64, |l| ≤ 1. */
function check(type: FloatDtype, m: number, n: number, a: Floats, ld: number, got: Floats, pivots: Uint32Array): void {
  const factor = (type === "f32" ? 1.01 : 2) * gamma(n, unit[type]);
  const rows = order(pivots, m);
  const want = Float64Array.from(got);
  const product = Float64Array.from(got);
  const bound = new Float64Array(got.length);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      let size = 0;
      for (let k = 0; k <= Math.min(i, j); k++) {
        const x = (k === i ? 1 : got[i * ld + k]!) * got[k * ld + j]!;
        sum += x;
        size += Math.abs(x);
      }
      want[i * ld + j] = a[rows[i]! * ld + j]!;
      product[i * ld + j] = sum;
      bound[i * ld + j] = factor * size;
      if (j < i) assert.ok(Math.abs(got[i * ld + j]!) <= 1, `|l| at (${i}, ${j})`);
    }
  }
  within(product, want, bound, `${type} ${m}×${n}`);
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`lu_${type} on ${name}: P·A within γₙ|L||U| of L·U, no factor above 1, nothing beside the columns read or written`, () => {
      for (const [m, n] of [
        [0, 0],
        [1, 1],
        [3, 2],
        [4, 4],
        [5, 5],
        [9, 8],
        [17, 17],
        [40, 33],
        [70, 64],
        [100, 7],
      ] as const) {
        for (const ld of [n, n + 3]) {
          const g = normals(type, m, n, m + n).data;
          const a = spread(type, m, n, ld, (i, j) => g[i * n + j]!);
          const got = lu(engine, type, m, n, a, ld);
          check(type, m, n, a, ld, got.a, got.pivots);
        }
      }
    });

    test(`lu_${type} on ${name}: of equal pivots the first, and columns of zeros are passed over`, () => {
      const ones = spread(type, 6, 6, 6, (i, j) => (i === j ? 1 : i > j ? -1 : j === 5 ? 1 : 0)); // Wilkinson's: u[i, 5] = 2ⁱ
      const grown = lu(engine, type, 6, 6, ones, 6);
      assert.deepEqual(Array.from(grown.pivots), [0, 1, 2, 3, 4, 5]);
      assert.deepEqual(
        Array.from({ length: 6 }, (_, i) => grown.a[i * 6 + 5]),
        [1, 2, 4, 8, 16, 32],
      );
      const zero = lu(engine, type, 7, 6, floatsOf(type, 42), 6);
      same(zero.a, floatsOf(type, 42), "zeros");
      assert.deepEqual(Array.from(zero.pivots), [0, 1, 2, 3, 4, 5]);
      const low = spread(type, 8, 8, 8, (i, j) => (i + 1) * (j + 1) + (i % 2) * (j % 3)); // rank 2
      const got = lu(engine, type, 8, 8, low, 8);
      check(type, 8, 8, low, 8, got.a, got.pivots);
    });

    test(`exchange_${type} on ${name}: the same exchanges on other columns, however they are split`, () => {
      const pivots = Uint32Array.of(3, 1, 6, 6, 5);
      for (const [n, grain] of [
        [1, 1],
        [9, 4],
        [21, 7],
        [0, 1],
      ] as const) {
        const a = spread(type, 7, n, n + 2, (i, j) => i * 100 + j);
        const after = fenced(engine, [operand("pivots", pivots), operand("a", a)], (pp, pa) => {
          engine.parallel(`exchange_${type}`, [5, pp!, pa!, n + 2], n, grain);
        });
        const rows = order(pivots, 7);
        same(
          asFloats(type, after[1]!),
          spread(type, 7, n, n + 2, (i, j) => rows[i]! * 100 + j),
          `${n} columns`,
        );
      }
    });
  }
}

test("lu: debug, simd and threads give the same bits", () => {
  for (const type of floatTypes) {
    const a = normals(type, 90, 64, 5).data;
    const results = builds.filter((b) => isDeterministic(b.name)).map((b) => lu(b.engine, type, 90, 64, a, 64).a);
    for (const r of results) same(r, results[0]!, type);
  }
});
