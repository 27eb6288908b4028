import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same, u32 } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { packLeft, packRight } from "../../support/panels.ts";
import { bytesOf, call, decodeWith, encodeBlocks, f32Of } from "../../support/quant.ts";
import { type Blocked, blockedTypes, blockTypes, decodeBlocks } from "../../support/reference-quant.ts";
import { random, rng } from "../../support/rng.ts";

const WORK = 4160;
const f = Math.fround;

interface Problem {
  readonly type: Blocked;
  readonly m: number;
  readonly n: number;
  readonly r: number;
  readonly l: Float32Array; // m×r
  readonly right: Float32Array; // r×n
  readonly w: Uint8Array;
}

interface Result {
  readonly out: Uint8Array;
  readonly stats: Float64Array;
}

function problem(engine: Engine, type: Blocked, m: number, n: number, r: number): Problem {
  const next = rng(m * 10007 + n * 101 + r);
  const factor = (size: number): Float32Array => random(size, next).map((x) => x * 0.2);
  const w = m * n === 0 ? new Uint8Array(0) : encodeBlocks(engine, type, random(m * n, next));
  return { type, m, n, r, l: factor(m * r), right: factor(r * n), w };
}

/** The kernel, each operand in turn against the end of memory; rows in pieces of `grain`, on all threads of the engine. */
function run(engine: Engine, p: Problem, grain = 4, inPlace = false): Result {
  const operands = [
    operand("left", packLeft(p.l, p.m, p.r)),
    operand("right", packRight(p.right, p.r, p.n)),
    operand("w", p.w),
    operand("stats", new Float64Array(p.m * 4).fill(7)),
    operand("work", new Uint8Array(WORK * Math.max(1, Math.ceil(p.m / grain)))),
    ...(inPlace ? [] : [operand("out", new Uint8Array(p.w.length))]),
  ];
  const after = fenced(engine, operands, (left, right, w, stats, work, out = w) => {
    engine.parallel(`low_rank_update_${p.type}`, [p.n, p.r, left, right, w, out, stats, work, grain], p.m, grain);
  });
  return { out: after[inPlace ? 2 : 5]!, stats: new Float64Array(after[3]!.slice().buffer) };
}

/** The same in three steps: decode, the update of f32 weights, encode; and what the header says the sums are, in float64. */
function inSteps(engine: Engine, p: Problem): Result {
  const w = decodeWith(engine, p.type, p.w);
  const inputs = [packLeft(p.l, p.m, p.r), packRight(p.right, p.r, p.n), w, new Float64Array(p.m * 4)];
  const v = f32Of(
    call(engine, "low_rank_update_f32", inputs, p.m * p.n * 4, p.m, (out, left, right, x, stats) => {
      return [p.n, p.r, left, right, x, out, stats];
    }, 4),
  ); // biome-ignore format: one call
  const out = encodeBlocks(engine, p.type, v);
  const back = decodeBlocks(p.type, out);
  const stats = new Float64Array(p.m * 4);
  for (let i = 0; i < p.m; i++) {
    for (let j = 0; j < p.n; j++) {
      let acc = 0;
      for (let k = 0; k < p.r; k++) acc = f(acc + f(p.l[i * p.r + k]! * p.right[k * p.n + j]!));
      const at = i * p.n + j;
      stats[4 * i]! += acc ** 2;
      stats[4 * i + 1]! += w[at]! ** 2;
      if (Number.isFinite(back[at]!) && Number.isFinite(v[at]!)) stats[4 * i + 2]! += (back[at]! - v[at]!) ** 2;
      else stats[4 * i + 3]! += 1;
      if (isDeterministic(engine.build) && !Object.is(v[at], f(w[at]! + acc))) {
        assert.ok(Number.isNaN(v[at]), `row ${i}, column ${j}: ${v[at]} is not ${w[at]} + ${acc}`);
      }
    }
  }
  return { out, stats };
}

/** The sums of four rows together; the counts are each row's own. */
function compare(got: Result, want: Result, slack: number, what: string): void {
  assert.deepEqual(got.out, want.out, `${what}: bytes`);
  const [sums, wanted] = [got, want].map(({ stats }) => {
    const out = new Float64Array(3 * Math.ceil(stats.length / 16));
    for (const [i, x] of stats.entries()) if (i % 4 < 3) out[3 * Math.floor(i / 16) + (i % 4)]! += x;
    return out;
  }) as [Float64Array, Float64Array];
  for (const [i, x] of wanted.entries()) {
    if (!Number.isFinite(x)) assert.ok(!Number.isFinite(sums[i]!), `${what}: sum ${i} is ${sums[i]}, ${x} wanted`);
    else assert.ok(Math.abs(sums[i]! - x) <= slack * x, `${what}: sum ${i} is ${sums[i]}, ${x} wanted`);
  }
  for (let i = 3; i < got.stats.length; i += 4) assert.equal(got.stats[i], want.stats[i], `${what}: count of row ${(i - 3) / 4}`);
}

/** Rows, columns in blocks, rank. */
const shapes = [
  [0, 1, 1], [1, 1, 1], [3, 3, 2], [4, 4, 16], [5, 5, 3], [9, 9, 5], [2, 35, 4], [4, 2, 0],
] as const; // biome-ignore format: a table

