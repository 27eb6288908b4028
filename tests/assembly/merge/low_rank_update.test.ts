import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, u32, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { packLeft, packRight } from "../../support/panels.ts";
import { random, rng } from "../../support/rng.ts";
import { bytesOf, decode, encode, roundTo } from "../../support/stored.ts";

const types = ["f32", "f16", "bf16"] as const;
type Type = (typeof types)[number];

/** Largest and smallest positive value, and the relative size of a unit in the last place. */
const top: Readonly<Record<Type, number>> = { f32: (2 - 2 ** -23) * 2 ** 127, f16: 65504, bf16: (2 - 2 ** -7) * 2 ** 127 };
const smallest: Readonly<Record<Type, number>> = { f32: 2 ** -149, f16: 2 ** -24, bf16: 2 ** -133 };
const ulp: Readonly<Record<Type, number>> = { f32: 2 ** -23, f16: 2 ** -10, bf16: 2 ** -7 };

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

/** The sums of four rows together; only the counts are each row's own. */
function sums(stats: Float64Array): Float64Array {
  const out = new Float64Array(3 * Math.ceil(stats.length / 16));
  for (const [i, x] of stats.entries()) if (i % 4 < 3) out[3 * Math.floor(i / 16) + (i % 4)]! += x;
  return out;
}

function sumsWithin(got: Result, want: Result, slack: number, what: string): void {
  const wanted = sums(want.stats);
  within(
    sums(got.stats),
    wanted,
    wanted.map((s) => slack * s),
    what,
  );
}

const shapes = [
  [1, 1, 1], [3, 7, 2], [4, 8, 3], [5, 9, 16], [8, 16, 1], [6, 31, 5], [13, 40, 8], [2, 1030, 4], [4, 1100, 3], [5, 24, 700],
] as const; // biome-ignore format: a table

/** How far relaxed math may be from the twin before the last rounding: the header's bound, twice. */
function bounds(p: Problem): Float64Array {
  const out = new Float64Array(p.m * p.n);
  for (let i = 0; i < p.m; i++) {
    for (let j = 0; j < p.n; j++) {
      let size = 0;
      for (let k = 0; k < p.r; k++) size += Math.abs(p.l[i * p.r + k]! * p.right[k * p.n + j]!);
      const before = 2 * (u32 * (Math.abs(p.w[i * p.n + j]!) + size) + gamma(p.r, u32) * size);
      out[i * p.n + j] = before + ulp[p.type] * (Math.abs(p.w[i * p.n + j]!) + size);
    }
  }
  return out;
}

function split(p: Problem, i0: number, i1: number): Problem {
  return { ...p, m: i1 - i0, l: p.l.slice(i0 * p.r, i1 * p.r), w: p.w.slice(i0 * p.n, i1 * p.n) };
}

