import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatTypes, multiplyAdd, rounding, uniform, unit } from "../../support/floats.ts";
import { packLeft, packRight } from "../../support/panels.ts";
import { rng } from "../../support/rng.ts";

interface Problem {
  readonly type: FloatDtype;
  readonly m: number;
  readonly n: number;
  readonly r: number;
  readonly l: Floats;
  readonly right: Floats;
  readonly acc: Floats;
}

function problem(type: FloatDtype, m: number, n: number, r: number): Problem {
  const next = rng(m * 911 + n * 31 + r);
  return { type, m, n, r, l: uniform(type, m * r, next), right: uniform(type, r * n, next), acc: uniform(type, m * n, next) };
}

function run(engine: Engine, p: Problem, grain = 1024): Floats {
  const operands = [
    operand("left", packLeft(p.l, p.m, p.r)),
    operand("right", packRight(p.right, p.r, p.n)),
    operand("acc", p.acc),
  ];
  const after = fenced(engine, operands, (left, right, acc) => {
    engine.parallel(`low_rank_add_${p.type}`, [p.n, p.r, left!, right!, acc!], p.m, grain);
  });
  return asFloats(p.type, after[2]!);
}

/** Every product and sum rounded to the type, in the order of k; with |acc| + γᵣ-weighted |L||R| beside it. */
function twin(p: Problem): { want: Float64Array; bound: Float64Array } {
  const want = Float64Array.from(p.acc);
  const bound = new Float64Array(p.acc.length);
  const u = unit[p.type];
  for (let i = 0; i < p.m; i++) {
    for (let j = 0; j < p.n; j++) {
      let sum = 0;
      let size = 0;
      for (let k = 0; k < p.r; k++) {
        const [a, b] = [p.l[i * p.r + k]!, p.right[k * p.n + j]!];
        sum = multiplyAdd(p.type, a, b, sum);
        size += Math.abs(a * b);
      }
      const at = i * p.n + j;
      want[at] = rounding[p.type](p.acc[at]! + sum);
      bound[at] = 2 * (u * (Math.abs(p.acc[at]!) + size) + gamma(p.r + 1, u) * size); // the twin errs as much again
    }
  }
  return { want, bound };
}

const shapes = [
  [1, 1, 1],
  [3, 7, 2],
  [4, 8, 3],
  [5, 9, 16],
  [8, 4, 1],
  [9, 5, 33],
  [2, 3, 800],
  [6, 12, 0],
  [0, 4, 2],
  [4, 0, 2],
] as const;

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`low_rank_add_${type} on ${name}: the scalar loop's bits (relaxed: its bound), nothing beyond the operands`, () => {
      for (const [m, n, r] of shapes) {
        const p = problem(type, m, n, r);
        const { want, bound } = twin(p);
        if (isDeterministic(name)) same(run(engine, p), want, `${m}×${n}, r = ${r}`);
        else within(run(engine, p), want, bound, `${m}×${n}, r = ${r}`);
      }
    });

    test(`low_rank_add_${type} on ${name}: the bits do not depend on the split into rows`, () => {
      const p = problem(type, 43, 131, 9);
      const all = run(engine, p);
      for (const grain of [4, 8, 20]) same(run(engine, p, grain), all, `grain ${grain}`);
    });
  }
}
