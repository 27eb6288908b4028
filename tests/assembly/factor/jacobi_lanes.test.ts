import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype } from "../../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, graded, normals, orthonormalityError, relativeError, transposed } from "../../support/matrices.ts";
import { referenceSingularValues } from "../../support/reference-svd.ts";

function sweep(engine: Engine, type: FloatDtype, members: readonly Matrix[], most = 40, tiny = 0) {
  const lanes = members.length;
  const { rows, cols: n } = members[0]!;
  const [x, g] = [floatsOf(type, rows * n * lanes), floatsOf(type, rows * rows * lanes)];
  members.forEach((m, k) => {
    for (let at = 0; at < rows * n; at++) x[at * lanes + k] = m.data[at]!;
    for (let i = 0; i < rows; i++) g[i * (rows + 1) * lanes + k] = 1;
  });
  const tol = Math.max(4, Math.sqrt(n)) * unit[type];
  let sweeps = 0;
  const after = fenced(
    engine,
    [operand("x", x), operand("g", g), operand("squares", floatsOf(type, rows * lanes))],
    (px, pg, squares) => {
      sweeps = engine.wasm[`jacobi_lanes_${type}`](rows, n, px!, pg!, squares!, tol, tiny, most);
    },
  );
  const [gotX, gotG, squares] = after.map((bytes) => asFloats(type, bytes));
  return {
    sweeps,
    lane: (k: number) => ({
      x: build(type, rows, n, (i, j) => gotX![(i * n + j) * lanes + k]!),
      g: build(type, rows, rows, (i, j) => gotG![(i * rows + j) * lanes + k]!),
      norms: Array.from({ length: rows }, (_, i) => Math.sqrt(squares![i * lanes + k]!)),
    }),
  };
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    const lanes = type === "f32" ? 4 : 2;
    const u = unit[type];

    test(`jacobi_lanes_${type} on ${name}: in every lane norms are the singular values to 8n·u·σ₁, G orthonormal and X = G·A to 8n·u, zero rows and equal rows among them`, () => {
      for (const [rows, n] of [
        [1, 3],
        [2, 2],
        [3, 6],
        [8, 8],
        [13, 17],
      ] as const) {
        const members = Array.from({ length: lanes }, (_, k) => {
          const a = normals(type, rows, n, rows + k);
          return k === 1 ? build(type, rows, n, (i, j) => (i === 1 ? 0 : a.data[j]!)) : a;
        });
        const { sweeps, lane } = sweep(engine, type, members);
        assert.ok(sweeps > 0 && sweeps <= 12, `${sweeps} sweeps`);
        members.forEach((a, k) => {
          const { x, g, norms } = lane(k);
          // The reference does not end where rows are equal: of rank 1, and of rank 0 beyond, only the norm of the whole is known.
          const want =
            k === 1 && rows > 1
              ? [Math.hypot(...a.data), ...Array<number>(rows - 1).fill(0)]
              : referenceSingularValues(rows, n, a.data);
          const bound = 8 * n * u;
          norms.sort((p, q) => q - p);
          norms.forEach((got, i) => {
            assert.ok(Math.abs(got - want[i]!) <= bound * want[0]!, `${rows}×${n}, lane ${k}, value ${i}: ${got}, ${want[i]}`);
          });
          assert.ok(orthonormalityError(g, "rows") <= bound);
          for (let i = 0; i < rows; i++) {
            for (let j = 0; j < n; j++) {
              let sum = 0;
              for (let p = 0; p < rows; p++) sum += g.data[i * rows + p]! * a.data[p * n + j]!;
              assert.ok(Math.abs(sum - x.data[i * n + j]!) <= bound * want[0]!, `X (${i}, ${j}) of lane ${k}`);
            }
          }
        });
      }
    });

    test(`jacobi_lanes_${type} on ${name}: rows graded over 2²⁰ keep every singular value to 100n·u of itself`, () => {
      const n = 9;
      const members = Array.from({ length: lanes }, (_, k) => graded(type, n, -20, "rows", k + 1));
      const { lane } = sweep(engine, type, members);
      members.forEach((a, k) => {
        const norms = lane(k).norms.sort((p, q) => q - p);
        const error = relativeError(norms, referenceSingularValues(n, n, transposed(a).data));
        assert.ok(error <= 100 * n * u, `lane ${k}: ${error / u} u`);
      });
    });

    test(`jacobi_lanes_${type} on ${name}: one sweep is too few, which is said; rows of norm ≤ tiny are cleared; orthogonal rows stay bit for bit`, () => {
      assert.equal(sweep(engine, type, Array(lanes).fill(normals(type, 4, 4, 1)), 1).sweeps, -1);
      const a = build(type, 2, 3, (i, j) => (i === 0 ? Number(j === 1) : 2 ** -20));
      assert.deepEqual(sweep(engine, type, Array(lanes).fill(a), 9, 2 ** -19).lane(0).norms, [1, 0]);
      const d = build(type, 3, 3, (i, j) => (i === j ? i + 1 : 0));
      const kept = sweep(engine, type, Array(lanes).fill(d));
      assert.equal(kept.sweeps, 1);
      assert.deepEqual([...kept.lane(lanes - 1).x.data], [...d.data]);
    });
  }
}
