import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../../ts-wrapper/engine/create.ts";
import { probe } from "../../../ts-wrapper/engine/features.ts";
import { copyMatrixIn, copyMatrixOut } from "../../../ts-wrapper/linalg/matrix.ts";
import { svd } from "../../../ts-wrapper/linalg/svd.ts";
import { longPeaks, maximum, svdJacobi } from "../../../ts-wrapper/linalg/svd-jacobi.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, reconstructionError, relativeError, transposed } from "../../support/matrices.ts";
import { referenceSingularValues } from "../../support/reference-svd.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`longPeaks ${type} on ${name}: of rows when tall or square, of columns when wide, NaN kept`, () => {
      const peaks = (rows: number, cols: number, bad?: number): number[] =>
        engine.scope((s) => {
          const a = build(type, rows, cols, (i, j) => (i * cols + j === bad ? Number.NaN : (i + 1) * (j % 2 ? -1 : 1) * (j + 1)));
          return [...longPeaks(engine, s, type, copyMatrixIn(engine, s, a))];
        });
      assert.deepEqual(peaks(3, 2), [2, 4, 6]);
      assert.deepEqual(peaks(2, 2), [2, 4]);
      assert.deepEqual(peaks(2, 3), [2, 4, 6]);
      assert.deepEqual(peaks(3, 2, 2), [2, Number.NaN, 6]);
      assert.deepEqual(peaks(2, 3, 2), [2, 4, Number.NaN]);
    });

    test(`svdJacobi ${type} on ${name}: a matrix whose rows lie apart, vectors left in the engine's memory, values not rounded to the type`, () => {
      engine.scope((s) => {
        const a = normals(type, 9, 6, 3);
        const spread = copyMatrixIn(
          engine,
          s,
          build(type, 9, 8, (i, j) => (j < 6 ? a.data[i * 6 + j]! : Number.NaN)),
        );
        const placed = { ...spread, cols: 6 };
        const peaks = longPeaks(engine, s, type, placed);
        const {
          s: values,
          u,
          vt,
          offNorm,
          sweeps,
        } = svdJacobi(engine, s, type, "test", placed, peaks, { vectors: "thin", maxSweeps: 30 });
        const [left, right] = [copyMatrixOut(s, u!, type), copyMatrixOut(s, vt!, type)];
        const bound = 30 * unit[type];
        assert.ok(values instanceof Float64Array);
        assert.ok(reconstructionError(a, left, values, right) <= bound);
        assert.ok(orthonormalityError(left, "columns") <= bound && orthonormalityError(right, "rows") <= bound);
        assert.ok(sweeps >= 2 && offNorm <= 4 * unit[type]);
      });
      assert.equal(engine.live(), 0);
    });
  }
}

