import assert from "node:assert/strict";
import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { floatsOf, floatTypes, unit } from "../../support/floats.ts";
import {
  describe,
  element,
  place,
  runTriangular,
  type TriangularProblem,
  triangularProblem,
  ways,
} from "../../support/triangular.ts";

/** α·T·B in float64, within γ|α||T||B|, γ = (m + m/256 + 4)u/(1 − …); what lies between the rows of B is as before. For f64 the twin errs as much again. */
function checkProduct(p: TriangularProblem, got: Floats, what: string): void {
  const { m, n, type, alpha } = p;
  const factor = (type === "f32" ? 1.01 : 2) * gamma(m + m / 256 + 4, unit[type]);
  const want = Float64Array.from(p.b);
  const bound = new Float64Array(p.b.length);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < m; i++) {
      let sum = 0;
      let size = 0;
      for (let k = 0; k < m; k++) {
        const t = element(p, i, k);
        if (t === 0) continue;
        sum += t * p.b[place(p, k, j)]!;
        size += Math.abs(t * p.b[place(p, k, j)]!);
      }
      want[place(p, i, j)] = alpha * sum;
      bound[place(p, i, j)] = factor * Math.abs(alpha) * size;
    }
  }
  within(got, want, bound, what);
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`trmm_${type} on ${name}: within γ|T||B| of the float64 product, every side, triangle, transpose and diagonal, nothing else read or written`, () => {
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
          const p = triangularProblem(type, way, m, n, { beside: 1 });
          checkProduct(p, runTriangular("trmm", engine, p), `${describe(way)} ${m}×${n}`);
        }
      }
    });

    test(`trmm_${type} on ${name}: α, longer rows and several blocks of depth`, () => {
      for (const way of ways) {
        const p = triangularProblem(type, way, 21, 11, { alpha: -1.3, pad: 3, beside: 1 });
        checkProduct(p, runTriangular("trmm", engine, p), `${describe(way)}, α`);
      }
      for (const way of [ways[0]!, ways[3]!]) {
        const p = triangularProblem(type, way, 401, 9, { beside: 1 });
        checkProduct(p, runTriangular("trmm", engine, p), `${describe(way)}, 401`);
      }
    });

    test(`trmm_${type} on ${name}: the bits do not depend on the split into panels`, () => {
      for (const way of [ways[0]!, ways[3]!, ways[6]!]) {
        const p = triangularProblem(type, way, 70, 37, { alpha: 0.3 });
        same(runTriangular("trmm", engine, p, 1), runTriangular("trmm", engine, p), describe(way));
      }
    });

    test(`trmm_${type} on ${name}: empty sizes; α = 0 clears B and reads nothing; NaN in row k of B reaches the rows that T's column k has`, () => {
      for (const [m, n] of [[0, 5], [5, 0]] as const) assert.equal(runTriangular("trmm", engine, triangularProblem(type, ways[0]!, m, n)).length, 0); // biome-ignore format: one line
      const zero = triangularProblem(type, ways[0]!, 6, 9, { alpha: 0 });
      zero.a.fill(Number.NaN);
      zero.b.fill(Number.NaN);
      same(runTriangular("trmm", engine, zero), floatsOf(type, zero.b.length), "α = 0");
      for (const upper of [false, true]) {
        const p = triangularProblem(type, { ...ways[0]!, upper }, 7, 3);
        p.b[2 * 3 + 1] = Number.NaN;
        p.b[3 * 3 + 2] = Number.POSITIVE_INFINITY;
        runTriangular("trmm", engine, p).forEach((x, at) => {
          const [i, j] = [Math.floor(at / 3), at % 3];
          const reached = (k: number): boolean => (upper ? i <= k : i >= k);
          assert.equal(Number.isFinite(x), !((j === 1 && reached(2)) || (j === 2 && reached(3))), `(${i}, ${j}) is ${x}`);
        });
      }
    });
  }
}

test("trmm: debug, simd and threads give the same bits", () => {
  for (const type of floatTypes) {
    for (const way of ways) {
      const p = triangularProblem(type, way, 77, 30, { alpha: 1.1 });
      const results = builds.filter((b) => isDeterministic(b.name)).map((b) => runTriangular("trmm", b.engine, p, 2));
      for (const r of results) same(r, results[0]!, `${type} ${describe(way)}`);
    }
  }
});
