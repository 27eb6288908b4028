import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, orthonormalityError, transposed } from "../../support/matrices.ts";
import { random, rng } from "../../support/rng.ts";
import { eigenError, laplacianEigenvalues, spectrumError, tridiagonal, wilkinson } from "../../support/symmetric.ts";

const u = unit.f64;
const ascending = (x: ArrayLike<number>): number[] => Array.from(x).sort((a, b) => a - b);

function values(engine: Engine, d: readonly number[], e: readonly number[]): { w: number[]; steps: number } {
  let steps = 0;
  const after = fenced(engine, [operand("d", Float64Array.from(d)), operand("e", Float64Array.from(e))], (pd, pe) => {
    steps = engine.wasm.implicit_ql(d.length, pd!, pe!, 0, 0, 0);
  });
  return { w: ascending(asFloats("f64", after[0]!)), steps };
}

for (const { name, engine } of builds) {
  test(`implicit_ql on ${name}: eigenvalues of (−1, 2, −1) of order 1 to 50 within 4n·u, in 2.5 steps for each or fewer`, () => {
    for (const n of [1, 2, 3, 10, 33, 50]) {
      const { w, steps } = values(engine, Array(n).fill(2), Array(n - 1).fill(-1));
      assert.ok(spectrumError(w, laplacianEigenvalues(n)) <= 4 * n * u, `n = ${n}`);
      assert.ok(steps >= 0 && steps <= 2.5 * n, `${steps} steps`);
    }
    assert.equal(engine.wasm.implicit_ql(0, 0, 0, 0, 0, 0), 0);
  });

  test(`implicit_ql on ${name}: a diagonal matrix takes no step; blocks are found; graded either way, small ones keep 10⁻¹² of themselves`, () => {
    assert.deepEqual(values(engine, [3, -1, 2], [0, 0]), { w: [-1, 2, 3], steps: 0 });
    const { w } = values(engine, [1, 1, 5, 0, 0], [2, 0, 0, 3]);
    assert.ok(spectrumError(w, [-3, -1, 3, 3, 5]) <= 8 * u);
    // A 2×2 block with elements 1, 10⁻¹⁰ and 10⁻²⁰·2: its determinant is 10⁻²⁰.
    for (const d of [
      [1, 2e-20],
      [2e-20, 1],
    ]) {
      const [small, large] = values(engine, d, [1e-10]).w;
      assert.ok(Math.abs(large! - 1) <= 4 * u);
      assert.ok(Math.abs(small! / 1e-20 - 1) <= 1e-12, `${small}`);
    }
  });

  test(`implicit_ql on ${name}: NaN ends after 30 steps with NO_CONVERGENCE`, () => {
    assert.equal(values(engine, [1, Number.NaN, 1], [1, 1]).steps, -1);
  });

  for (const type of floatTypes) {
    test(`ql_leaf_${type} on ${name}: vectors of random matrices and W⁺ in rows, orthonormal and A·V − V·Λ to 8n·u`, () => {
      for (const n of [1, 2, 5, 16, 21]) {
        const [d, e] =
          n === 21 ? [wilkinson(n).d, wilkinson(n).e] : [[...random(n, rng(n), "f64")], [...random(n - 1, rng(n + 1), "f64")]];
        const ldq = n + 1;
        let steps = 0;
        const after = fenced(
          engine,
          [
            operand("d", Float64Array.from(d)),
            operand("e", Float64Array.from(e)),
            operand("q", floatsOf(type, n * ldq - 1)),
            operand("work", new Float64Array(n * n)),
          ],
          (pd, pe, pq, work) => {
            steps = engine.wasm[`ql_leaf_${type}`](n, pd!, pe!, pq!, ldq, work!);
          },
        );
        assert.ok(steps >= 0);
        const q = asFloats(type, after[2]!);
        const v = transposed(build(type, n, n, (i, j) => q[i * ldq + j]!));
        const bound = 8 * n * unit[type];
        assert.ok(orthonormalityError(v, "columns") <= bound, `n = ${n}`);
        assert.ok(eigenError(tridiagonal("f64", d, e), asFloats("f64", after[0]!), v) <= bound, `n = ${n}`);
      }
    });
  }
}
