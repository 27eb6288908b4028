import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, u32, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { packLeft, packRight } from "../../support/panels.ts";
import { random, rng } from "../../support/rng.ts";
import { bytesOf, decode, encode, f32OfBits, roundTo } from "../../support/stored.ts";

const types = ["f32", "f16", "bf16"] as const;
type Type = (typeof types)[number];

interface Problem {
  readonly type: Type;
  readonly m: number;
  readonly n: number;
  readonly r: number;
  readonly l: Float32Array; // m×r
  readonly right: Float32Array; // r×n
  readonly w: Float64Array; // m×n, values of the type
}

interface Result {
  readonly out: Float64Array;
  readonly stats: Float64Array;
}

function problem(type: Type, m: number, n: number, r: number, scale = 0.1): Problem {
  const next = rng(m * 10007 + n * 101 + r);
  const w = Float64Array.from(random(m * n, next), (x) => roundTo(type, x));
  const factor = (size: number): Float32Array => random(size, next).map((x) => x * scale);
  return { type, m, n, r, w, l: factor(m * r), right: factor(r * n) };
}

/** The kernel, each operand in turn against the end of memory; rows in pieces of `grain`, on all threads of the engine. */
function run(engine: Engine, p: Problem, grain = 4, inPlace = false): Result {
  const operands = [
    operand("left", packLeft(p.l, p.m, p.r)),
    operand("right", packRight(p.right, p.r, p.n)),
    operand("w", encode(p.type, p.w)),
    operand("stats", new Float64Array(p.m * 4).fill(7)),
    ...(inPlace ? [] : [operand("out", new Uint8Array(p.m * p.n * bytesOf[p.type]))]),
  ];
  const after = fenced(engine, operands, (left, right, w, stats, out = w) => {
    engine.parallel(`low_rank_update_${p.type}`, [p.n, p.r, left, right, w, out, stats], p.m, grain);
  });
  return { out: decode(p.type, after[inPlace ? 2 : 4]!), stats: new Float64Array(after[3]!.buffer) };
}

/** The same with JavaScript's numbers, every operation rounded to f32 as the header says. */
function twin(p: Problem): Result {
  const out = new Float64Array(p.m * p.n);
  const stats = new Float64Array(p.m * 4);
  for (let i = 0; i < p.m; i++) {
    for (let j = 0; j < p.n; j++) {
      let acc = 0;
      for (let k = 0; k < p.r; k++) acc = Math.fround(acc + Math.fround(p.l[i * p.r + k]! * p.right[k * p.n + j]!));
      const w = p.w[i * p.n + j]!;
      const v = Math.fround(w + acc);
      const got = roundTo(p.type, v);
      out[i * p.n + j] = got;
      stats[4 * i]! += acc * acc;
      stats[4 * i + 1]! += w * w;
      if (Number.isFinite(got - v)) stats[4 * i + 2]! += (got - v) ** 2;
      else stats[4 * i + 3]! += 1;
    }
  }
  return { out, stats };
}

const shapes = [
  [1, 1, 1], [3, 7, 2], [4, 8, 3], [5, 9, 16], [8, 16, 1], [6, 31, 5], [13, 40, 8], [2, 1030, 4], [4, 1100, 3], [5, 24, 700],
] as const; // biome-ignore format: a table

for (const { name, engine } of builds) {
  for (const type of types) {
    test(`low_rank_update_${type} on ${name}: bits of the scalar loop, sums within 140u, nothing beyond the operands`, () => {
      for (const [m, n, r] of shapes) {
        const p = problem(type, m, n, r);
        const want = twin(p);
        const got = run(engine, p);
        const what = `${m}×${n}, r = ${r}`;
        if (isDeterministic(name)) {
          same(got.out, want.out, what);
          within(
            got.stats,
            want.stats,
            want.stats.map((s) => 140 * u32 * s),
            `${what}, stats`,
          );
        }
        assert.ok(
          got.stats.every((s, i) => i % 4 !== 3 || s === 0),
          `${what}: a finite result was counted as bad`,
        );
      }
    });
  }
}
