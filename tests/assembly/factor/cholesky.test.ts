import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, largest, tiniest, unit } from "../../support/floats.ts";
import { normals } from "../../support/matrices.ts";

/** The lower triangle of G·Gᵀ + n·10⁻³, rows `ld` elements apart; all else is NaN. */
function definite(type: FloatDtype, n: number, ld: number): Floats {
  const g = normals("f64", n, n, n + 1).data;
  const a = floatsOf(type, n ? (n - 1) * ld + n : 0).fill(Number.NaN);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? n * 1e-3 : 0;
      for (let k = 0; k < n; k++) sum += g[i * n + k]! * g[j * n + k]!;
      a[i * ld + j] = sum;
    }
  }
  return a;
}

function cholesky(engine: Engine, type: FloatDtype, n: number, a: Floats, ld: number): { l: Floats; answer: number } {
  let answer = -1;
  const after = fenced(engine, [operand("a", a)], (pa) => {
    answer = engine.wasm[`cholesky_${type}`](n, pa!, ld);
  });
  return { l: asFloats(type, after[0]!), answer };
}

/** L·Lᵀ in float64 against A, within γₙ₊₁|L||Lᵀ|; what lies above the diagonal and between the rows is as before. */
function check(type: FloatDtype, n: number, a: Floats, ld: number, l: Floats): void {
  const factor = (type === "f32" ? 1.01 : 2) * gamma(n + 1, unit[type]);
  const product = Float64Array.from(l);
  const bound = new Float64Array(l.length);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      let size = 0;
      for (let k = 0; k <= j; k++) {
        sum += l[i * ld + k]! * l[j * ld + k]!;
        size += Math.abs(l[i * ld + k]! * l[j * ld + k]!);
      }
      product[i * ld + j] = sum;
      bound[i * ld + j] = factor * size;
    }
  }
  within(product, a, bound, `${type} ${n}`);
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`cholesky_${type} on ${name}: A within γₙ₊₁|L||Lᵀ| of L·Lᵀ, nothing above the diagonal read or written`, () => {
      for (const n of [0, 1, 2, 3, 5, 8, 17, 64, 65]) {
        for (const ld of [n, n + 3]) {
          const a = definite(type, n, ld);
          const { l, answer } = cholesky(engine, type, n, a, ld);
          assert.equal(answer, n);
          check(type, n, a, ld, l);
        }
      }
    });

    test(`cholesky_${type} on ${name}: answers the first pivot that is no positive finite number`, () => {
      for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, -tiniest[type]]) {
        for (const at of [0, 3, 6]) {
          const a = floatsOf(type, 49);
          for (let i = 0; i < 7; i++) a[i * 8] = i === at ? bad : i + 1;
          assert.equal(cholesky(engine, type, 7, a, 7).answer, at, `${bad} at ${at}`);
        }
      }
      const infinite = floatsOf(type, [1, Number.NaN, Number.POSITIVE_INFINITY, 1]);
      assert.equal(cholesky(engine, type, 2, infinite, 2).answer, 1);
      const range = floatsOf(type, [largest[type], 0, 0, tiniest[type]]);
      const { l, answer } = cholesky(engine, type, 2, range, 2);
      assert.equal(answer, 2);
      same(l, floatsOf(type, [Math.sqrt(largest[type]), 0, 0, Math.sqrt(tiniest[type])]), "roots");
    });
  }
}

test("cholesky: debug, simd and threads give the same bits", () => {
  for (const type of floatTypes) {
    const a = definite(type, 50, 50);
    const results = builds.filter((b) => isDeterministic(b.name)).map((b) => cholesky(b.engine, type, 50, a, 50).l);
    for (const r of results) same(r, results[0]!, type);
  }
});
