import assert from "node:assert/strict";
import { test } from "node:test";
import type { FloatDtype } from "../../../ts-wrapper/engine/engine.ts";
import { growBasis } from "../../../ts-wrapper/linalg/adaptive-basis.ts";
import { gaussian } from "../../../ts-wrapper/linalg/gaussian.ts";
import { copyMatrixIn, copyMatrixOut, type Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, reconstructionError, transposed, withSpectrum } from "../../support/matrices.ts";

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

function grow(
  type: FloatDtype,
  a: Matrix,
  tolerance: number,
): { q: Matrix; b: Matrix; total: number; rest: number; left: Matrix } {
  return engine.scope((s) => {
    const placed = copyMatrixIn(engine, s, a);
    const { q, b, total, rest } = growBasis(engine, s, type, placed, tolerance, 2, gaussian(1));
    return { q: copyMatrixOut(s, q, type), b: copyMatrixOut(s, b, type), total, rest, left: copyMatrixOut(s, placed, type) };
  });
}

for (const type of floatTypes) {
  const u = unit[type];

  test(`growBasis ${type}: grows over several blocks, Q orthonormal to 10√m·u over all of them, the residual as stated and below the tolerance`, () => {
    const a = withSpectrum(
      type,
      120,
      110,
      Array.from({ length: 110 }, (_, i) => 0.9 ** i),
      2,
    );
    const tolerance = 2e-3;
    const { q, b, total, rest, left } = grow(type, a, tolerance);
    assert.ok(q.rows === 64 || q.rows === 96, `${q.rows} vectors`);
    assert.ok(orthonormalityError(q, "rows") <= 10 * Math.sqrt(120) * u, `Q ${orthonormalityError(q, "rows")}`);
    const ones = new Float64Array(q.rows).fill(1);
    const measured = reconstructionError(a, transposed(q), ones, b);
    assert.ok(Math.abs(measured - Math.sqrt(rest / total)) <= 20 * u, `measured ${measured}, stated ${Math.sqrt(rest / total)}`);
    assert.ok(measured <= tolerance);
    const norm = Array.from(left.data).reduce((sum, x) => sum + x * x, 0);
    assert.ok(Math.abs(norm - rest) <= 100 * u * rest, "what is left lies in A");
  });

  test(`growBasis ${type}: zero needs no vector, a full basis is the end, and beyond it is NO_CONVERGENCE`, () => {
    const zero = grow(
      type,
      build(type, 5, 4, () => 0),
      0.1,
    );
    assert.deepEqual([zero.q.rows, zero.b.rows, zero.total, zero.rest], [0, 0, 0, 0]);
    const full = grow(type, normals(type, 40, 33, 3), 1e-3);
    assert.equal(full.q.rows, 33);
    assert.throws(() => grow(type, normals(type, 20, 9, 4), u / 100), {
      code: "NO_CONVERGENCE",
      message: /^randomizedSvd: at the full rank 9 the residual is \S+, at most \S+ was needed; accept more/,
    });
    assert.equal(engine.live(), 0);
  });
}
