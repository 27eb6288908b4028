import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { trsm } from "../../../ts-wrapper/linalg/trsm.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals } from "../../support/matrices.ts";
import { describe, element, triangularProblem, ways } from "../../support/triangular.ts";

const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`trsm ${type} on ${name}: op(A)·X or X·op(A) within γ|A||X| of α·B for every option, the same bits as on the first build, A and B unchanged`, () => {
      for (const way of ways) {
        for (const [m, n] of [
          [1, 1],
          [9, 4],
          [33, 70],
          [0, 3],
          [3, 0],
        ] as const) {
          const alpha = 0.5;
          const p = triangularProblem(type, way, m, n);
          const a: Matrix = { rows: m, cols: m, data: p.a };
          const b: Matrix = { rows: way.right ? n : m, cols: way.right ? m : n, data: p.b };
          const before = [p.a.slice(), p.b.slice()];
          const x = trsm(engine, a, b, {
            side: way.right ? "right" : "left",
            uplo: way.upper ? "upper" : "lower",
            transA: way.trans,
            diag: way.unit ? "unit" : "nonunit",
            alpha,
          });
          same(p.a, before[0]!, "A");
          same(p.b, before[1]!, "B");
          // T·x for each column x, or row of X with `right`.
          const at = (i: number, j: number): number => (way.right ? j * m + i : i * n + j);
          const product = new Float64Array(m * n);
          const bound = new Float64Array(m * n);
          for (let j = 0; j < n; j++) {
            for (let i = 0; i < m; i++) {
              for (let k = 0; k < m; k++) {
                const t = element(p, i, k);
                if (t === 0) continue;
                product[at(i, j)]! += t * x.data[at(k, j)]!;
                bound[at(i, j)]! += 2 * gamma(m + 2, unit[type]) * Math.abs(t * x.data[at(k, j)]!);
              }
            }
          }
          const what = `${type} ${describe(way)} ${m}×${n}`;
          within(
            product,
            Float64Array.from(p.b, (v) => alpha * v),
            bound,
            what,
          );
          if (isDeterministic(name)) same(x.data, first.get(what) ?? first.set(what, x.data).get(what)!, `${what} on ${name}`);
        }
      }
    });
  }
}

test("trsm: left, lower, not transposed, with its diagonal and α = 1 unless something else is said", () => {
  const { engine } = builds[0]!;
  const a = build("f64", 2, 2, (i, j) => [2, Number.NaN, 3, 4][i * 2 + j]!);
  const b = build("f64", 2, 1, (i) => [2, 7][i]!);
  same(trsm(engine, a, b).data, [1, 1], "x");
  same(trsm(engine, a, normals("f64", 2, 3, 1), { alpha: 0 }).data, new Float64Array(6), "α = 0");
});
