import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, lengths, uniform, unit } from "../../support/floats.ts";
import { rng } from "../../support/rng.ts";

function reflect(engine: Engine, type: FloatDtype, x: Floats): { tau: number; beta: number; v: Floats } {
  let tau = 0;
  const after = fenced(engine, [operand("x", x)], (p) => {
    tau = engine.wasm[`reflect_${type}`](x.length, p!);
  });
  const v = asFloats(type, after[0]!);
  const beta = v[0]!;
  v[0] = 1;
  return { tau, beta, v };
}

/** w·(I − τ·v·vᵀ) in float64. */
function reflected(w: ArrayLike<number>, v: ArrayLike<number>, tau: number): number[] {
  const share = tau * Array.from(v).reduce((sum, x, i) => sum + x * w[i]!, 0);
  return Array.from(w, (x, i) => x - share * v[i]!);
}

const lengthOf = (x: ArrayLike<number>): number => Math.hypot(...Array.from(x));
const positive = lengths.filter((n) => n > 0);

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`reflect_${type} on ${name}: H·x = β·e₀ within γ₍₁₀₊₃ₙ₎‖x‖, |β| = ‖x‖ of the other sign, H orthogonal`, () => {
      for (const n of positive) {
        const x = uniform(type, n, rng(n));
        const { tau, beta, v } = reflect(engine, type, x);
        const bound = gamma(10 + 3 * n, unit[type]) * lengthOf(x);
        const want = Float64Array.from(x, (_, i) => (i === 0 ? beta : 0));
        within(reflected(x, v, tau), want, bound, `H·x, n = ${n}`);
        within([Math.abs(beta)], [lengthOf(x)], bound, `β, n = ${n}`);
        if (n > 1) assert.ok(beta * x[0]! < 0, `β = ${beta} for x₀ = ${x[0]}`);
        // H² = I: τ·(2 − τ‖v‖²) = 0
        within([tau * (2 - tau * lengthOf(v) ** 2)], [0], 4 * gamma(10 + 3 * n, unit[type]), `orthogonality, n = ${n}`);
      }
    });

    test(`reflect_${type} on ${name}: H is the identity for one element, for a zero tail, and for one whose squares vanish`, () => {
      const vanishing = type === "f32" ? 2 ** -80 : 2 ** -560;
      for (const x of [[3], [0], [-2, 0, 0, 0, 0, 0], [0, 0, 0], [1, vanishing, -vanishing, 0, vanishing, vanishing]]) {
        const { tau, beta, v } = reflect(engine, type, floatsOf(type, x));
        assert.equal(tau, 0);
        assert.equal(beta, x[0]);
        assert.deepEqual(
          Array.from(v),
          x.map((_, i) => (i === 0 ? 1 : 0)),
        );
      }
    });

    test(`reflect_rows_${type} on ${name}: each row within γ₍₁₀₊₃ₙ₎ of w·H, the same bits alone as among others, gaps kept`, () => {
      for (const n of positive) {
        const { tau, v } = reflect(engine, type, uniform(type, n, rng(n)));
        const rows = 7;
        const ldw = n + 3;
        const w = uniform(type, (rows - 1) * ldw + n, rng(n + 100));
        const run = (from: Floats, count: number): Floats => {
          const after = fenced(engine, [operand("v", v), operand("w", from)], (pv, pw) => {
            engine.wasm[`reflect_rows_${type}`](count, n, pv!, tau, pw!, ldw);
          });
          return asFloats(type, after[1]!);
        };
        const got = run(w, rows);
        for (let i = 0; i < rows; i++) {
          const row = w.subarray(i * ldw, i * ldw + n);
          const bound = gamma(10 + 3 * n, unit[type]) * 4 * lengthOf(row);
          within(got.subarray(i * ldw, i * ldw + n), reflected(row, v, tau), bound, `row ${i}, n = ${n}`);
          same(run(row, 1), got.subarray(i * ldw, i * ldw + n), `row ${i} alone, n = ${n}`);
          same(got.subarray(i * ldw + n, (i + 1) * ldw), w.subarray(i * ldw + n, (i + 1) * ldw), `gap ${i}, n = ${n}`);
        }
      }
    });
  }
}
