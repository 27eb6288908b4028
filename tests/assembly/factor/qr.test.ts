import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError } from "../../support/matrices.ts";

const shapes = [
  [1, 1],
  [5, 1],
  [1, 5],
  [4, 4],
  [9, 5],
  [5, 9],
  [33, 17],
  [18, 34],
] as const;
/** A gap behind every row, which nothing may touch. */
const GAP = 3;

interface Factored {
  readonly at: Floats;
  readonly tau: Floats;
}

/** The columns of A as rows, GAP elements apart. */
function spread(type: FloatDtype, a: Matrix): Floats {
  const ld = a.rows + GAP;
  const at = floatsOf(type, (a.cols - 1) * ld + a.rows);
  for (let j = 0; j < a.cols; j++) for (let i = 0; i < a.rows; i++) at[j * ld + i] = a.data[i * a.cols + j]!;
  return at;
}

function factor(engine: Engine, type: FloatDtype, a: Matrix): Factored {
  const { rows: m, cols: n } = a;
  const after = fenced(engine, [operand("at", spread(type, a)), operand("tau", floatsOf(type, Math.min(m, n)))], (at, tau) => {
    engine.wasm[`qr_${type}`](m, n, at!, m + GAP, tau!);
  });
  return { at: asFloats(type, after[0]!), tau: asFloats(type, after[1]!) };
}

function formQ(
  engine: Engine,
  type: FloatDtype,
  { at, tau }: Factored,
  m: number,
  rows: number,
  splits: readonly number[],
): Matrix {
  const operands = [operand("at", at), operand("tau", tau), operand("qt", floatsOf(type, rows * m))];
  const after = fenced(engine, operands, (pa, pt, pq) => {
    let from = 0;
    for (const to of [...splits, rows]) {
      engine.wasm[`form_q_${type}`](m, tau.length, pa!, m + GAP, pt!, pq!, m, from, to);
      from = to;
    }
  });
  return { rows, cols: m, data: asFloats(type, after[2]!) };
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [m, n] of shapes) {
      const p = Math.min(m, n);
      test(`qr_${type} ${m}×${n} on ${name}: each column of Q·R within 4·max(m, n)·u of A's, Q orthonormal to 4·max(m, n)·u`, () => {
        const a = normals(type, m, n, m * 100 + n);
        const factored = factor(engine, type, a);
        const qt = formQ(engine, type, factored, m, p, []);
        const u = 4 * Math.max(m, n) * unit[type];
        assert.ok(orthonormalityError(qt, "rows") <= u, `Q: ${orthonormalityError(qt, "rows")}`);
        for (let j = 0; j < n; j++) {
          let error = 0;
          let length = 0;
          for (let i = 0; i < m; i++) {
            let sum = 0;
            for (let k = 0; k <= Math.min(j, p - 1); k++) sum += qt.data[k * m + i]! * factored.at[j * (m + GAP) + k]!;
            error += (a.data[i * n + j]! - sum) ** 2;
            length += a.data[i * n + j]! ** 2;
          }
          assert.ok(Math.sqrt(error / length) <= u, `column ${j}: ${Math.sqrt(error / length)}`);
        }
        for (let j = 0; j + 1 < n; j++) {
          assert.ok(
            factored.at.subarray(j * (m + GAP) + m, (j + 1) * (m + GAP)).every((x) => x === 0),
            `gap behind column ${j}`,
          );
        }
      });

      test(`form_q_${type} ${m}×${n} on ${name}: all m rows are orthonormal and begin with the thin ones, however they are split`, () => {
        const factored = factor(engine, type, normals(type, m, n, m * 100 + n));
        const full = formQ(engine, type, factored, m, m, []);
        assert.ok(orthonormalityError(full, "rows") <= 4 * Math.max(m, n) * unit[type]);
        same(formQ(engine, type, factored, m, p, []).data, full.data.subarray(0, p * m), "thin");
        same(
          formQ(
            engine,
            type,
            factored,
            m,
            m,
            [1, Math.min(m, 6), Math.min(m, 7)].sort((x, y) => Math.min(x, m) - Math.min(y, m)),
          ).data,
          full.data,
          "split",
        );
      });

      test(`apply_q_${type} ${m}×${n} on ${name}: unit rows become Q's columns, any row within 4m·u of the product`, () => {
        const factored = factor(engine, type, normals(type, m, n, m * 100 + n));
        const full = formQ(engine, type, factored, m, m, []);
        const apply = (w: Matrix, splits: readonly number[]): Floats => {
          const operands = [operand("at", factored.at), operand("tau", factored.tau), operand("w", w.data)];
          const after = fenced(engine, operands, (pa, pt, pw) => {
            let from = 0;
            for (const to of [...splits, w.rows]) {
              engine.wasm[`apply_q_${type}`](m, p, pa!, m + GAP, pt!, pw!, m, from, to);
              from = to;
            }
          });
          return asFloats(type, after[2]!);
        };
        same(
          Array.from(
            apply(
              build(type, m, m, (i, j) => Number(i === j)),
              [],
            ),
            Math.abs,
          ),
          Array.from(full.data, Math.abs),
          "Q",
        );
        const w = normals(type, 6, m, 7);
        const got = apply(w, []);
        same(apply(w, [1, 3]), got, "split");
        for (let i = 0; i < w.rows; i++) {
          const row = w.data.subarray(i * m, (i + 1) * m);
          for (let j = 0; j < m; j++) {
            let want = 0;
            for (let k = 0; k < m; k++) want += row[k]! * full.data[k * m + j]!;
            assert.ok(Math.abs(got[i * m + j]! - want) <= 4 * m * unit[type] * Math.hypot(...row), `(${i}, ${j})`);
          }
        }
      });
    }
  }
}
