import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same, u64, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { floatsOf, floatTypes, multiplyAdd, rounding, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";
import { bytesOf, decode, roundTo } from "../../support/stored.ts";

const types = ["f32", "f16", "bf16"] as const;
type Type = (typeof types)[number];

interface Problem {
  readonly compute: FloatDtype;
  readonly type: Type;
  readonly m: number;
  readonly n: number;
  readonly c: number;
  readonly w: Floats; // values of the stored type, mostly
  readonly acc: Floats;
}

interface Result {
  readonly out: Float64Array;
  readonly stats: Float64Array;
}

function problem(compute: FloatDtype, type: Type, m: number, n: number, c = 1, exact = true): Problem {
  const next = rng(m * 57 + n);
  const w = floatsOf(
    compute,
    Array.from(uniform(compute, m * n, next), (x) => (exact ? roundTo(type, x) : x)),
  );
  return { compute, type, m, n, c: rounding[compute](c), w, acc: uniform(compute, m * n, next).map((x) => x * 0.01) as Floats };
}

function run(engine: Engine, p: Problem, grain = 1000): Result {
  const out = new Uint8Array(p.m * p.n * bytesOf[p.type]);
  const operands = [
    operand("w", p.w),
    operand("acc", p.acc),
    operand("out", out),
    operand("stats", new Float64Array(p.m * 4).fill(7)),
  ];
  const after = fenced(engine, operands, (w, acc, o, stats) => {
    engine.parallel(`finish_${p.compute}_${p.type}`, [p.n, w!, p.c, acc!, o!, stats!], p.m, grain);
  });
  return { out: decode(p.type, after[2]!), stats: new Float64Array(after[3]!.buffer) };
}

/** Every difference rounded to the type of the computation, squares and sums in float64. */
function twin(p: Problem): Result {
  const out = new Float64Array(p.m * p.n);
  const stats = new Float64Array(p.m * 4);
  const round = rounding[p.compute];
  for (let at = 0; at < out.length; at++) {
    const i = Math.floor(at / p.n);
    const w = p.w[at]!;
    const v = multiplyAdd(p.compute, p.c, w, p.acc[at]!);
    const after = roundTo(p.type, v);
    const delta = round(v - w);
    const e = round(round(after - roundTo(p.type, w)) - delta);
    out[at] = after;
    stats[4 * i]! += delta * delta;
    stats[4 * i + 1]! += w * w;
    stats[4 * i + 2]! += e * e;
    if (!Number.isFinite(after)) stats[4 * i + 3]! += 1;
  }
  return { out, stats };
}

const shapes = [
  [1, 1],
  [3, 7],
  [4, 8],
  [2, 33],
  [0, 4],
  [4, 0],
] as const;

for (const { name, engine } of builds) {
  for (const compute of floatTypes) {
    for (const type of types) {
      test(`finish_${compute}_${type} on ${name}: round(c·W + acc) and its sums, nothing beyond the operands, any split`, () => {
        for (const [m, n] of shapes) {
          for (const [c, exact] of [
            [1, true],
            [0.25, true],
            [-0.7, false],
          ] as const) {
            const p = problem(compute, type, m, n, c, exact);
            const want = twin(p);
            const got = run(engine, p);
            const what = `${m}×${n}, c = ${c}`;
            if (isDeterministic(name)) {
              same(got.out, want.out, what);
              within(
                got.stats,
                want.stats,
                want.stats.map((s) => 2 * (n + 5) * u64 * s),
                `${what}, stats`,
              );
            } else {
              const ulp = { f32: 2 ** -23, f16: 2 ** -10, bf16: 2 ** -7 }[type];
              within(
                got.out,
                want.out,
                want.out.map((x) => ulp * Math.abs(x) + 4 * unit[compute]),
                what,
              );
            }
            if (c !== 1) continue;
            const single = run(engine, p, 1);
            same(single.out, got.out, `${what}, row by row`);
            same(single.stats, got.stats, `${what}, row by row, stats`);
          }
        }
      });

      test(`finish_${compute}_${type} on ${name}: NaN, Inf and overflow of the stored type are counted in their row`, () => {
        const top = roundTo(type, { f32: 3.4e38, f16: 65504, bf16: 3.3e38 }[type]);
        for (const at of [0, 3, 4, 6]) {
          const p = problem(compute, type, 3, 7);
          p.w.fill(1);
          p.acc.fill(0);
          p.acc[at] = Number.NaN;
          p.w[14 + at] = top;
          p.acc[14 + at] = top;
          p.acc[14 + ((at + 3) % 7)] = Number.NEGATIVE_INFINITY;
          const { out, stats } = run(engine, p);
          assert.deepEqual([stats[3], stats[7], stats[11]], [1, 0, 2], `column ${at}`);
          assert.ok(Number.isNaN(out[at]!));
          assert.equal(out[14 + at], Number.POSITIVE_INFINITY);
          assert.equal(stats[4], 0, "a row without change has no change");
          assert.equal(stats[6], 0, "and loses nothing");
        }
      });
    }
  }

  test(`finish_f64 on ${name}: rounds to f32 first, then to the stored type`, () => {
    // Just above a midpoint of bf16 by less than f32 can tell: once rounded it would go up, by way of f32 it ties to even.
    const p = problem("f64", "bf16", 1, 1);
    p.w[0] = 1;
    p.acc[0] = 2 ** -8 + 2 ** -40;
    assert.equal(run(engine, p).out[0], 1);
    p.acc[0] = 2 ** -8 + 2 ** -22;
    assert.equal(run(engine, p).out[0], 1 + 2 ** -7);
  });

  test(`finish on ${name}: out may be the accumulator, or W, where the types are the same`, () => {
    const p = problem("f32", "f32", 3, 9, 0.5);
    const want = run(engine, p).out;
    for (const target of [0, 1]) {
      const operands = [operand("w", p.w), operand("acc", p.acc), operand("stats", new Float64Array(12))];
      const after = fenced(engine, operands, (w, acc, stats) => {
        engine.wasm.finish_f32_f32(p.n, w!, p.c, acc!, [w!, acc!][target]!, stats!, 0, p.m);
      });
      same(decode("f32", after[target]!), want, ["W", "acc"][target]!);
    }
  });
}
