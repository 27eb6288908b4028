import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, graded, kahan, normals, transposed, withSpectrum } from "../../support/matrices.ts";

interface Pivoted {
  readonly rank: number;
  readonly at: Floats;
  readonly pivot: Uint32Array;
  readonly tau: Floats;
}

function factor(engine: Engine, type: FloatDtype, a: Matrix, tiny = 0): Pivoted {
  const { rows: m, cols: n } = a;
  let rank = -1;
  const operands = [
    operand("at", transposed(a).data),
    operand("pivot", new Uint32Array(n)),
    operand("tau", floatsOf(type, n)),
    operand("work", new Uint8Array(engine.wasm.qr_pivot_work(n))),
  ];
  const after = fenced(engine, operands, (at, pivot, tau, work) => {
    rank = engine.wasm[`qr_pivot_${type}`](m, n, at!, m, pivot!, tau!, tiny, work!);
  });
  const pivot = new Uint32Array(after[1]!.slice().buffer);
  return { rank, at: asFloats(type, after[0]!), pivot, tau: asFloats(type, after[2]!) };
}

/** Column j of Q·R, by the reflections from last to first, in float64. */
function column({ at, tau, rank }: Pivoted, m: number, j: number): Float64Array {
  const x = new Float64Array(m);
  for (let i = 0; i <= Math.min(j, rank - 1); i++) x[i] = at[j * m + i]!;
  for (let k = rank - 1; k >= 0; k--) {
    const v = (i: number): number => (i === k ? 1 : at[k * m + i]!);
    let share = 0;
    for (let i = k; i < m; i++) share += v(i) * x[i]!;
    for (let i = k; i < m; i++) x[i]! -= tau[k]! * share * v(i);
  }
  return x;
}

/** The largest ‖aⱼ − (Q·R·Pᵀ)ⱼ‖/‖aⱼ‖. */
function columnError(a: Matrix, factored: Pivoted): number {
  let most = 0;
  factored.pivot.forEach((from, j) => {
    const got = column(factored, a.rows, j);
    const want = got.map((_, i) => a.data[i * a.cols + from]!);
    const length = Math.hypot(...want);
    if (length > 0) most = Math.max(most, Math.hypot(...got.map((x, i) => x - want[i]!)) / length);
  });
  return most;
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [m, n] of [
      [1, 1],
      [6, 1],
      [5, 5],
      [19, 12],
      [40, 33],
    ] as const) {
      test(`qr_pivot_${type} ${m}×${n} on ${name}: columns within 4m·u, |r₀₀| ≥ |r₁₁| ≥ …, and each as long as what is left of any column`, () => {
        const a = normals(type, m, n, m + n);
        const factored = factor(engine, type, a);
        assert.equal(factored.rank, n);
        assert.deepEqual(
          [...factored.pivot].sort((x, y) => x - y),
          Array.from({ length: n }, (_, j) => j),
        );
        assert.ok(columnError(a, factored) <= 4 * m * unit[type], `error ${columnError(a, factored)}`);
        for (let k = 0; k < n; k++) {
          const diagonal = Math.abs(factored.at[k * m + k]!);
          for (let j = k + 1; j < n; j++) {
            const left = Math.hypot(...factored.at.subarray(j * m + k, j * m + j + 1));
            assert.ok(left <= diagonal * (1 + 2 * Math.sqrt(unit[type])), `column ${j} at step ${k}: ${left} > ${diagonal}`);
          }
        }
      });
    }

    test(`qr_pivot_${type} on ${name}: columns of very different size are each within 4n·u of their own norm`, () => {
      const a = graded(type, 24, type === "f32" ? -40 : -300, "columns", 5);
      assert.ok(columnError(a, factor(engine, type, a)) <= 4 * 24 * unit[type]);
    });

    test(`qr_pivot_${type} on ${name}: Kahan's matrix and an exact tie take the first of equal columns`, () => {
      assert.deepEqual(
        [
          ...factor(
            engine,
            type,
            build(type, 3, 3, (i, j) => Number(i === j)),
          ).pivot,
        ],
        [0, 1, 2],
      );
      assert.equal(factor(engine, type, kahan(type, 20)).rank, 20);
    });

    test(`qr_pivot_${type} on ${name}: the rank is where the rest is ≤ tiny, and nothing is left behind it`, () => {
      const zero = factor(
        engine,
        type,
        build(type, 5, 3, () => 0),
      );
      assert.equal(zero.rank, 0);
      assert.ok([...zero.at, ...zero.tau].every((x) => x === 0));
      const a = withSpectrum(type, 12, 9, [3, 2, 1], 3);
      const factored = factor(engine, type, a, 100 * unit[type]);
      assert.equal(factored.rank, 3);
      assert.ok(columnError(a, factored) <= 200 * unit[type]);
      for (let j = 3; j < 9; j++)
        assert.ok(
          factored.at.subarray(j * 12 + 3, (j + 1) * 12).every((x) => x === 0),
          `row ${j}`,
        );
      assert.ok(factored.tau.subarray(3).every((x) => x === 0));
      const outer = build(type, 4, 3, (i, j) => (i + 1) * (j + 1)); // exact in every step, so its rest is exactly zero or tiny
      assert.equal(factor(engine, type, outer, 1e-5).rank, 1);
    });
  }
}
