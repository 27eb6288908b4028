import assert from "node:assert/strict";
import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import { gemm } from "../../../ts-wrapper/linalg/gemm.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { type SyrkOptions, syrk } from "../../../ts-wrapper/linalg/syrk.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, elementOf, normals } from "../../support/matrices.ts";

const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`syrk ${type} on ${name}: one triangle within γₖ₊₄(|α||A||Aᵀ| + |βC|), the other is C's; the same bits as on the first build, C unchanged`, () => {
      for (const uplo of ["lower", "upper"] as const) {
        for (const transA of [false, true]) {
          for (const [n, k] of [
            [1, 1],
            [9, 5],
            [130, 20],
            [17, 300],
            [4, 0],
            [0, 4],
          ] as const) {
            const a = normals(type, transA ? k : n, transA ? n : k, 1);
            const c = normals(type, n, n, 2);
            const before = c.data.slice();
            const got = syrk(engine, a, { uplo, transA, alpha: 0.5, beta: -2, c });
            same(c.data, before, "C");
            const want: number[] = [];
            const bound: number[] = [];
            for (let i = 0; i < n; i++) {
              for (let j = 0; j < n; j++) {
                let sum = 0;
                let size = 0;
                for (let q = 0; q < k; q++) {
                  const x = elementOf(a, i, q, transA) * elementOf(a, j, q, transA);
                  sum += x;
                  size += Math.abs(x);
                }
                const inside = uplo === "lower" ? j <= i : j >= i;
                want.push(inside ? 0.5 * sum - 2 * elementOf(c, i, j) : elementOf(c, i, j));
                bound.push(inside ? 2 * gamma(k + 4, unit[type]) * (0.5 * size + 2 * Math.abs(elementOf(c, i, j))) : 0);
              }
            }
            const what = `${type} ${uplo} ${transA} ${n}×${k}`;
            within(got.data, want, bound, what);
            if (isDeterministic(name))
              same(got.data, first.get(what) ?? first.set(what, got.data).get(what)!, `${what} on ${name}`);
          }
        }
      }
    });
  }
}

const { engine } = builds[0]!;
const a = normals("f32", 20, 13, 1);

test("syrk: the lower triangle of A·Aᵀ beside zeros by default, with the bits of gemm; β = 0 reads no triangle of C", () => {
  const whole = gemm(engine, a, a, { transB: true });
  const lower = build("f32", 20, 20, (i, j) => (j <= i ? whole.data[i * 20 + j]! : 0));
  same(syrk(engine, a).data, lower.data, "default");
  const nan = build("f32", 20, 20, (i, j) => (j <= i ? Number.NaN : 7));
  const over = build("f32", 20, 20, (i, j) => (j <= i ? whole.data[i * 20 + j]! : 7));
  same(syrk(engine, a, { c: nan, beta: 0 }).data, over.data, "β = 0");
});

test("syrk refuses shapes, types, words and factors that do not go together", () => {
  assert.throws(() => syrk(engine, a, { c: normals("f32", 3, 3, 1) }), {
    code: "SHAPE",
    message: "syrk: the product is 20×20, so C needs 20×20; got 3×3",
  });
  assert.throws(() => syrk(engine, a as Matrix, { c: normals("f64", 20, 20, 1) }), { code: "DTYPE", message: /C must be too/ });
  assert.throws(() => syrk(engine, a, { beta: 1 }), { code: "USAGE", message: /beta is 1 and there is no C/ });
  assert.throws(() => syrk(engine, a, { uplo: "both" } as unknown as SyrkOptions), {
    code: "USAGE",
    message: 'syrk: uplo is "both", one of upper, lower was needed',
  });
  assert.equal(engine.live(), 0);
});
