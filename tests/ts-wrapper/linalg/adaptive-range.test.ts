import assert from "node:assert/strict";
import { test } from "node:test";
import { growRange } from "../../../ts-wrapper/linalg/adaptive-range.ts";
import { gaussian } from "../../../ts-wrapper/linalg/gaussian.ts";
import { copyMatrixIn, copyMatrixOut, type Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { run, withMatrix } from "../../../ts-wrapper/linalg/products.ts";
import { svd } from "../../../ts-wrapper/linalg/svd.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, typeOf, withSpectrum } from "../../support/matrices.ts";

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

function grow(a: Matrix, tolerance: number, powerIterations = 1): { q: Matrix; b: Matrix; rest: number } {
  const type = typeOf(a.data);
  return engine.scope((s) => {
    const answer = withMatrix(engine, s, type, copyMatrixIn(engine, s, a));
    const found = run(growRange(engine, s, type, [a.rows, a.cols], tolerance, powerIterations, gaussian(1)), answer);
    return { q: copyMatrixOut(s, found.q, type), b: copyMatrixOut(s, found.b, type), rest: found.rest };
  });
}

for (const type of floatTypes) {
  const u = unit[type];
  test(`growRange ${type}: orthonormal over several blocks to 10√m·u, ‖A − Q·B‖₂ at most as stated and as wanted`, () => {
    const a = withSpectrum(
      type,
      150,
      120,
      Array.from({ length: 120 }, (_, i) => 0.9 ** i),
      2,
    );
    const { q, b, rest } = grow(a, 0.01);
    assert.ok(q.rows === 64 || q.rows === 96, `${q.rows} vectors`);
    assert.ok(orthonormalityError(q, "rows") <= 10 * Math.sqrt(150) * u, `Q ${orthonormalityError(q, "rows")}`);
    const left = build(type, 150, 120, (i, j) => {
      let x = a.data[i * 120 + j]!;
      for (let k = 0; k < q.rows; k++) x -= q.data[k * 150 + i]! * b.data[k * 120 + j]!;
      return x;
    });
    const norm = svd(engine, left, { vectors: "none" }).s[0]!;
    assert.ok(norm <= rest && rest <= 0.01, `${norm} ≤ ${rest} ≤ 0.01`);
  });

  test(`growRange ${type}: zero needs no vector; a matrix smaller than a block and a full basis are ends; less than rounding is NO_CONVERGENCE`, () => {
    const zero = grow(
      build(type, 40, 36, () => 0),
      0.1,
    );
    assert.deepEqual([zero.q.rows, zero.b.rows, zero.rest], [0, 0, 0]);
    for (const [m, n] of [
      [5, 9],
      [9, 5],
      [1, 1],
      [40, 33],
    ] as const) {
      const { q, b } = grow(normals(type, m, n, 3), 1e-3, 0);
      assert.deepEqual([q.rows, b.rows, q.cols, b.cols], [Math.min(m, n), Math.min(m, n), m, n]);
    }
    assert.throws(() => grow(normals(type, 20, 9, 4), u / 100), {
      code: "NO_CONVERGENCE",
      message: /^randomizedSvd: at the full rank 9 the residual is bounded by \S+, at most \S+ was needed; accept more/,
    });
    const bad = build(type, 6, 6, (i) => (i === 2 ? Number.NaN : 1));
    assert.throws(() => grow(bad, 0.1), { code: "FORMAT", message: /a product with A holds NaN or infinity/ });
    assert.equal(engine.live(), 0);
  });
}
