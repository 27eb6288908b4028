import assert from "node:assert/strict";
import { test } from "node:test";
import type { FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import type { MatrixBatch } from "../../../ts-wrapper/linalg/batch.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { type SvdBatch, svdBatched } from "../../../ts-wrapper/linalg/svd-batched.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { floatsOf, floatTypes, largest, unit } from "../../support/floats.ts";
import {
  build,
  graded,
  normals,
  orthonormalityError,
  reconstructionError,
  transposed,
  typeOf,
  withSpectrum,
} from "../../support/matrices.ts";
import { referenceSingularValues } from "../../support/reference-svd.ts";

const batchOf = (type: FloatDtype, rows: number, cols: number, matrices: readonly { data: Floats }[]): MatrixBatch => ({
  count: matrices.length,
  rows,
  cols,
  data: floatsOf(
    type,
    matrices.flatMap((m) => [...m.data]),
  ),
});

const part = (b: MatrixBatch, k: number): Matrix =>
  build(typeOf(b.data), b.rows, b.cols, (i, j) => b.data[(k * b.rows + i) * b.cols + j]!);

/** Each matrix: A − U·S·Vᵀ, U and V within 8(m + n)·u, s descending. */
function check(a: MatrixBatch, { u, s, vt }: SvdBatch): void {
  const bound = 8 * (a.rows + a.cols) * unit[typeOf(a.data)];
  const r = u.cols;
  for (let k = 0; k < a.count; k++) {
    const values = s.subarray(k * r, (k + 1) * r);
    assert.ok(values.every((x, i) => x >= 0 && (i === 0 || x <= values[i - 1]!)));
    const error = reconstructionError(part(a, k), part(u, k), values, part(vt, k));
    assert.ok(error <= bound, `matrix ${k} of ${a.rows}×${a.cols}: ${error} > ${bound}`);
    assert.ok(orthonormalityError(part(u, k), "columns") <= bound, `U of matrix ${k} of ${a.rows}×${a.cols}`);
    assert.ok(orthonormalityError(part(vt, k), "rows") <= bound, `V of matrix ${k} of ${a.rows}×${a.cols}`);
  }
}

const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`svdBatched ${type} on ${name}: square, tall and wide, of full and of lower rank in one batch within 8(m + n)u, the same bits on every build`, () => {
      for (const [m, n] of [
        [1, 1],
        [1, 5],
        [4, 1],
        [3, 3],
        [8, 5],
        [5, 8],
        [16, 16],
        [33, 6],
      ] as const) {
        const r = Math.min(m, n);
        const a = batchOf(type, m, n, [
          ...Array.from({ length: 19 }, (_, k) => normals(type, m, n, k)),
          build(type, m, n, () => 0),
          build(type, m, n, () => 1),
          build(type, m, n, (i, j) => (i === j && i % 2 === 0 ? i + 1 : 0)),
          withSpectrum(
            type,
            m,
            n,
            Array.from({ length: r }, (_, i) => 10 ** -i),
            1,
          ),
          withSpectrum(
            type,
            m,
            n,
            Array.from({ length: r }, () => 2),
            1,
          ),
        ]);
        const result = svdBatched(engine, a);
        assert.deepEqual([result.u.rows, result.u.cols, result.vt.rows, result.vt.cols], [m, r, r, n]);
        check(a, result);
        same(svdBatched(engine, a, { vectors: "none" }).s, result.s, "values alone");
        if (!isDeterministic(name)) continue;
        const bits = floatsOf(type, [...result.s, ...result.u.data, ...result.vt.data]);
        const key = `${type} ${m} ${n}`;
        same(bits, first.get(key) ?? first.set(key, bits).get(key)!, `${key}: bits of the first build`);
      }
      assert.equal(engine.live(), 0);
    });
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

for (const type of floatTypes) {
  const u = unit[type];
  test(`svdBatched ${type}: values within 8n·u·σ₁ of 31 digits; rows graded over ${type === "f32" ? "2¹⁴" : "2³⁰"} within 100n·u·max(σᵢ, u·σ₁)`, () => {
    const n = 9;
    const plain = Array.from({ length: 5 }, (_, k) => normals(type, n, n, k));
    const scaled = Array.from({ length: 5 }, (_, k) => graded(type, n, type === "f32" ? -14 : -30, "columns", k + 1));
    const { s } = svdBatched(engine, batchOf(type, n, n, [...plain, ...scaled]));
    [...plain, ...scaled].forEach((a, k) => {
      const want = referenceSingularValues(n, n, k < 5 ? a.data : transposed(transposed(a)).data);
      want.forEach((x, i) => {
        const bound = k < 5 ? 8 * n * u * want[0]! : 100 * n * u * Math.max(x, u * want[0]!);
        assert.ok(Math.abs(s[k * n + i]! - x) <= bound, `matrix ${k}, value ${i}: ${s[k * n + i]}, ${x}`);
      });
    });
  });

  test(`svdBatched ${type}: matrices of every size in one batch, nothing of nothing, and what is refused`, () => {
    const power = type === "f32" ? 120 : 500;
    const a = batchOf(
      type,
      4,
      6,
      [-power, 0, power].map((e, k) => ({
        data: floatsOf(
          type,
          Array.from(normals(type, 4, 6, k).data, (x) => x * 2 ** e),
        ),
      })),
    );
    check(a, svdBatched(engine, a));
    const empty = svdBatched(engine, { count: 2, rows: 0, cols: 3, data: floatsOf(type, 0) });
    assert.deepEqual([empty.s.length, empty.u.data.length, empty.vt.cols], [0, 0, 3]);
    const bad = { ...a, data: a.data.slice() };
    bad.data[24 + 7] = Number.POSITIVE_INFINITY;
    assert.throws(() => svdBatched(engine, bad), {
      code: "FORMAT",
      message: /svdBatched: element \(1, 1\) of matrix 1 of A is Infinity/,
    });
    assert.throws(() => svdBatched(engine, { ...a, data: a.data.slice().fill(largest[type]) }), {
      code: "DTYPE",
      message: /singular value is beyond/,
    });
    const slow = batchOf(type, 4, 4, [graded(type, 4, -18, "both", 1)]);
    assert.throws(() => svdBatched(engine, slow, { maxSweeps: 1 }), {
      code: "NO_CONVERGENCE",
      message: /matrices 0 to 0 was not done after 1 sweeps; raise maxSweeps/,
    });
    assert.throws(() => svdBatched(engine, a, { vectors: "full" as "thin" }), {
      code: "USAGE",
      message: /vectors is "full", one of thin, none/,
    });
    assert.equal(engine.live(), 0);
  });
}
