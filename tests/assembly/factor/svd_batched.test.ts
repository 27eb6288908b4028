import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { builds } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats, floatsOf, floatTypes, unit } from "../../support/floats.ts";
import { build, graded, normals, orthonormalityError, reconstructionError } from "../../support/matrices.ts";

const lanesOf = (type: FloatDtype): number => (type === "f32" ? 4 : 2);

/** Wide matrices, rows as vectors. */
function decompose(
  engine: Engine,
  type: FloatDtype,
  rows: number,
  n: number,
  a: Floats,
  options: { vectors?: boolean; most?: number; apart?: boolean } = {},
) {
  const { vectors = true, most = 40, apart = false } = options;
  const count = a.length / (rows * n);
  const groups = Math.ceil(count / lanesOf(type));
  const exponent = type === "f32" ? 20 : 100;
  const after = fenced(
    engine,
    [
      operand("a", a),
      operand("s", floatsOf(type, count * rows)),
      operand("long", floatsOf(type, count * rows * n)),
      operand("short", floatsOf(type, count * rows * rows)),
      operand("ranks", new Uint32Array(count)),
      operand("work", new Uint8Array(engine.wasm.svd_batched_work(rows, n) * (apart ? groups : 1))),
      operand("status", new Int32Array(groups)),
    ],
    (pa, s, long, short, ranks, work, status) => {
      const run = (grain: number, g0: number, g1: number) =>
        engine.wasm[`svd_batched_${type}`](
          ...([rows, n, count, pa!, n, 1, s!, vectors ? long! : 0, short!, 1, rows] as const),
          ...([ranks!, exponent, 4 * unit[type], 2 ** -28, most, work!, grain, status!, g0, g1] as const),
        );
      if (!apart) run(groups, 0, groups);
      else for (let g = groups - 1; g >= 0; g--) run(1, g, g + 1);
    },
  );
  const [s, long, short] = [1, 2, 3].map((at) => asFloats(type, after[at]!));
  return {
    s: s!,
    long: long!,
    short: short!,
    ranks: new Uint32Array(after[4]!.slice().buffer),
    status: new Int32Array(after[6]!.slice().buffer),
  };
}

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`svd_batched_${type} on ${name}: U·S·Vᵀ, U and V to 8(rows + n)u for 1 to 9 matrices up to 12×16, in one call or in many, values alone the same bits`, () => {
      for (const [rows, n, count] of [
        [1, 1, 3],
        [1, 4, 2],
        [2, 2, 9],
        [3, 5, 4],
        [8, 8, 5],
        [12, 16, 3],
      ] as const) {
        const a = normals(type, count * rows, n, rows + n).data;
        const { s, long, short, ranks, status } = decompose(engine, type, rows, n, a);
        assert.ok(
          status.every((sweeps) => sweeps > 0 && sweeps <= 8),
          `${status}`,
        );
        assert.ok(ranks.every((rank) => rank === rows));
        const bound = 8 * (rows + n) * unit[type];
        for (let k = 0; k < count; k++) {
          const m = build(type, rows, n, (i, j) => a[(k * rows + i) * n + j]!);
          const vt = build(type, rows, n, (i, j) => long[(k * rows + i) * n + j]!);
          const u = build(type, rows, rows, (i, j) => short[(k * rows + i) * rows + j]!);
          const values = s.subarray(k * rows, (k + 1) * rows);
          assert.ok(
            values.every((x, i) => i === 0 || x <= values[i - 1]!),
            "descending",
          );
          assert.ok(reconstructionError(m, u, values, vt) <= bound, `matrix ${k} of ${rows}×${n}`);
          assert.ok(orthonormalityError(u, "columns") <= bound && orthonormalityError(vt, "rows") <= bound);
        }
        same(decompose(engine, type, rows, n, a, { vectors: false }).s, s, "values alone");
        const apart = decompose(engine, type, rows, n, a, { apart: true });
        same(apart.long, long, "in many calls");
        same(apart.short, short, "in many calls");
      }
    });

    test(`svd_batched_${type} on ${name}: ranks count what is not zero; NaN and one sweep too few mark their group`, () => {
      const lanes = lanesOf(type);
      const a = floatsOf(type, 6 * 3 * lanes).map((_, at) => (at % 6 === 0 ? 2 : at % 6 === 4 ? 1 : 0));
      a.fill(0, 0, 6);
      const found = decompose(engine, type, 2, 3, a);
      assert.deepEqual([...found.ranks], [0, ...Array(3 * lanes - 1).fill(2)]);
      assert.deepEqual([...found.s.subarray(0, 4)], [0, 0, 2, 1]);
      assert.ok(found.long.subarray(0, 6).every((x) => x === 0));
      a[6 * lanes + 1] = Number.POSITIVE_INFINITY;
      assert.deepEqual(
        [...decompose(engine, type, 2, 3, a).status].map((status) => Math.min(status, 0)),
        [0, -2, 0],
      );
      assert.equal(decompose(engine, type, 4, 4, graded(type, 4, -18, "both", 1).data, { most: 1 }).status[0], -1);
    });
  }
}
