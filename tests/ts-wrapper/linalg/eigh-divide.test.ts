import assert from "node:assert/strict";
import { test } from "node:test";
import { divideAndConquer, eigenvaluesOf } from "../../../ts-wrapper/linalg/eigh-divide.ts";
import { elements } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, orthonormalityError } from "../../support/matrices.ts";
import { random, rng } from "../../support/rng.ts";
import { eigenError, gluedWilkinson, spectrumError, tridiagonal } from "../../support/symmetric.ts";

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`divideAndConquer ${type} on ${name}: torn down to leaves of 1 to 4 rows, T·V − V·Λ and VᵀV − I within 8n·u, values those of QL steps`, () => {
      const matrices = [1, 2, 3, 9, 24, 37].map((n) => ({
        d: [...random(n, rng(n), "f64")],
        e: [...random(n - 1, rng(n + 1), "f64")],
      }));
      matrices.push(gluedWilkinson(9, 3, 2 ** -20));
      matrices.push({ d: Array(20).fill(0), e: Array(19).fill(-1) });
      matrices.push({ d: Array.from({ length: 20 }, (_, i) => i % 3), e: Array(19).fill(0) });
      for (const { d, e } of matrices) {
        const n = d.length;
        for (const leaf of [1, 4]) {
          engine.scope((s) => {
            const [diagonal, beside] = [Float64Array.from(d), Float64Array.from(e)];
            const { values, rows } = divideAndConquer(engine, s, type, "test", diagonal, beside, leaf);
            assert.deepEqual([...diagonal], d, "d is left alone");
            const x = elements(engine, rows.ptr, n * rows.ld, type);
            const v = build(type, n, n, (i, j) => x[j * rows.ld + i]!);
            const bound = 8 * n * unit[type];
            assert.ok(
              orthonormalityError(v, "columns") <= bound,
              `n = ${n}: ${orthonormalityError(v, "columns") / unit[type]} u`,
            );
            const error = eigenError(tridiagonal("f64", d, e), values, v);
            assert.ok(error <= bound, `n = ${n}: ${error / unit[type]} u`);
            assert.ok(spectrumError(values.sort(), eigenvaluesOf(engine, s, "test", diagonal, beside).sort()) <= bound);
          });
        }
      }
      assert.equal(engine.live(), 0);
    });
  }

  test(`eigenvaluesOf on ${name}: NaN ends with NO_CONVERGENCE and a way out`, () => {
    assert.throws(
      () => engine.scope((s) => eigenvaluesOf(engine, s, "eigh", Float64Array.of(1, Number.NaN), Float64Array.of(1))),
      { code: "NO_CONVERGENCE", message: /eigh: an eigenvalue .* 30 QL steps.*method: "jacobi"/ },
    );
  });
}
