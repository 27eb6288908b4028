import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatTypes, largest, rounding, tiniest, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

interface Problem {
  readonly type: FloatDtype;
  readonly trans: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly alpha: number;
  readonly beta: number;
  readonly a: Floats;
  readonly lda: number;
  readonly b: Floats;
  readonly ldb: number;
  readonly c: Floats;
  readonly ldc: number;
}

/** Rows are `pad` elements longer than need be, except the last, which ends with its matrix. */
function problem(
  type: FloatDtype,
  trans: boolean,
  m: number,
  n: number,
  k: number,
  { alpha = 1, beta = 0, pad = 0 } = {},
): Problem {
  const next = rng(m * 7919 + n * 104729 + k);
  const matrix = (rows: number, cols: number): Floats => uniform(type, rows && cols ? (rows - 1) * (cols + pad) + cols : 0, next);
  const [rows, cols] = trans ? [n, k] : [k, n];
  const round = rounding[type];
  return {
    ...{ type, trans, m, n, k, alpha: round(alpha), beta: round(beta) },
    ...{ a: matrix(m, k), lda: k + pad, b: matrix(rows, cols), ldb: cols + pad, c: matrix(m, n), ldc: n + pad },
  };
}

/** The kernel in pieces of `grain` columns, each operand in turn against the end of memory. */
function few(engine: Engine, p: Problem, grain = 100_000): Floats {
  const after = fenced(engine, [operand("a", p.a), operand("b", p.b), operand("c", p.c)], (a, b, c) => {
    const kernel = p.trans ? (`gemm_few_t_${p.type}` as const) : (`gemm_few_${p.type}` as const);
    engine.parallel(kernel, [p.m, p.k, p.alpha, a!, p.lda, b!, p.ldb, p.beta, c!, p.ldc], p.n, grain);
  });
  return asFloats(p.type, after[2]!);
}

/** In float64, within γ(|α||A||B| + |βC|), γ = (k + 4)u/(1 − …); what lies between the rows of C is as before. For f64 the twin errs as much again. */
function check(p: Problem, got: Floats, what: string): void {
  const factor = (p.type === "f32" ? 1.01 : 2) * gamma(p.k + 4, unit[p.type]);
  const want = Float64Array.from(p.c);
  const bound = new Float64Array(p.c.length);
  for (let i = 0; i < p.m; i++) {
    for (let j = 0; j < p.n; j++) {
      let sum = 0;
      let size = 0;
      for (let q = 0; q < p.k; q++) {
        const x = p.a[i * p.lda + q]! * p.b[p.trans ? j * p.ldb + q : q * p.ldb + j]!;
        sum += x;
        size += Math.abs(x);
      }
      const at = i * p.ldc + j;
      const before = p.beta === 0 ? 0 : p.beta * p.c[at]!;
      want[at] = before + p.alpha * sum;
      bound[at] = factor * (Math.abs(before) + Math.abs(p.alpha) * size);
    }
  }
  within(got, want, bound, what);
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const trans of [false, true]) {
      const kernel = `gemm_few${trans ? "_t" : ""}_${type}`;
      test(`${kernel} on ${name}: within γ|A||B| of the float64 product for 0 to 9 rows, nothing beyond the operands`, () => {
        for (const m of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
          for (const [n, k] of [
            [1, 1],
            [2, 3],
            [3, 4],
            [4, 5],
            [5, 9],
            [9, 16],
            [17, 33],
            [6, 0],
            [0, 6],
          ] as const) {
            // biome-ignore format: a table
            const p = problem(type, trans, m, n, k);
            check(p, few(engine, p), `${m}×${n}×${k}`);
          }
        }
        const p = problem(type, trans, 3, 1100, 70);
        check(p, few(engine, p), "several strips and depths");
      });

      test(`${kernel} on ${name}: α, β, longer rows; β = 0 does not read C; NaN, huge and denormal numbers stay in their rows`, () => {
        for (const [alpha, beta] of [
          [1, 1],
          [-2.5, 0.75],
          [3, 0],
        ] as const) {
          // biome-ignore format: a table
          for (const m of [1, 3, 6]) {
            const p = problem(type, trans, m, 7, 40, { alpha, beta, pad: 3 });
            check(p, few(engine, p), `α ${alpha}, β ${beta}`);
          }
        }
        const p = problem(type, trans, 5, 6, 3);
        p.c.fill(Number.NaN);
        p.a[4] = Number.NaN; // row 1
        p.a[6] = largest[type] / 4; // row 2
        p.a.fill(tiniest[type], 9, 12); // row 3
        const got = few(engine, p);
        got.forEach((x, at) => {
          assert.equal(Number.isNaN(x), Math.floor(at / 6) === 1, `element ${at} is ${x}`);
        });
        p.a[4] = 0;
        p.a.fill(0, 9, 12);
        check(p, few(engine, p), "β = 0 over NaN");
      });

      test(`${kernel} on ${name}: the bits depend neither on the split into columns nor on the rows that come with a row`, () => {
        const p = problem(type, trans, 7, 150, 90, { alpha: 0.7, beta: 0.5 });
        const all = few(engine, p);
        for (const grain of [1, 3, 64]) same(few(engine, p, grain), all, `grain ${grain}`);
        for (let i = 0; i < 7; i++) {
          const row: Problem = { ...p, m: 1, a: p.a.slice(i * 90, (i + 1) * 90), c: p.c.slice(i * 150, (i + 1) * 150) };
          same(few(engine, row), all.slice(i * 150, (i + 1) * 150), `row ${i} alone`);
        }
      });
    }
  }
}

test("gemm_few: debug, simd and threads give the same bits", () => {
  for (const type of floatTypes) {
    for (const trans of [false, true]) {
      const p = problem(type, trans, 6, 70, 300, { alpha: 1.1, beta: 0.3 });
      const results = builds.filter((b) => isDeterministic(b.name)).map((b) => few(b.engine, p, 16));
      for (const r of results) same(r, results[0]!, type);
    }
  }
});
