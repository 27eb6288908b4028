import assert from "node:assert/strict";
import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { floatsOf, floatTypes, largest, unit } from "../../support/floats.ts";
import {
  describe,
  element,
  place,
  runTriangular,
  type TriangularProblem,
  triangularProblem,
  ways,
} from "../../support/triangular.ts";

/**
 * Every column solves a system near T·x = α·b: T·x̂ in float64 is within γₘ₊₁|T||x̂| + u|αb| of α·b, and what lies between the rows of
 * B is as before. For f64 the twin errs as much again.
 */
function checkSolution(p: TriangularProblem, got: Floats, what: string): void {
  const { m, n, type } = p;
  const factor = (type === "f32" ? 1.01 : 2) * gamma(m + 1, unit[type]);
  const want = Float64Array.from(p.b);
  const product = Float64Array.from(got);
  const bound = new Float64Array(p.b.length);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < m; i++) {
      let sum = 0;
      let size = 0;
      for (let k = 0; k < m; k++) {
        const t = element(p, i, k);
        if (t === 0) continue;
        sum += t * got[place(p, k, j)]!;
        size += Math.abs(t * got[place(p, k, j)]!);
      }
      const at = place(p, i, j);
      want[at] = p.alpha * p.b[at]!;
      product[at] = sum;
      bound[at] = factor * size + 1.01 * unit[type] * Math.abs(want[at]!);
    }
  }
  within(product, want, bound, what);
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`trsm_${type} on ${name}: T·x̂ within γₘ₊₁|T||x̂| of b, every side, triangle, transpose and diagonal, nothing else read or written`, () => {
      for (const way of ways) {
        for (const [m, n] of [
          [1, 1],
          [2, 3],
          [3, 8],
          [4, 4],
          [5, 9],
          [8, 2],
          [17, 13],
          [64, 5],
          [65, 8],
          [130, 3],
        ] as const) {
          // biome-ignore format: a table
          const p = triangularProblem(type, way, m, n);
          checkSolution(p, runTriangular("trsm", engine, p), `${describe(way)} ${m}×${n}`);
        }
      }
    });

    test(`trsm_${type} on ${name}: α, longer rows, several blocks of depth, and systems whose solutions grow without bound`, () => {
      for (const way of ways) {
        const p = triangularProblem(type, way, 21, 11, { alpha: -1.3, pad: 3 });
        checkSolution(p, runTriangular("trsm", engine, p), `${describe(way)}, α`);
        const hard = triangularProblem(type, way, 40, 3, { beside: 1 });
        checkSolution(hard, runTriangular("trsm", engine, hard), `${describe(way)}, ill-conditioned`);
      }
      for (const way of [ways[0]!, ways[3]!]) {
        const p = triangularProblem(type, way, 401, 9);
        checkSolution(p, runTriangular("trsm", engine, p), `${describe(way)}, 401`);
      }
    });

    test(`trsm_${type} on ${name}: the bits do not depend on the split into panels`, () => {
      for (const way of [ways[0]!, ways[3]!, ways[6]!]) {
        const p = triangularProblem(type, way, 70, 37, { alpha: 0.3 });
        same(runTriangular("trsm", engine, p, 1), runTriangular("trsm", engine, p), describe(way));
      }
    });

    test(`trsm_${type} on ${name}: empty sizes; α = 0 clears B and reads nothing; zeros on the diagonal, NaN and huge numbers stay in their columns`, () => {
      for (const [m, n] of [[0, 5], [5, 0]] as const) assert.equal(runTriangular("trsm", engine, triangularProblem(type, ways[0]!, m, n)).length, 0); // biome-ignore format: one line
      const zero = triangularProblem(type, ways[0]!, 6, 9, { alpha: 0 });
      zero.a.fill(Number.NaN);
      zero.b.fill(Number.NaN);
      same(runTriangular("trsm", engine, zero), floatsOf(type, zero.b.length), "α = 0");
      const identity = triangularProblem(type, ways[0]!, 6, 9, { beside: 0 });
      for (let i = 0; i < 6; i++) identity.a[i * 6 + i] = i === 2 ? 0 : 1;
      const b = identity.b;
      b[3] = Number.NaN; // row 0, column 3
      b[9 + 4] = largest[type];
      b[9 + 5] = Number.NEGATIVE_INFINITY;
      b[18] = 0;
      const got = runTriangular("trsm", engine, identity);
      for (let j = 0; j < 9; j++) {
        const column = Array.from({ length: 6 }, (_, i) => got[i * 9 + j]!);
        if (j === 3) assert.ok(column.every(Number.isNaN), `NaN in column 3 reaches what follows: ${column}`);
        else if (j === 0) assert.ok(Number.isNaN(column[2]!), "0/0");
        else assert.equal(Math.abs(column[2]!), j === 5 ? Number.NaN : Number.POSITIVE_INFINITY, `column ${j}: a number over 0`);
        if (j !== 3 && j !== 5) assert.equal(column[1], b[9 + j]);
      }
    });
  }
}

test("trsm: debug, simd and threads give the same bits", () => {
  for (const type of floatTypes) {
    for (const way of ways) {
      const p = triangularProblem(type, way, 77, 30, { alpha: 1.1 });
      const results = builds.filter((b) => isDeterministic(b.name)).map((b) => runTriangular("trsm", b.engine, p, 2));
      for (const r of results) same(r, results[0]!, `${type} ${describe(way)}`);
    }
  }
});