/** Matrices on which methods have failed, as they stand in float64, with how much of the type's roundoff their values may be off. */
const families: Record<string, { at(i: number, j: number, n: number): number; relative: boolean }> = {
  // Läuchli: a row of ones over ε·I, whose square root of roundoff is lost in AᵀA.
  Läuchli: { at: (i, j) => (i === 0 ? 1 : i === j + 1 ? 2 ** -12 : 0), relative: true },
  // Vandermonde of the points j/n: condition far beyond 1/u.
  Vandermonde: { at: (i, j, n) => ((j + 1) / n) ** i, relative: false },
  // Bidiagonal: its entries tell every singular value to the last digits, however tiny they are (Demmel & Kahan, SISSC 11 (1990)).
  "bidiagonal with tiny entries": { at: (i, j) => (j === i ? 4 ** -i : j === i + 1 ? 4 ** (-i - 1) / 3 : 0), relative: true },
  "graded along the diagonal": { at: (i, j, n) => 2 ** -(i + j) * (i === j ? 1 : 1 / (n + i)), relative: true },
};

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [family, { at, relative }] of Object.entries(families)) {
      test(`svdJacobi ${type} on ${name}: ${family}, values within ${relative ? "40n·u of themselves" : "10√n·u·σ₁"} of 31 digits, as is its transpose`, () => {
        for (const n of [2, 7, 12]) {
          const a = build(type, n + 1, n, (i, j) => at(i, j, n));
          const want = referenceSingularValues(n + 1, n, a.data);
          for (const matrix of [a, transposed(a)]) {
            const { s } = svd(engine, matrix, { method: "jacobi", vectors: "none" });
            const error = relative
              ? relativeError(s, want)
              : want.reduce((m, w, i) => Math.max(m, Math.abs(s[i]! - w)), 0) / want[0]!;
            const bound = (relative ? 40 * n : 10 * Math.sqrt(n + 1)) * unit[type];
            assert.ok(error <= bound, `n = ${n}: ${error} > ${bound}`);
          }
        }
      });
    }

    test(`svdJacobi ${type} on ${name}: for other rows and columns the same values and vectors to 30n·u; a change E moves σᵢ by ≤ ‖E‖ (Weyl)`, () => {
      const [m, n] = [19, 13];
      const a = normals(type, m, n, 12);
      const base = svd(engine, a, { method: "jacobi" });
      const moved = build(type, m, n, (i, j) => a.data[((i * 7 + 3) % m) * n + ((j * 5 + 2) % n)]!);
      const other = svd(engine, moved, { method: "jacobi" });
      assert.ok(base.s.every((x, i) => Math.abs(x - other.s[i]!) <= 30 * n * unit[type] * base.s[0]!));
      for (let k = 0; k < n; k++) {
        const gap =
          Math.min(...Array.from(base.s, (x, i) => (i === k ? Number.POSITIVE_INFINITY : Math.abs(x - base.s[k]!)))) / base.s[0]!;
        let inner = 0;
        for (let j = 0; j < n; j++) inner += other.vt.data[k * n + j]! * base.vt.data[k * n + ((j * 5 + 2) % n)]!;
        assert.ok(Math.abs(Math.abs(inner) - 1) <= (30 * n * unit[type]) / gap, `vector ${k}: ${inner}`);
      }
      const change = normals(type, m, n, 13);
      const size = 1e-3;
      const { s } = svd(
        engine,
        build(type, m, n, (i, j) => a.data[i * n + j]! + size * change.data[i * n + j]!),
        { method: "jacobi", vectors: "none" },
      );
      const most = size * svd(engine, change, { method: "jacobi", vectors: "none" }).s[0]! + 30 * n * unit[type] * base.s[0]!;
      assert.ok(s.every((x, i) => Math.abs(x - base.s[i]!) <= most));
    });

    test(`svdJacobi ${type} on ${name}: the first k triplets leave the rest of the values in Frobenius's norm (Eckart and Young), to 30n·u`, () => {
      const [m, n, k] = [17, 11, 4];
      const a = normals(type, m, n, 14);
      const { u, s, vt } = svd(engine, a, { method: "jacobi" });
      let square = 0;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let x = a.data[i * n + j]!;
          for (let r = 0; r < k; r++) x -= u.data[i * n + r]! * s[r]! * vt.data[r * n + j]!;
          square += x * x;
        }
      }
      const tail = Math.hypot(...s.subarray(k));
      assert.ok(Math.abs(Math.sqrt(square) - tail) <= 30 * n * unit[type] * s[0]!);
    });
  }
}

test("svdJacobi: the bits do not depend on the number of threads, where rounds of a sweep are shared out and where they are not", async () => {
  if (!probe().threads.available) return;
  const engines = await Promise.all(
    [1, 2, 3, 5].map((threads) => createEngine({ build: threads > 1 ? "simd-threads" : "simd", threads })),
  );
  for (const type of floatTypes) {
    for (const [rows, cols] of [
      [140, 131],
      [40, 300],
      [30, 30],
    ] as const) {
      const a = normals(type, rows, cols, 7);
      const results = engines.map((engine) =>
        engine.scope((s) => {
          const placed = copyMatrixIn(engine, s, a);
          const options = { vectors: "thin", maxSweeps: 30 } as const;
          const { s: values, u, vt } = svdJacobi(engine, s, type, "test", placed, longPeaks(engine, s, type, placed), options);
          return [values, copyMatrixOut(s, u!, type).data, copyMatrixOut(s, vt!, type).data];
        }),
      );
      for (const result of results) {
        result.forEach((x, i) => {
          same(x, results[0]![i]!, `${type} ${rows}×${cols}`);
        });
      }
    }
  }
  for (const engine of engines) engine[Symbol.dispose]();
});

test("maximum: the largest, 0 for none, NaN if there is one", () => {
  assert.equal(maximum(Float64Array.of(1, 3, 2)), 3);
  assert.equal(maximum(new Float64Array(0)), 0);
  assert.ok(Number.isNaN(maximum(Float64Array.of(1, Number.NaN, 2))));
});
