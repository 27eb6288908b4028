import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats, Ptr } from "../../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, graded, normals, orthonormalityError, relativeError, transposed } from "../../support/matrices.ts";
import { referenceSingularValues } from "../../support/reference-svd.ts";

interface Swept {
  readonly sweeps: number;
  /** In descending order, as are the rows of x and g. */
  readonly norms: Float64Array;
  /** The largest cosine that the last sweep found. */
  readonly found: number;
  /** X, then G, with their scales. */
  readonly x: Matrix;
  readonly g: Matrix;
}

/** Elements of a tally. */
const TALLY = 24;

/** Sweeps over [A | I], rows 2 elements apart, until nothing is rotated; a row of zeros makes the rows even. */
function sweep(engine: Engine, type: FloatDtype, a: Matrix, block: number, tiny = 0): Swept {
  const { rows, cols: n } = a;
  const even = rows + (rows & 1);
  const width = n + rows;
  const ld = width + 2;
  const w = floatsOf(type, (even - 1) * ld + width);
  for (let i = 0; i < rows; i++) {
    w.set(a.data.subarray(i * n, (i + 1) * n), i * ld);
    w[i * ld + n + i] = 1;
  }
  const tol = Math.max(4, Math.sqrt(n)) * unit[type];
  const { wasm } = engine;
  const bytes = wasm.jacobi_work(even, block);
  const blocks = Math.ceil(even / block);
  let [sweeps, found] = [0, 0];
  const after = fenced(engine, [operand("w", w), operand("work", new Uint8Array(bytes).fill(0xff))], (pw, work) => {
    wasm.jacobi_start(even, work!);
    let rotations = 1;
    for (sweeps = 0; rotations > 0; sweeps++) {
      assert.ok(sweeps < 40, "no convergence");
      if (sweeps > 0) wasm.jacobi_order(even, work!);
      wasm[`jacobi_within_${type}`](even, n, width, pw!, ld, block, tol, tiny, work!, 0, blocks);
      for (let round = 0; round < blocks + (blocks & 1) - 1; round++) {
        // The matches of a round in any order.
        for (let match = Math.ceil(blocks / 2) - 1; match >= 0; match--)
          wasm[`jacobi_between_${type}`](even, n, width, pw!, ld, block, tol, work!, round, match, match + 1);
      }
      const tallies = Array.from(
        { length: blocks },
        (_, i) => new Float64Array(engine.u8((work! + even * 24 + i * TALLY * 8) as Ptr, 32).slice().buffer),
      );
      rotations = tallies.reduce((sum, tally) => sum + tally[3]!, 0);
      found = Math.max(...tallies.map((tally) => tally[0]!));
      if (rotations === 0) assert.equal(found, Math.max(...tallies.map((tally) => tally[1]!)), "all that was found was left");
    }
  });
  const out = asFloats(type, after[0]!);
  for (let i = 0; i + 1 < even; i++) assert.deepEqual([...out.subarray(i * ld + width, (i + 1) * ld)], [0, 0], `gap ${i}`);
  const state = asFloats("f64", after[1]!.subarray(0, even * 16));
  const scales = state.subarray(even, even + rows);
  assert.ok(
    scales.every((x) => x >= 0.25 && x <= 1),
    `scales ${scales}`,
  );
  const places = new Uint32Array(after[1]!.slice(even * 20, even * 24).buffer);
  assert.deepEqual(
    [...places].sort((i, j) => i - j),
    [...places.keys()],
    "the order is a permutation",
  );
  const order = [...state.subarray(0, rows).keys()].sort((i, j) => state[j]! - state[i]!);
  const part = (from: number, cols: number): Matrix =>
    build("f64", rows, cols, (i, j) => out[order[i]! * ld + from + j]! * scales[order[i]!]!);
  return { sweeps, norms: Float64Array.from(order, (i) => Math.sqrt(state[i]!)), found, x: part(0, n), g: part(n, rows) };
}

function largestDifference(x: Floats, y: Float64Array): number {
  return Array.from(x).reduce((most, value, i) => Math.max(most, Math.abs(value - y[i]!)), 0);
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    const u = unit[type];

    for (const [rows, n, block] of [
      [1, 1, 2],
      [1, 4, 2],
      [2, 2, 2],
      [3, 9, 2],
      [5, 5, 2],
      [16, 16, 4],
      [16, 16, 32],
      [33, 40, 8],
    ] as const) {
      test(`jacobi_${type} ${rows}×${n} in blocks of ${block} on ${name}: norms are the singular values to 8n·u·σ₁, G orthonormal and X = G·A to 8n·u`, () => {
        const a = normals(type, rows, n, rows + n);
        const { norms, x, g, found } = sweep(engine, type, a, block);
        const want = referenceSingularValues(rows, n, a.data);
        const bound = 8 * n * u;
        assert.ok(largestDifference(norms, want) <= bound * want[0]!, `values off by ${largestDifference(norms, want)}`);
        assert.ok(found <= Math.max(4, Math.sqrt(n)) * u, `cosine ${found}`);
        assert.ok(orthonormalityError(g, "rows") <= bound);
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let k = 0; k < rows; k++) sum += g.data[i * rows + k]! * a.data[k * n + j]!;
            assert.ok(Math.abs(sum - x.data[i * n + j]!) <= bound * want[0]!, `X (${i}, ${j})`);
          }
        }
      });
    }

    test(`jacobi_${type} on ${name}: rows graded over ${type === "f32" ? "2³⁰" : "2²⁰⁰"} keep every singular value to 200n·u of itself`, () => {
      const a = graded(type, 20, type === "f32" ? -30 : -200, "rows", 4);
      const { norms } = sweep(engine, type, a, 4);
      // The reference is given columns, which it takes as rows of its own.
      const want = referenceSingularValues(20, 20, transposed(a).data);
      assert.ok(relativeError(norms, want) <= 200 * 20 * u, `off by ${relativeError(norms, want)}`);
    });

    test(`jacobi_${type} on ${name}: norms 2^±${type === "f32" ? 40 : 470} apart neither overflow nor stall`, () => {
      const size = type === "f32" ? 2 ** 40 : 2 ** 470;
      const { norms, sweeps } = sweep(
        engine,
        type,
        build(type, 2, 2, (i, j) => (i === 0 ? size : (j + 1) / size)),
        2,
      );
      assert.ok(sweeps <= 3);
      assert.ok(Math.abs(norms[0]! / (size * Math.SQRT2) - 1) <= 4 * u);
      assert.ok(Math.abs((norms[1]! * size) / Math.SQRT1_2 - 1) <= 4 * u, `${norms[1]}`);
    });

    test(`jacobi_${type} on ${name}: zero rows, equal rows, rows of norm ≤ tiny, which are cleared`, () => {
      const { norms, g } = sweep(
        engine,
        type,
        build(type, 4, 3, (i) => (i === 1 ? 0 : 1)),
        2,
        1e-20,
      );
      assert.ok(Math.abs(norms[0]! - 3) <= 8 * u);
      assert.ok(norms.subarray(1).every((x) => x <= 8 * u));
      assert.ok(orthonormalityError(g, "rows") <= 16 * u);
      const cleared = sweep(
        engine,
        type,
        build(type, 2, 3, (i, j) => (i === 0 ? 2 ** -20 : Number(j === 1))),
        2,
        2 ** -19,
      );
      assert.deepEqual([...cleared.norms], [1, 0]);
      assert.deepEqual([...cleared.x.data], [0, 1, 0, 0, 0, 0]);
    });
  }
}
