import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, u32, u64, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { random, rng } from "../../support/rng.ts";

interface Problem {
  readonly type: FloatDtype;
  readonly transA: number;
  readonly transB: number;
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

interface Options {
  readonly trans?: readonly [number, number];
  readonly alpha?: number;
  readonly beta?: number;
  readonly pad?: number;
}

/** A problem of the given shape; rows are `pad` elements longer than need be, except the last, which ends with its matrix. */
function problem(type: FloatDtype, m: number, n: number, k: number, options: Options = {}): Problem {
  const { trans: [transA, transB] = [0, 0], alpha = 1, beta = 0, pad = 0 } = options;
  const next = rng(m * 7919 + n * 104729 + k);
  const matrix = (rows: number, cols: number): Floats => {
    const size = rows && cols ? (rows - 1) * (cols + pad) + cols : 0;
    return type === "f32" ? random(size, next) : random(size, next, "f64");
  };
  const [ra, ca] = transA ? [k, m] : [m, k];
  const [rb, cb] = transB ? [n, k] : [k, n];
  return {
    ...{ type, transA, transB, m, n, k, alpha, beta },
    ...{ a: matrix(ra, ca), lda: ca + pad, b: matrix(rb, cb), ldb: cb + pad, c: matrix(m, n), ldc: n + pad },
  };
}

function floats(type: FloatDtype, bytes: Uint8Array): Floats {
  return type === "f32" ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer);
}

/** The kernel on one thread, each operand in turn against the end of memory. */
function whole(engine: Engine, p: Problem): Floats {
  const work = engine.wasm[`gemm_work_${p.type}`](p.m, p.n, p.k);
  const operands = [operand("a", p.a), operand("b", p.b), operand("c", p.c), operand("work", new Uint8Array(work))];
  const after = fenced(engine, operands, (a, b, c, w) => {
    const { transA, transB, m, n, k, alpha, lda, ldb, beta, ldc } = p;
    engine.wasm[`gemm_${p.type}`](transA, transB, m, n, k, alpha, a!, lda, b!, ldb, beta, c!, ldc, w!);
  });
  return floats(p.type, after[2]!);
}

/** Packed and computed in pieces of `grain` rows, on all threads of the engine. */
function split(engine: Engine, p: Problem, grain: number): Floats {
  const work = engine.wasm[`gemm_work_${p.type}`](p.m, p.n, p.k);
  return engine.scope((s) => {
    const [a, b, c, w] = [s.copyIn(p.a), s.copyIn(p.b), s.copyIn(p.c), s.alloc(work)];
    const panels = Math.ceil(p.n / (p.type === "f32" ? 8 : 4));
    engine.parallel(`gemm_pack_${p.type}`, [p.transB, p.k, p.n, b, p.ldb, w], panels, 1);
    const args = [p.transA, p.n, p.k, p.alpha, a, p.lda, p.beta, c, p.ldc, w];
    engine.parallel(`gemm_rows_${p.type}`, args, p.m, grain);
    return s.copyOut(c, p.c.length, p.type);
  });
}

/** In float64 (f64: the same numbers, another order), with what the bound of the header multiplies: |α||A||B| + |βC|. */
function twin(p: Problem): { want: Float64Array; scale: Float64Array } {
  const want = Float64Array.from(p.c);
  const scale = new Float64Array(p.c.length);
  for (let i = 0; i < p.m; i++) {
    for (let j = 0; j < p.n; j++) {
      let sum = 0;
      let size = 0;
      for (let k = 0; k < p.k; k++) {
        const x = p.a[p.transA ? k * p.lda + i : i * p.lda + k]! * p.b[p.transB ? j * p.ldb + k : k * p.ldb + j]!;
        sum += x;
        size += Math.abs(x);
      }
      const at = i * p.ldc + j;
      const before = p.beta === 0 ? 0 : p.beta * p.c[at]!;
      want[at] = before + (p.alpha === 0 ? 0 : p.alpha * sum);
      scale[at] = Math.abs(before) + Math.abs(p.alpha) * size;
    }
  }
  return { want, scale };
}

function check(got: Floats, p: Problem, what: string): void {
  const { want, scale } = twin(p);
  // For f64 the twin errs as much again.
  const factor = p.type === "f32" ? gamma(p.k + p.k / 256 + 4, u32) : 2 * gamma(p.k + p.k / 256 + 4, u64);
  within(
    got,
    want,
    scale.map((s) => factor * s),
    what,
  );
}

const shapes = [
  [1, 1, 1], [1, 9, 4], [3, 7, 5], [4, 8, 16], [5, 9, 17], [8, 4, 2], [7, 3, 1], [13, 17, 19], [33, 6, 257], [2, 34, 513], [131, 5, 3],
] as const; // biome-ignore format: a table

for (const { name, engine } of builds) {
  for (const type of ["f32", "f64"] as const) {
    test(`gemm_${type} on ${name}: within γ·|A||B| of the float64 product, nothing beyond the operands`, () => {
      for (const [m, n, k] of shapes) check(whole(engine, problem(type, m, n, k)), problem(type, m, n, k), `${m}×${n}×${k}`);
    });

    test(`gemm_${type} on ${name}: transposes, α, β and longer rows; what lies between the rows of C stays`, () => {
      for (const trans of [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const) {
        for (const [alpha, beta] of [
          [1, 1],
          [-2.5, 0.75],
          [0, 2],
          [3, 0],
        ] as const) {
          const p = problem(type, 6, 11, 9, { trans, alpha, beta, pad: 3 });
          check(whole(engine, p), p, `trans ${trans}, α ${alpha}, β ${beta}`);
        }
      }
    });

    test(`gemm_${type} on ${name}: the bits do not depend on the split into rows`, () => {
      const p = problem(type, 270, 21, 300, { beta: 0.5 });
      const all = split(engine, p, 272);
      for (const grain of [4, 12, 64, 128]) same(split(engine, p, grain), all, `grain ${grain}`);
    });

    test(`gemm_${type} on ${name}: an empty size leaves β·C, and β = 0 or α = 0 do not read what they do not need`, () => {
      check(whole(engine, problem(type, 3, 5, 0, { beta: 2 })), problem(type, 3, 5, 0, { beta: 2 }), "k = 0");
      assert.equal(whole(engine, problem(type, 0, 5, 2)).length, 0);
      assert.equal(whole(engine, problem(type, 5, 0, 2)).length, 0);
      const p = problem(type, 5, 9, 3);
      p.c.fill(Number.NaN);
      check(whole(engine, p), p, "β = 0 over NaN");
      const zero = problem(type, 5, 9, 3, { alpha: 0, beta: 1 });
      zero.a.fill(Number.NaN);
      zero.b.fill(Number.NaN);
      same(whole(engine, zero), zero.c, "α = 0 over NaN");
      const nan = problem(type, 5, 9, 3);
      nan.a[4] = Number.NaN; // row 1
      const got = whole(engine, nan);
      assert.ok(
        got.every((x, i) => Number.isNaN(x) === (Math.floor(i / 9) === 1)),
        "a NaN in row 1 of A shows in row 1 of C only",
      );
    });
  }
}

test("gemm: debug, simd and threads give the same bits", () => {
  for (const type of ["f32", "f64"] as const) {
    const p = problem(type, 37, 29, 270, { trans: [1, 0], alpha: 1.25, beta: -0.5, pad: 1 });
    const results = builds.filter((b) => isDeterministic(b.name)).map((b) => split(b.engine, p, 8));
    for (const r of results) same(r, results[0]!, type);
  }
});
