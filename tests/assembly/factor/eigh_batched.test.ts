import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, orthonormalityError } from "../../support/matrices.ts";
import { eigenError, isAscending, symmetric } from "../../support/symmetric.ts";

const lanesOf = (type: FloatDtype): number => (type === "f32" ? 4 : 2);

/** All groups in one call, or each with a call and a piece of workspace of its own. */
function decompose(
  engine: Engine,
  type: FloatDtype,
  n: number,
  a: Floats,
  options: { lower?: boolean; vectors?: boolean; apart?: boolean } = {},
) {
  const { lower = true, vectors = true, apart = false } = options;
  const count = a.length / (n * n);
  const groups = Math.ceil(count / lanesOf(type));
  const after = fenced(
    engine,
    [
      operand("a", a),
      operand("w", floatsOf(type, count * n)),
      operand("v", floatsOf(type, count * n * n)),
      operand("work", new Uint8Array(engine.wasm.eigh_batched_work(n) * (apart ? groups : 1))),
      operand("status", new Int32Array(groups)),
    ],
    (pa, w, v, work, status) => {
      const run = (grain: number, g0: number, g1: number) =>
        engine.wasm[`eigh_batched_${type}`](
          n,
          count,
          pa!,
          lower ? n : 1,
          lower ? 1 : n,
          w!,
          vectors ? v! : 0,
          work!,
          grain,
          status!,
          g0,
          g1,
        );
      if (!apart) run(groups, 0, groups);
      else for (let g = groups - 1; g >= 0; g--) run(1, g, g + 1);
    },
  );
  return { w: asFloats(type, after[1]!), v: asFloats(type, after[2]!), status: new Int32Array(after[4]!.slice().buffer) };
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`eigh_batched_${type} on ${name}: A·V − V·Λ and VᵀV − I to 8n·u for 1 to 9 matrices of order 1 to 16, either triangle, in one call or in many`, () => {
      for (const [n, count] of [
        [1, 3],
        [2, 9],
        [3, 4],
        [5, 1],
        [8, 6],
        [16, 5],
      ] as const) {
        const matrices = Array.from({ length: count }, (_, k) => symmetric(type, n, 10 * n + k));
        const all = floatsOf(
          type,
          matrices.flatMap((m) => [...m.data]),
        );
        const lower = all.map((x, at) => (at % n <= Math.floor(at / n) % n ? x : Number.NaN));
        const upper = all.map((x, at) => (at % n >= Math.floor(at / n) % n ? x : Number.NaN));
        const { w, v, status } = decompose(engine, type, n, lower);
        assert.ok(status.every((steps) => steps >= 0 && steps <= 4 * n));
        matrices.forEach((m, k) => {
          const vectors = build(type, n, n, (i, j) => v[(k * n + i) * n + j]!);
          const values = w.subarray(k * n, (k + 1) * n);
          assert.ok(isAscending(values));
          assert.ok(orthonormalityError(vectors, "columns") <= 8 * n * unit[type], `matrix ${k} of order ${n}`);
          assert.ok(
            eigenError(m, values, vectors) <= 8 * n * unit[type],
            `matrix ${k} of order ${n}: ${eigenError(m, values, vectors)}`,
          );
        });
        const others = [
          decompose(engine, type, n, upper, { lower: false }),
          decompose(engine, type, n, lower, { apart: true }),
          decompose(engine, type, n, lower, { vectors: false }),
        ];
        others.forEach((other, at) => {
          same(other.w, w, `w of way ${at}`);
          if (at < 2) same(other.v, v, `v of way ${at}`);
        });
      }
    });

    test(`eigh_batched_${type} on ${name}: NaN and Inf in a triangle mark their group, and no other`, () => {
      const lanes = lanesOf(type);
      for (const bad of [Number.NaN, Number.NEGATIVE_INFINITY]) {
        const a = floatsOf(type, 4 * 3 * lanes).map((_, at) => (at % 4 === 1 ? Number.NaN : 1));
        a[4 * (2 * lanes - 1) + 2] = bad;
        assert.deepEqual(
          [...decompose(engine, type, 2, a).status].map((status) => Math.min(status, 0)),
          [0, -2, 0],
        );
      }
    });
  }
}
