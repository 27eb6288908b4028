import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same, u64, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, multiplyAdd, rounding, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

interface Problem {
  readonly type: FloatDtype;
  readonly m: number;
  readonly n: number;
  readonly w: Floats;
  readonly d: Floats;
  readonly acc: Floats;
}

const weight = 0.75;
const shapes = [
  [1, 1],
  [3, 7],
  [4, 8],
  [5, 18],
  [2, 33],
  [0, 4],
  [4, 0],
] as const;

function problem(type: FloatDtype, m: number, n: number): Problem {
  const next = rng(m * 77 + n);
  return { type, m, n, w: uniform(type, m * n, next), d: uniform(type, m * n, next), acc: uniform(type, m * n, next) };
}

const sum = (p: Problem, at: number): number => rounding[p.type](p.w[at]! + p.d[at]!);

function doraRows(engine: Engine, p: Problem, magnitude: Floats, grain = 1000): Floats {
  const operands = [operand("w", p.w), operand("d", p.d), operand("acc", p.acc), operand("magnitude", magnitude)];
  const after = fenced(engine, operands, (w, d, acc, mag) => {
    engine.parallel(`dora_rows_${p.type}`, [p.n, w!, d!, acc!, mag!, weight], p.m, grain);
  });
  return asFloats(p.type, after[2]!);
}

function squareColumns(engine: Engine, p: Problem, sums: Float64Array, grain = 1000): Float64Array {
  const after = fenced(engine, [operand("w", p.w), operand("d", p.d), operand("sums", sums)], (w, d, s) => {
    engine.parallel(`square_columns_${p.type}`, [p.n, p.m, w!, d!, s!], p.n, grain);
  });
  return new Float64Array(after[2]!.buffer);
}

function scaleColumns(engine: Engine, p: Problem, gain: Floats, grain = 1000): Floats {
  const operands = [operand("w", p.w), operand("d", p.d), operand("acc", p.acc), operand("gain", gain)];
  const after = fenced(engine, operands, (w, d, acc, g) => {
    engine.parallel(`scale_columns_${p.type}`, [p.n, w!, d!, acc!, g!, weight], p.m, grain);
  });
  return asFloats(p.type, after[2]!);
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`dora_rows_${type} on ${name}: acc + weight·(magnitude/‖v‖)·v within the header's bound, nothing beyond the operands, any split`, () => {
      for (const [m, n] of shapes) {
        const p = problem(type, m, n);
        const magnitude = uniform(type, m, rng(m));
        const want = Float64Array.from(p.acc);
        const bound = new Float64Array(want.length);
        for (let i = 0; i < m; i++) {
          let squares = 0;
          for (let j = 0; j < n; j++) squares += sum(p, i * n + j) ** 2;
          const gain = weight * (magnitude[i]! / Math.sqrt(squares));
          for (let j = 0; j < n; j++) {
            const at = i * n + j;
            const term = gain * sum(p, at);
            want[at]! += term;
            bound[at] =
              (2 * (n / 2 + 3) * u64 + 3 * unit[type]) * Math.abs(term) +
              2 * unit[type] * (Math.abs(p.acc[at]!) + Math.abs(term));
          }
        }
        const got = doraRows(engine, p, magnitude);
        within(got, want, bound, `${m}×${n}`);
        same(doraRows(engine, p, magnitude, 1), got, `${m}×${n}, row by row`);
      }
    });

    test(`dora_rows_${type} on ${name}: a row of norm 0 leaves acc as it is; squares that f32 could not hold still give the norm`, () => {
      const p = problem(type, 3, 5);
      p.w.fill(0, 5, 10);
      p.d.fill(0, 5, 10);
      p.w.fill(2 ** 100, 10);
      p.d.fill(0, 10);
      const got = doraRows(engine, p, floatsOf(type, [1, 1, 1]));
      same(got.slice(5, 10), p.acc.slice(5, 10), "row of norm 0");
      const element = rounding[type](weight / Math.sqrt(5));
      within(
        got.slice(10),
        Array.from(p.acc.slice(10), (x) => x + element),
        4 * unit[type],
        "row of 2^100",
      );
    });

    test(`square_columns_${type} on ${name}: f64 sums in the order of the rows, on top of what is there, any split, rows in pieces`, () => {
      for (const [m, n] of shapes) {
        const p = problem(type, m, n);
        const start = uniform("f64", n, rng(3)).map(Math.abs) as Float64Array;
        const want = start.slice();
        for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) want[j] = want[j]! + sum(p, i * n + j) ** 2;
        const got = squareColumns(engine, p, start);
        same(got, want, `${m}×${n}`);
        same(squareColumns(engine, p, start, 3), want, `${m}×${n}, 3 columns at a time`);
        const upper = Math.floor(m / 2);
        const part = (i0: number, i1: number): Problem => ({
          ...p,
          m: i1 - i0,
          w: p.w.slice(i0 * n, i1 * n),
          d: p.d.slice(i0 * n, i1 * n),
        });
        same(
          squareColumns(engine, part(upper, m), squareColumns(engine, part(0, upper), start)),
          want,
          `${m}×${n}, in two pieces`,
        );
      }
    });

    test(`scale_columns_${type} on ${name}: acc + (weight·gain)·v, every step rounded once, nothing beyond the operands, any split`, () => {
      for (const [m, n] of shapes) {
        const p = problem(type, m, n);
        const gain = uniform(type, n, rng(n));
        const factor = (at: number): number => rounding[type](weight * gain[at % n]!);
        const want = Array.from(p.acc, (x, at) => multiplyAdd(type, factor(at), sum(p, at), x));
        const got = scaleColumns(engine, p, gain);
        if (isDeterministic(name)) same(got, want, `${m}×${n}`);
        else
          within(
            got,
            want,
            Array.from(p.acc, (x, at) => 2 * unit[type] * (Math.abs(x) + 2 * Math.abs(factor(at) * sum(p, at)))),
            `${m}×${n}`,
          );
        same(scaleColumns(engine, p, gain, 1), got, `${m}×${n}, row by row`);
      }
    });
  }
}