for (const { name, engine } of builds) {
  // Fused sums differ from those of the twin by as much as they round less.
  const slack = isDeterministic(name) ? 140 * u32 : 2 ** -16;

  for (const type of blockedTypes) {
    const { size, bytes } = blockTypes[type];
    const legacy = size === 32;

    test(`low_rank_update_${type} on ${name}: the bytes of decode, update and encode, sums within 140u, nothing beyond the operands`, () => {
      for (const [m, blocks, r] of shapes) {
        if (!legacy && blocks > 5) continue;
        const p = problem(engine, type, m, blocks * size, r);
        compare(run(engine, p), inSteps(engine, p), slack, `${m}×${p.n}, r = ${r}`);
      }
    });

    test(`low_rank_update_${type} on ${name}: in place, and in any pieces of rows, the same bits`, () => {
      const p = problem(engine, type, 21, (legacy ? 9 : 2) * size, 6);
      const all = run(engine, p, 24);
      for (const grain of [4, 8, 20]) {
        const pieces = run(engine, p, grain, true);
        assert.deepEqual(pieces.out, all.out, `grain ${grain}`);
        same(pieces.stats, all.stats, `grain ${grain}, stats`);
      }
    });

    test(`low_rank_update_${type} on ${name}: a NaN, an Inf or an overflow makes its block NaN, and all of that is counted in its row`, () => {
      const n = 5 * size;
      for (const block of [0, 3, 4]) {
        const p = problem(engine, type, 6, n, 2);
        const at = (row: number): number => (row * 5 + block) * bytes + blockTypes[type].halves[0]!;
        p.w.set([0x01, 0x7e], at(0)); // NaN
        p.w.set([0x00, 0x7c], at(1)); // Inf
        p.l.fill(0, 4, 6);
        p.l[4] = 1e30; // row 2, where the update of one column is too large for a scale in f16
        p.right.fill(0, 0, n);
        p.right[block * size + 7] = 1;
        const want = inSteps(engine, p);
        compare(run(engine, p), want, slack, `block ${block}`);
        assert.deepEqual([want.stats[3], want.stats[19], want.stats[23]], [size, 0, 0], `block ${block}`);
        assert.ok(want.stats[7]! > 0 && want.stats[11]! > 0);
      }
    });
  }

  for (const type of ["q8_0", "q4_0"] as const) {
    test(`low_rank_update_${type} on ${name}: zeros, w beside −w, scales that are subnormal in f16 or nothing, large weights: bit for bit`, () => {
      // W = 0 and r = 1, so that v is what is chosen here: four blocks at once, of every kind.
      const next = rng(5);
      const kinds = [
        () => 0,
        () => -0,
        () => (next() < 0.5 ? 1 : -1),
        () => next() * 2 ** -20,
        () => next() * 2 ** -30,
        () => (next() - 0.5) * 2 ** -125,
        () => (next() - 0.5) * 2 ** 18,
        () => (Math.floor(next() * 255) - 127.5) / 127,
        () => next() - 0.5,
        () => next() * 65504 * (type === "q8_0" ? 127 : 8) * 1.0001,
      ];
      const n = 32 * 40;
      const p = {
        type,
        m: 4,
        n,
        r: 1,
        l: Float32Array.of(1, -1, 0.5, 3),
        w: encodeBlocks(engine, type, new Float32Array(4 * n)),
      };
      for (let round = 0; round < 8; round++) {
        const right = Float32Array.from({ length: n }, (_, j) =>
          kinds[(Math.floor(j / 32) * (round + 1) + round) % kinds.length]!(),
        );
        compare(run(engine, { ...p, right }), inSteps(engine, { ...p, right }), slack, `round ${round}`);
      }
    });
  }

  test(`low_rank_update_q8_0 on ${name}: every scale an f16 can have, and its neighbours, rounds as encode does`, () => {
    // One large weight in each block sets the scale d = w/127; the others are codes and halves of codes.
    const n = 32 * 512;
    const zero = encodeBlocks(engine, "q8_0", new Float32Array(n));
    const word = new DataView(new ArrayBuffer(4));
    for (let part = 0; part < 62; part++) {
      const right = new Float32Array(n);
      for (let b = 0; b < 512; b++) {
        const h = part * 512 + b;
        const e = h >> 10;
        const d = e ? 2 ** (e - 15) * (1 + (h & 1023) / 1024) : 2 ** -24 * (h & 1023);
        word.setFloat32(0, d * 127 * (1 + [0, 2 ** -11, -(2 ** -11), 2 ** -12][h % 4]!));
        right[b * 32 + 5] = word.getFloat32(0);
        for (let j = 0; j < 5; j++) right[b * 32 + j] = d * (j * 20 - 33.5);
      }
      const p: Problem = { type: "q8_0", m: 1, n, r: 1, l: Float32Array.of(1), right, w: zero };
      const out = new Uint8Array(encodeBlocks(engine, "q8_0", right));
      const got = call(engine, "low_rank_update_q8_0", [packLeft(p.l, 1, 1), packRight(right, 1, n), bytesOf(zero), new Uint8Array(WORK + 32)], out.length, 1, (to, l, x, w, work) => [n, 1, l, x, w, to, work + WORK, work, 4], 4); // biome-ignore format: one call
      assert.deepEqual(got, out, `part ${part}`);
    }
  });
}
