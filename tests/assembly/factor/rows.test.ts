import assert from "node:assert/strict";
import { test } from "node:test";
import type { FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

const permutation = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => (i * 3 + 2) % n); // n not a multiple of 3
const shapes = [
  [1, 1],
  [1, 5],
  [4, 1],
  [5, 7],
  [8, 10],
] as const;

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [rows, cols] of shapes) {
      for (const transposed of [false, true]) {
        const way = transposed ? "transposed" : "as it lies";
        test(`gather_${type} and scatter_${type} ${rows}×${cols} ${way} on ${name}: every element to its place, and back`, () => {
          const a = uniform(type, rows * cols, rng(rows * 10 + cols));
          const [rs, cs] = transposed ? [1, rows] : [cols, 1];
          const columns = permutation(cols);
          const ld = cols + 2;
          const gathered = fenced(
            engine,
            [operand("a", a), operand("columns", columns), operand("out", floatsOf(type, (rows - 1) * ld + cols).fill(7))],
            (p, c, out) => {
              engine.wasm[`gather_${type}`](rows, cols, p!, rs, cs, c!, 4, 0.5, out!, ld);
            },
          );
          const t = asFloats(type, gathered[2]!);
          same(
            t,
            expected(type, rows, cols, ld, (i, j) => 2 * a[i * rs + columns[j]! * cs]!),
            "gather",
          );
          const order = Uint32Array.from({ length: rows }, (_, i) => rows - 1 - i);
          const operands = [
            operand("x", t),
            operand("order", order),
            operand("columns", columns),
            operand("out", floatsOf(type, rows * cols)),
          ];
          const scattered = fenced(engine, operands, (x, o, c, out) => {
            engine.wasm[`scatter_${type}`](rows, cols, x!, ld, o!, c!, out!, rs, cs);
          });
          const back = asFloats(type, scattered[3]!);
          for (let i = 0; i < rows; i++) {
            for (let j = 0; j < cols; j++)
              assert.equal(back[i * rs + j * cs], 2 * a[(rows - 1 - i) * rs + j * cs]!, `scatter (${i}, ${j})`);
          }
        });
      }

      test(`gather_rows_${type} ${rows}×${cols} on ${name}: rows in the order wanted, repeated ones too, however they are split`, () => {
        const [ldx, ld] = [cols + 1, cols + 2];
        const x = uniform(type, (rows - 1) * ldx + cols, rng(rows));
        const order = Uint32Array.from({ length: rows + 1 }, (_, i) => (i * 2) % rows);
        const room = floatsOf(type, rows * ld + cols).fill(7);
        const after = fenced(engine, [operand("x", x), operand("order", order), operand("out", room)], (p, o, out) => {
          engine.wasm[`gather_rows_${type}`](cols, p!, ldx, o!, out!, ld, 0, 1);
          engine.wasm[`gather_rows_${type}`](cols, p!, ldx, o!, out!, ld, 1, rows + 1);
        });
        same(
          asFloats(type, after[2]!),
          expected(type, rows + 1, cols, ld, (i, j) => x[order[i]! * ldx + j]!),
          "gather_rows",
        );
      });

      test(`transpose_lower_${type} and unit_rows_${type} ${rows}×${cols} on ${name}: Lᵀ over zeros; rows in their order times factors beside I`, () => {
        if (rows > cols) return;
        const ldx = rows + 1;
        const x = uniform(type, (cols - 1) * ldx + rows, rng(rows));
        const ld = cols + 2;
        const room = floatsOf(type, (rows - 1) * ld + cols).fill(7);
        const upper = fenced(engine, [operand("x", x), operand("out", room)], (p, out) => {
          engine.wasm[`transpose_lower_${type}`](rows, cols, p!, ldx, out!, ld);
        });
        same(
          asFloats(type, upper[1]!),
          expected(type, rows, cols, ld, (i, j) => (j < i ? 0 : x[j * ldx + i]!)),
          "transpose_lower",
        );

        const k = rows - 1;
        const source = uniform(type, Math.max(0, (k - 1) * (k + 1) + k), rng(cols));
        const order = Uint32Array.from({ length: k }, (_, i) => k - 1 - i);
        const factors = Float64Array.from({ length: k }, (_, i) => (i === 1 ? 0 : 1 / (i + 3)));
        const operands = [operand("x", source), operand("order", order), operand("factors", factors), operand("out", room)];
        const units = fenced(engine, operands, (p, places, n, out) => {
          engine.wasm[`unit_rows_${type}`](rows, cols, k, p!, k + 1, places!, n!, out!, ld);
        });
        const want = expected(type, rows, cols, ld, (i, j) => {
          if (i >= k) return Number(i === j);
          return j < k ? source[order[i]! * (k + 1) + j]! * factors[i]! : 0;
        });
        within(
          asFloats(type, units[3]!),
          want,
          Array.from(want, (w) => 2 * unit[type] * Math.abs(w)),
          "unit_rows",
        );
      });
    }

    test(`gather_${type} on ${name}: a factor beyond the type in two steps brings the tiniest number to 1, exactly`, () => {
      const [x, half] = type === "f32" ? [2 ** -149, [2 ** 74, 2 ** 75]] : [2 ** -1074, [2 ** 537, 2 ** 537]];
      const got = engine.scope((s) => {
        const out = s.alloc(8);
        const columns = s.alloc(4);
        engine.u8(columns, 4).fill(0);
        engine.wasm[`gather_${type}`](
          1,
          1,
          s.copyIn(floatsOf(type, [x as number])),
          1,
          1,
          columns,
          (half as number[])[0]!,
          (half as number[])[1]!,
          out,
          1,
        );
        return s.copyOut(out, 1, type)[0];
      });
      assert.equal(got, 1);
    });
  }
}

/** rows × cols elements, 7 in the gaps between rows. */
function expected(type: FloatDtype, rows: number, cols: number, ld: number, element: (i: number, j: number) => number): Floats {
  const out = floatsOf(type, (rows - 1) * ld + cols).fill(7);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[i * ld + j] = element(i, j);
  return out;
}
