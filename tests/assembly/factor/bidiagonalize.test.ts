import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, normals, withSpectrum } from "../../support/matrices.ts";

interface Panel {
  readonly a: Floats;
  readonly v: Floats;
  readonly l: Floats;
  readonly r: Floats;
  readonly d: Floats;
  readonly e: Floats;
  readonly tauQ: Floats;
  readonly tauP: Floats;
}

const GAP = 3;

/** The panel in one call, or step by step with blocks of columns handed out one by one, the last first. */
function panel(engine: Engine, type: FloatDtype, a: Matrix, nb: number, stepwise: boolean): Panel {
  const { rows: m, cols: n } = a;
  const [lda, ldv, ldl, ldr] = [n + GAP, m + GAP, m + 1, n + 2];
  const spread = floatsOf(type, (m - 1) * lda + n).fill(9);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) spread[i * lda + j] = a.data[i * n + j]!;
  const room = (rows: number, cols: number, ld: number): Floats => floatsOf(type, (rows - 1) * ld + cols).fill(9);
  const size = type === "f32" ? 4 : 8;
  const bytes = engine.wasm[`bidiagonal_work_${type}`](m, n, nb) >>> 0;
  const operands = [
    operand("a", spread),
    operand("v", room(nb, m, ldv)),
    operand("l", room(2 * nb, m, ldl)),
    operand("r", room(2 * nb, n, ldr)),
    ...["d", "e", "tauQ", "tauP"].map((name) => operand(name, floatsOf(type, nb))),
    operand("work", floatsOf(type, bytes / size).fill(Number.NaN)),
  ];
  const after = fenced(engine, operands, (pa, pv, pl, pr, pd, pe, pq, pp, work) => {
    if (!stepwise) {
      engine.wasm[`bidiagonal_panel_${type}`](m, n, nb, pa!, lda, pv!, ldv, pl!, ldl, pr!, ldr, pd!, pe!, pq!, pp!, work!);
      return;
    }
    for (let i = 0; i < nb; i++) {
      engine.wasm[`bidiagonal_left_${type}`](i, m, n, pa!, lda, pv!, ldv, pl!, ldl, pr!, ldr, pd!, pq!, work!);
      for (let b = engine.wasm.bidiagonal_blocks(n); b > 0; b--) {
        engine.wasm[`bidiagonal_pass_${type}`](i, m, n, pa!, lda, pv!, ldv, pr!, ldr, pq!, work!, b - 1, b);
      }
      engine.wasm[`bidiagonal_right_${type}`](i, m, n, pa!, lda, pl!, ldl, pr!, ldr, pe!, pp!, work!);
    }
  });
  const [pa, v, l, r, d, e, tauQ, tauP] = after.map((x) => asFloats(type, x)) as [
    Floats,
    Floats,
    Floats,
    Floats,
    Floats,
    Floats,
    Floats,
    Floats,
  ];
  return { a: pa, v, l, r, d, e, tauQ, tauP };
}

/** In float64: H₍ₙᵦ₋₁₎ … H₀·A·G₀ … G₍ₙᵦ₋₁₎ by the reflections that the panel left. */
function reduced(a: Matrix, nb: number, p: Panel): Float64Array {
  const { rows: m, cols: n } = a;
  const x = Float64Array.from(a.data);
  for (let k = 0; k < nb; k++) {
    const v = Float64Array.from({ length: m }, (_, i) => p.v[k * (m + GAP) + i]!);
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let i = 0; i < m; i++) sum += v[i]! * x[i * n + j]!;
      for (let i = 0; i < m; i++) x[i * n + j]! -= p.tauQ[k]! * sum * v[i]!;
    }
    const u = Float64Array.from({ length: n }, (_, j) => (j <= k ? 0 : j === k + 1 ? 1 : p.a[k * (n + GAP) + j]!));
    for (let i = 0; i < m; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += u[j]! * x[i * n + j]!;
      for (let j = 0; j < n; j++) x[i * n + j]! -= p.tauP[k]! * sum * u[j]!;
    }
  }
  return x;
}

const norm = (x: ArrayLike<number>): number => Math.sqrt(Array.from(x).reduce((s, y) => s + y * y, 0));

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [m, n, nb] of [
      [1, 1, 1],
      [7, 1, 1],
      [5, 5, 5],
      [9, 6, 3],
      [20, 17, 16],
      [140, 133, 4],
      [150, 130, 130],
    ] as const) {
      test(`bidiagonal_panel_${type} ${m}×${n}, ${nb} columns, on ${name}: B, zeros beside it and A − Lᵀ·R within 4(m + n)·u·‖A‖; by steps the same bits`, () => {
        const a = normals(type, m, n, m + n);
        const p = panel(engine, type, a, nb, false);
        const x = reduced(a, nb, p);
        const bound = 4 * (m + n) * unit[type] * norm(a.data);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let want = 0;
            if (i < nb || j < nb) {
              if (i === j) want = p.d[i]!;
              else if (j === i + 1) want = p.e[i]!;
            } else {
              want = a.data[i * n + j]!;
              for (let q = 0; q < 2 * nb; q++) want -= p.l[q * (m + 1) + i]! * p.r[q * (n + 2) + j]!;
            }
            assert.ok(Math.abs(x[i * n + j]! - want) <= bound, `(${i}, ${j}): ${x[i * n + j]}, ${want}`);
          }
        }
        for (let i = 0; i + 1 < m; i++) for (let j = n; j < n + GAP; j++) assert.equal(p.a[i * (n + GAP) + j], 9, "gap of A");
        const steps = panel(engine, type, a, nb, true);
        for (const key of ["a", "v", "l", "d", "e", "tauQ", "tauP"] as const) same(steps[key], p[key], key);
      });
    }

    test(`bidiagonal_panel_${type} on ${name}: zero, constant and rank-one matrices leave zeros and factors that are finite`, () => {
      for (const a of [
        build(type, 6, 5, () => 0),
        build(type, 6, 5, () => 3),
        withSpectrum(type, 6, 5, [1], 2),
        build(type, 6, 5, (i, j) => (i === j ? i : 0)),
      ]) {
        const p = panel(engine, type, a, 5, false);
        for (const key of ["v", "d", "e", "tauQ", "tauP", "l"] as const) assert.ok(p[key].every(Number.isFinite), key);
        const x = reduced(a, 5, p);
        const bound = 44 * unit[type] * norm(a.data);
        for (let i = 0; i < 6; i++) {
          for (let j = 0; j < 5; j++) {
            const want = i === j ? p.d[i]! : j === i + 1 ? p.e[i]! : 0;
            assert.ok(Math.abs(x[i * 5 + j]! - want) <= bound, `(${i}, ${j})`);
          }
        }
      }
    });
  }
}
