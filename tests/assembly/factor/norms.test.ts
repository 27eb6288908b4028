import assert from "node:assert/strict";
import { test } from "node:test";
import { builds } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, lengths, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

const ROWS = 5;

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`row_peaks_${type}, column_peaks_${type}, row_squares_${type} on ${name}: peaks exact, squares within γ, nothing beyond the matrix`, () => {
      for (const n of lengths) {
        const lda = n + 2;
        const a = uniform(type, (ROWS - 1) * lda + n, rng(n));
        const rows = Array.from({ length: ROWS }, (_, i) => a.subarray(i * lda, i * lda + n));
        const kernels = engine.wasm;
        const peaks = fenced(engine, [operand("a", a), operand("out", floatsOf(type, ROWS))], (p, out) => {
          kernels[`row_peaks_${type}`](n, p!, lda, out!, 0, 2);
          kernels[`row_peaks_${type}`](n, p!, lda, out!, 2, ROWS);
        });
        same(
          asFloats(type, peaks[1]!),
          rows.map((row) => Math.max(0, ...Array.from(row, Math.abs))),
          `rows, n = ${n}`,
        );
        const columns = fenced(engine, [operand("a", a), operand("out", floatsOf(type, n).fill(7))], (p, out) => {
          kernels[`column_peaks_${type}`](ROWS, n, p!, lda, out!);
        });
        const most = Array.from({ length: n }, (_, j) => Math.max(...rows.map((row) => Math.abs(row[j]!))));
        same(asFloats(type, columns[1]!), most, `columns, n = ${n}`);
        const squares = fenced(engine, [operand("a", a), operand("out", new Float64Array(ROWS))], (p, out) => {
          kernels[`row_squares_${type}`](n, p!, lda, out!, 0, 3);
          kernels[`row_squares_${type}`](n, p!, lda, out!, 3, ROWS);
        });
        const sums = rows.map((row) => Array.from(row).reduce((sum, x) => sum + x * x, 0));
        within(
          asFloats("f64", squares[1]!),
          sums,
          sums.map((x) => x * gamma(n / 4 + 4, unit[type]) + 1e-15 * x),
          `squares, n = ${n}`,
        );
      }
    });

    test(`peaks of ${type} on ${name}: NaN and infinity anywhere are not lost`, () => {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        for (let at = 0; at < 3 * 9; at++) {
          const a = uniform(type, 3 * 9, rng(at));
          a[at] = bad;
          const [row, column] = engine.scope((s) => {
            const p = s.copyIn(a);
            const rows = s.alloc(3 * 8);
            const columns = s.alloc(9 * 8);
            engine.wasm[`row_peaks_${type}`](9, p, 9, rows, 0, 3);
            engine.wasm[`column_peaks_${type}`](3, 9, p, 9, columns);
            return [s.copyOut(rows, 3, type), s.copyOut(columns, 9, type)];
          });
          assert.deepEqual(
            Array.from(row, Number.isFinite),
            [0, 1, 2].map((i) => i !== Math.floor(at / 9)),
          );
          assert.deepEqual(
            Array.from(column, Number.isFinite),
            Array.from({ length: 9 }, (_, j) => j !== at % 9),
          );
        }
      }
    });
  }
}