for (const { name, engine } of builds) {
  for (const type of types) {
    test(`low_rank_update_${type} on ${name}: the scalar loop's bits (relaxed: its bound), sums within 140u, nothing beyond the operands`, () => {
      for (const [m, n, r] of shapes) {
        const p = problem(type, m, n, r);
        const want = twin(p);
        const got = run(engine, p);
        const what = `${m}×${n}, r = ${r}`;
        if (isDeterministic(name)) {
          same(got.out, want.out, what);
          sumsWithin(got, want, 140 * u32, `${what}, stats`);
        } else {
          within(got.out, want.out, bounds(p), what);
        }
        for (let i = 0; i < m; i++) assert.equal(got.stats[4 * i + 3], 0, `${what}: row ${i} is finite`);
      }
    });

    test(`low_rank_update_${type} on ${name}: in place, and in any pieces of rows, the same bits`, () => {
      const p = problem(type, 45, 77, 6);
      const all = run(engine, p, 1000);
      for (const grain of [4, 8, 20]) {
        const pieces = run(engine, p, grain, true);
        same(pieces.out, all.out, `grain ${grain}`);
        same(pieces.stats, all.stats, `grain ${grain}, stats`);
      }
      const upper = run(engine, split(p, 0, 20));
      const lower = run(engine, split(p, 20, 45));
      same([...upper.out, ...lower.out], all.out, "as two matrices");
      same([...upper.stats, ...lower.stats], all.stats, "as two matrices, stats");
    });

    test(`low_rank_update_${type} on ${name}: no update leaves every bit of W, subnormals and −0 too`, () => {
      const next = rng(3);
      const extremes = [0, -0, smallest[type], -3 * smallest[type], top[type], -top[type], 1, -(2 ** -14)];
      const w = Float64Array.from({ length: 9 * 20 }, () => extremes[Math.floor(next() * extremes.length)]!);
      const p = { type, m: 9, n: 20, r: 2, l: new Float32Array(18), right: new Float32Array(40), w };
      const { out, stats } = run(engine, p);
      same(
        out,
        w.map((x) => x + 0),
        "out",
      ); // −0 + 0 = 0
      for (let i = 0; i < 9; i++) assert.deepEqual([stats[4 * i], stats[4 * i + 2], stats[4 * i + 3]], [0, 0, 0], `row ${i}`);
    });

    test(`low_rank_update_${type} on ${name}: what is not finite, or becomes so, is counted in its row and stays NaN or Inf`, () => {
      for (const at of [0, 3, 7, 8, 12, 15, 16, 18]) {
        const p = problem(type, 8, 19, 3);
        p.w[at] = Number.NaN; // row 0
        p.w[19 + at] = Number.POSITIVE_INFINITY; // row 1
        p.w.fill(top[type], 38 + at, 39 + at); // row 2 becomes too large
        p.l.fill(0, 6, 9);
        p.l[6] = top[type] / 8;
        p.right[at] = 8;
        const { out, stats } = run(engine, p);
        const want = twin(p);
        if (isDeterministic(name)) same(out, want.out, `column ${at}`);
        assert.ok(Number.isNaN(out[at]!), `column ${at}: NaN`);
        assert.equal(out[19 + at], Number.POSITIVE_INFINITY, `column ${at}: Inf`);
        assert.equal(out[38 + at], Number.POSITIVE_INFINITY, `column ${at}: overflow`);
        const bad = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => stats[4 * i + 3]);
        assert.deepEqual(
          bad,
          [0, 1, 2, 3, 4, 5, 6, 7].map((i) => want.stats[4 * i + 3]),
          `column ${at}`,
        );
        assert.deepEqual([bad[0], bad[1], bad[3]], [1, 1, 0], `column ${at}`);
        assert.ok(bad[2]! >= 1);
      }
    });

    test(`low_rank_update_${type} on ${name}: a NaN in W adds to Σ W² alone, and takes nothing from the other sums`, () => {
      for (let row = 0; row < 4; row++) {
        const p = problem(type, 4, 24, 3);
        p.w[row * 24 + 11] = Number.NaN;
        const [got, want] = [sums(run(engine, p).stats), sums(twin(p).stats)];
        assert.ok(Number.isNaN(got[1]!), `NaN in row ${row}`);
        const slack = isDeterministic(name) ? 140 * u32 : 0.5; // fused sums round elsewhere, and so lose something else
        for (const k of [0, 2])
          assert.ok(Math.abs(got[k]! - want[k]!) <= slack * want[k]!, `NaN in row ${row}: ${got[k]}, ${want[k]}`);
      }
    });

    test(`low_rank_update_${type} on ${name}: NaNs with all bits set do not carry over into numbers`, () => {
      const p = { type, m: 4, n: 8, r: 1, l: new Float32Array(4), right: new Float32Array(8).fill(1), w: new Float64Array(32) };
      const bits = new Uint8Array(32 * bytesOf[type]).fill(0xff);
      const operands = [
        operand("left", packLeft(p.l, 4, 1)),
        operand("right", packRight(p.right, 1, 8)),
        operand("w", bits),
        operand("stats", new Float64Array(16)),
      ];
      const after = fenced(engine, operands, (left, right, w, stats) => {
        engine.wasm[`low_rank_update_${type}`](8, 1, left!, right!, w!, w!, stats!, 0, 4);
      });
      assert.ok(decode(type, after[2]!).every(Number.isNaN));
      assert.deepEqual(
        [3, 7, 11, 15].map((i) => new Float64Array(after[3]!.buffer)[i]),
        [8, 8, 8, 8],
      );
    });

    test(`low_rank_update_${type} on ${name}: large values that stay finite are not counted, and their sums do not overflow`, () => {
      const p = problem(type, 4, 16, 1);
      p.w.fill(roundTo(type, top[type] / 4));
      p.l.fill(top[type] / 2 ** 20);
      p.right.fill(2 ** 18);
      const want = twin(p);
      const got = run(engine, p);
      if (isDeterministic(name)) same(got.out, want.out, "out");
      sumsWithin(got, want, 140 * u32, "stats");
      assert.ok(got.stats[0]! > 0 && got.stats.every(Number.isFinite));
    });
  }

  for (const type of ["f16", "bf16"] as const) {
    test(`low_rank_update_${type} on ${name}: rounds every kind of f32 to nearest, ties to even`, () => {
      // r = 1 and W = 0: out is the rounded acc, which takes the values chosen here.
      const next = rng(17);
      const values = Float32Array.from({ length: 4 * 512 }, (_, i) => {
        const x = roundTo(type, (next() * 2 - 1) * 2 ** Math.floor(next() * 44 - 29)); // f16: from below its subnormals to above its range
        const half = (ulp[type] / 2) * 2 ** Math.floor(Math.log2(Math.abs(x) || 1)); // many of them exactly between two neighbours
        return i % 3 ? x + half : x + half * next();
      });
      for (let row = 0; row < 4; row++) {
        const right = values.slice(row * 512, (row + 1) * 512);
        const p = { type, m: 4, n: 512, r: 1, l: Float32Array.of(1, -1, 0.5, 2), right, w: new Float64Array(4 * 512) };
        const want = twin(p);
        const got = run(engine, p);
        same(got.out, want.out, `row ${row}`);
        sumsWithin(got, want, 140 * u32, `row ${row}, stats`);
      }
    });
  }
}

test("low_rank_update: debug, simd and threads give the same bits, sums included", () => {
  for (const type of types) {
    const p = problem(type, 53, 1111, 7);
    const results = builds.filter((b) => isDeterministic(b.name)).map((b) => run(b.engine, p, 8));
    for (const r of results) {
      same(r.out, results[0]!.out, type);
      same(r.stats, results[0]!.stats, `${type}, stats`);
    }
  }
});
