import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

interface Problem {
  readonly type: FloatDtype;
  readonly trans: boolean;
  readonly m: number;
  readonly n: number;
  readonly lda: number;
  readonly alpha: number;
  readonly beta: number;
  readonly a: Floats;
  readonly x: Floats;
  readonly y: Floats;
}

function problem(type: FloatDtype, trans: boolean, m: number, n: number, pad = 0, alpha = 1, beta = 0): Problem {
  const next = rng(m * 1000 + n);
  const lda = n + pad;
  const a = uniform(type, m && n ? (m - 1) * lda + n : 0, next);
  const [nx, ny] = trans ? [m, n] : [n, m];
  return { type, trans, m, n, lda, alpha, beta, a, x: uniform(type, nx, next), y: uniform(type, ny, next) };
}

function run(engine: Engine, p: Problem, grain = 1000): Floats {
  const after = fenced(engine, [operand("a", p.a), operand("x", p.x), operand("y", p.y)], (a, x, y) => {
    if (p.trans) engine.parallel(`gemv_t_${p.type}`, [p.m, p.alpha, a!, p.lda, x!, p.beta, y!], p.n, grain);
    else engine.parallel(`gemv_${p.type}`, [p.n, p.alpha, a!, p.lda, x!, p.beta, y!], p.m, grain);
  });
  return asFloats(p.type, after[2]!);
}

function check(got: Floats, p: Problem, what: string): void {
  const want = new Float64Array(p.y.length);
  const bound = new Float64Array(p.y.length);
  const k = p.trans ? p.m : p.n;
  for (let i = 0; i < p.y.length; i++) {
    let sum = 0;
    let size = 0;
    for (let j = 0; j < k; j++) {
      const v = p.a[p.trans ? j * p.lda + i : i * p.lda + j]! * p.x[j]!;
      sum += v;
      size += Math.abs(v);
    }
    const before = p.beta === 0 ? 0 : p.beta * p.y[i]!;
    want[i] = p.alpha * sum + before;
    // For f64 the twin errs as much again.
    bound[i] = (p.type === "f32" ? 1 : 2) * gamma(k + 3, unit[p.type]) * (Math.abs(p.alpha) * size + Math.abs(before));
  }
  within(got, want, bound, what);
}

const shapes = [
  [1, 1],
  [3, 7],
  [4, 16],
  [17, 33],
  [5, 64],
  [9, 2],
  [0, 5],
  [5, 0],
  [6, 131],
] as const;

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const trans of [false, true]) {
      const kernel = trans ? `gemv_t_${type}` : `gemv_${type}`;
      test(`${kernel} on ${name}: within γ(|α||A||x| + |βy|), nothing beyond the operands`, () => {
        for (const [m, n] of shapes) {
          for (const [pad, alpha, beta] of [
            [0, 1, 0],
            [3, -2.5, 1],
            [1, 0.5, -0.25],
          ] as const) {
            const p = problem(type, trans, m, n, pad, alpha, beta);
            check(run(engine, p), p, `${m}×${n}, α ${alpha}, β ${beta}`);
          }
        }
      });

      test(`${kernel} on ${name}: the bits do not depend on the split`, () => {
        const p = problem(type, trans, 23, 37, 1, 1.5, 0.5);
        const all = run(engine, p);
        for (const grain of [1, 3, 4, 7]) same(run(engine, p, grain), all, `grain ${grain}`);
      });

      test(`${kernel} on ${name}: β = 0 does not read y, and a NaN in row 2 of A goes where that row goes`, () => {
        const p = problem(type, trans, 7, 9);
        p.y.fill(Number.NaN);
        check(run(engine, p), p, "β = 0 over NaN");
        p.a[2 * p.lda + 5] = Number.NaN;
        const nan = Array.from(run(engine, p), (v, i) => (Number.isNaN(v) ? i : -1)).filter((i) => i >= 0);
        assert.deepEqual(nan, [trans ? 5 : 2]);
      });
    }
  }
}

test("gemv, gemv_t: debug, simd and threads give the same bits", () => {
  for (const type of floatTypes) {
    for (const trans of [false, true]) {
      const p = problem(type, trans, 61, 67, 2, 1.25, floatsOf(type, [0.3])[0]);
      const results = builds.filter((b) => isDeterministic(b.name)).map((b) => run(b.engine, p, 5));
      for (const r of results) same(r, results[0]!, `${type}, transposed ${trans}`);
    }
  }
});
