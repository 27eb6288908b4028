import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, orthonormalityError, transposed } from "../../support/matrices.ts";
import { random, rng } from "../../support/rng.ts";
import { eigenError, tridiagonal, wilkinson } from "../../support/symmetric.ts";

interface Diagonals {
  readonly d: ArrayLike<number>;
  readonly e: ArrayLike<number>;
}

function iterate(engine: Engine, type: FloatDtype, n: number, members: readonly Diagonals[]) {
  const lanes = members.length;
  const [d, e, r] = [floatsOf(type, n * lanes), floatsOf(type, n * lanes), floatsOf(type, n * n * lanes)];
  members.forEach((m, k) => {
    for (let i = 0; i < n; i++) {
      d[i * lanes + k] = m.d[i]!;
      e[i * lanes + k] = m.e[i] ?? 0;
      r[i * (n + 1) * lanes + k] = 1;
    }
  });
  let steps = 0;
  const operands = [operand("d", d), operand("e", e), operand("r", r), operand("turns", floatsOf(type, 2 * n * lanes))];
  const after = fenced(engine, operands, (pd, pe, pr, turns) => {
    steps = engine.wasm[`ql_lanes_${type}`](n, pd!, pe!, pr!, turns!, type === "f32" ? 1e-18 : 1e-150);
  });
  const [gotD, gotR] = [asFloats(type, after[0]!), asFloats(type, after[2]!)];
  return {
    steps,
    lane: (k: number) => ({
      w: Array.from({ length: n }, (_, i) => gotD[i * lanes + k]!),
      v: transposed(build("f64", n, n, (i, j) => gotR[(i * n + j) * lanes + k]!)),
    }),
  };
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    const lanes = type === "f32" ? 4 : 2;

    test(`ql_lanes_${type} on ${name}: lanes with blocks of their own, W⁺, zeros and random ones, Z orthonormal and T·Zᵀ − Zᵀ·Λ to 8n·u`, () => {
      for (const n of [2, 3, 5, 9, 16, 21]) {
        const odd = n | 1;
        const kinds: Diagonals[] = [
          { d: random(n, rng(n), "f64"), e: random(n - 1, rng(n + 1), "f64") },
          // Blocks of two and three rows, the end of one where the next begins.
          { d: random(n, rng(n + 2), "f64"), e: random(n - 1, rng(n + 3), "f64").map((x, i) => (i % 3 === 1 ? 0 : x)) },
          { d: wilkinson(odd).d.slice(0, n), e: wilkinson(odd).e.slice(0, n - 1) },
          { d: Array(n).fill(0), e: Array(n - 1).fill(0) },
          { d: Array(n).fill(0), e: Array(n - 1).fill(1) },
          {
            d: Array.from({ length: n }, (_, i) => 2 ** (-3 * i)),
            e: Array.from({ length: n - 1 }, (_, i) => 2 ** (-3 * i - 2)),
          },
        ];
        for (let first = 0; first < kinds.length; first += lanes) {
          const members = Array.from({ length: lanes }, (_, k) => kinds[(first + k) % kinds.length]!).map(({ d, e }) => ({
            d: floatsOf(type, d),
            e: floatsOf(type, e),
          }));
          const { steps, lane } = iterate(engine, type, n, members);
          assert.ok(steps >= 0 && steps <= 4 * n, `n = ${n}: ${steps} steps`);
          members.forEach(({ d, e }, k) => {
            const { w, v } = lane(k);
            const bound = 8 * n * unit[type];
            assert.ok(orthonormalityError(v, "columns") <= bound, `n = ${n}, kind ${first + k}`);
            const error = eigenError(tridiagonal("f64", d, e), w, v);
            assert.ok(error <= bound, `n = ${n}, kind ${first + k}: ${error / unit[type]} u`);
          });
        }
      }
    });

    test(`ql_lanes_${type} on ${name}: one row takes no step; NaN ends with no lane in work or with NO_CONVERGENCE`, () => {
      assert.equal(iterate(engine, type, 1, Array(lanes).fill({ d: [3], e: [] })).steps, 0);
      const bad = iterate(engine, type, 3, Array(lanes).fill({ d: [1, Number.NaN, 2], e: [1, 1] }));
      assert.ok(bad.steps <= 90);
    });
  }
}
