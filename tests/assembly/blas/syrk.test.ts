import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatTypes, largest, rounding, tiniest, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

interface Problem {
  readonly type: FloatDtype;
  readonly upper: boolean;
  readonly trans: boolean;
  readonly n: number;
  readonly k: number;
  readonly alpha: number;
  readonly beta: number;
  readonly a: Floats;
  readonly lda: number;
  readonly c: Floats;
  readonly ldc: number;
}

const ways = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

function problem(
  type: FloatDtype,
  [upper, trans]: (typeof ways)[number],
  n: number,
  k: number,
  { alpha = 1, beta = 0, pad = 0 } = {},
): Problem {
  const next = rng(n * 7919 + k);
  const matrix = (rows: number, cols: number): Floats => uniform(type, rows && cols ? (rows - 1) * (cols + pad) + cols : 0, next);
  const [rows, cols] = trans ? [k, n] : [n, k];
  const round = rounding[type];
  return {
    ...{ type, upper, trans, n, k, alpha: round(alpha), beta: round(beta) },
    ...{ a: matrix(rows, cols), lda: cols + pad, c: matrix(n, n), ldc: n + pad },
  };
}

const inTriangle = ({ upper }: Problem, i: number, j: number): boolean => (upper ? j >= i : j <= i);

/** The kernel in pieces of `grain` rows, each operand in turn against the end of memory; the other triangle holds NaN while it runs. */
function syrk(engine: Engine, p: Problem, grain = 1000): Floats {
  const { type, n, k } = p;
  const c = p.c.slice();
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (!inTriangle(p, i, j)) c[i * p.ldc + j] = Number.NaN;
  const work = new Uint8Array(engine.wasm[`syrk_work_${type}`](n, k));
  const after = fenced(engine, [operand("a", p.a), operand("c", c), operand("work", work)], (pa, pc, pw) => {
    engine.parallel(`gemm_pack_${type}`, [Number(!p.trans), k, n, pa!, p.lda, pw!], Math.ceil(n / (type === "f32" ? 8 : 4)), 1);
    const flags = [Number(p.upper), Number(p.trans)];
    engine.parallel(`syrk_rows_${type}`, [...flags, n, k, p.alpha, pa!, p.lda, p.beta, pc!, p.ldc, pw!], n, grain);
  });
  return asFloats(type, after[1]!);
}

/** In float64, with the bound of the header; the other triangle is NaN, and between the rows nothing has changed. */
function check(p: Problem, got: Floats, what: string): void {
  const { n, k, type, alpha, beta } = p;
  const factor = (type === "f32" ? 1.01 : 2) * gamma(k + k / 256 + 4, unit[type]);
  const at = (i: number, q: number): number => p.a[p.trans ? q * p.lda + i : i * p.lda + q]!;
  const want = Float64Array.from(p.c);
  const bound = new Float64Array(p.c.length);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const here = i * p.ldc + j;
      if (!inTriangle(p, i, j)) {
        want[here] = Number.NaN;
        continue;
      }
      let sum = 0;
      let size = 0;
      for (let q = 0; q < k; q++) {
        sum += at(i, q) * at(j, q);
        size += Math.abs(at(i, q) * at(j, q));
      }
      const before = beta === 0 ? 0 : beta * p.c[here]!;
      want[here] = before + (alpha === 0 ? 0 : alpha * sum);
      bound[here] = factor * (Math.abs(alpha) * size + Math.abs(before));
    }
  }
  within(got, want, bound, what);
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`syrk_rows_${type} on ${name}: one triangle within γ·|A||Aᵀ| of the float64 product, the other neither read nor written`, () => {
      for (const way of ways) {
        for (const [n, k] of [
          [1, 1],
          [2, 5],
          [3, 3],
          [5, 8],
          [8, 17],
          [17, 2],
          [64, 3],
          [65, 9],
          [130, 5],
          [9, 520],
          [3, 0],
          [0, 3],
        ] as const) {
          // biome-ignore format: a table
          const p = problem(type, way, n, k);
          check(p, syrk(engine, p), `${way} ${n}×${k}`);
        }
      }
    });

    test(`syrk_rows_${type} on ${name}: α, β, longer rows; β = 0 and α = 0 do not read what they do not need`, () => {
      for (const way of ways) {
        for (const [alpha, beta] of [
          [1, 1],
          [-2.5, 0.75],
          [0, 2],
          [3, 0],
        ] as const) {
          // biome-ignore format: a table
          const p = problem(type, way, 13, 6, { alpha, beta, pad: 3 });
          check(p, syrk(engine, p), `${way}, α ${alpha}, β ${beta}`);
        }
        const unread = problem(type, way, 9, 4);
        unread.c.fill(Number.NaN);
        check(unread, syrk(engine, unread), `${way}, β = 0 over NaN`);
        const zero = problem(type, way, 9, 4, { alpha: 0, beta: 1 });
        zero.a.fill(Number.NaN);
        check(zero, syrk(engine, zero), `${way}, α = 0 over NaN`);
      }
    });

    test(`syrk_rows_${type} on ${name}: NaN, infinite, huge and denormal elements as in a product of rows`, () => {
      const p = problem(type, ways[0]!, 5, 3);
      p.a.fill(1);
      p.a[0] = Math.sqrt(largest[type]) / 2;
      p.a[3] = tiniest[type];
      p.a[6] = Number.NaN;
      p.a[9] = Number.POSITIVE_INFINITY;
      check(p, syrk(engine, p), "special values");
    });

    test(`syrk_rows_${type} on ${name}: the bits of gemm, whatever the split into rows`, () => {
      for (const way of ways) {
        const p = problem(type, way, 150, 270, { alpha: 0.7, beta: -0.5 });
        const all = syrk(engine, p);
        for (const grain of [4, 20, 64]) same(syrk(engine, p, grain), all, `${way}, grain ${grain}`);
        const whole = engine.scope((s) => {
          const [a, c, w] = [s.copyIn(p.a), s.copyIn(p.c), s.alloc(engine.wasm[`gemm_work_${type}`](p.n, p.n, p.k))];
          const t = Number(p.trans);
          engine.wasm[`gemm_${type}`](t, 1 - t, p.n, p.n, p.k, p.alpha, a, p.lda, a, p.lda, p.beta, c, p.ldc, w);
          return s.copyOut(c, p.c.length, type);
        });
        all.forEach((x, i) => {
          if (Number.isNaN(x)) whole[i] = Number.NaN;
        });
        same(all, whole, `${way}, gemm`);
      }
    });
  }
}

test("syrk: debug, simd and threads give the same bits", () => {
  for (const type of floatTypes) {
    const p = problem(type, ways[1]!, 90, 30, { alpha: 1.1, beta: 0.3 });
    const results = builds.filter((b) => isDeterministic(b.name)).map((b) => syrk(b.engine, p, 8));
    for (const r of results) same(r, results[0]!, type);
  }
});
