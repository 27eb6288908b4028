import assert from "node:assert/strict";
import { test } from "node:test";
import type { FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import type { MatrixBatch } from "../../../ts-wrapper/linalg/batch.ts";
import { type EighBatchedOptions, eighBatched } from "../../../ts-wrapper/linalg/eigh-batched.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { floatsOf, floatTypes, largest, unit } from "../../support/floats.ts";
import { build, orthonormalityError, typeOf } from "../../support/matrices.ts";
import { eigenError, isAscending, symmetric, withEigenvalues } from "../../support/symmetric.ts";

const batchOf = (type: FloatDtype, n: number, matrices: readonly { data: Floats }[]): MatrixBatch => ({
  count: matrices.length,
  rows: n,
  cols: n,
  data: floatsOf(
    type,
    matrices.flatMap((m) => [...m.data]),
  ),
});

/** Each matrix: A·V − V·Λ and VᵀV − I within 8n·u. */
function check(a: MatrixBatch, { w, v }: { w: Floats; v: MatrixBatch }): void {
  const n = a.rows;
  const type = typeOf(a.data);
  for (let k = 0; k < a.count; k++) {
    const part = (b: MatrixBatch) => build(type, n, n, (i, j) => b.data[(k * n + i) * n + j]!);
    const values = w.subarray(k * n, (k + 1) * n);
    const bound = 8 * n * unit[type];
    assert.ok(isAscending(values));
    assert.ok(
      eigenError(part(a), values, part(v)) <= bound,
      `matrix ${k}: ${eigenError(part(a), values, part(v)) / unit[type]} u`,
    );
    assert.ok(orthonormalityError(part(v), "columns") <= bound, `matrix ${k}: V`);
  }
}

const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`eighBatched ${type} on ${name}: random, diagonal, equal, clustered and graded matrices in one batch within 8n·u, the same bits on every build`, () => {
      for (const n of [1, 2, 3, 8, 16, 33]) {
        const matrices = [
          ...Array.from({ length: 37 }, (_, k) => symmetric(type, n, k)),
          build(type, n, n, () => 0),
          build(type, n, n, (i, j) => (i === j ? -i : 0)),
          build(type, n, n, () => 1),
          withEigenvalues(
            type,
            Array.from({ length: n }, (_, i) => (i % 2 ? 1 : -1)),
            1,
          ),
          withEigenvalues(
            type,
            Array.from({ length: n }, (_, i) => (i === 0 ? 1 : 1e-6)),
            1,
          ),
          build(type, n, n, (i, j) => 2 ** (-2 * (i + j)) * (i === j ? 2 : 1)),
          build(type, n, n, (i, j) => 2 ** (-2 * (2 * n - i - j)) * (i === j ? 2 : 1)),
        ];
        const a = batchOf(type, n, matrices);
        const result = eighBatched(engine, a);
        check(a, result);
        same(eighBatched(engine, a, { vectors: "none" }).w, result.w, "values alone");
        if (!isDeterministic(name)) continue;
        const bits = floatsOf(type, [...result.w, ...result.v.data]);
        same(bits, first.get(`${type} ${n}`) ?? first.set(`${type} ${n}`, bits).get(`${type} ${n}`)!, "bits of the first build");
      }
      assert.equal(engine.live(), 0);
    });
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

for (const type of floatTypes) {
  test(`eighBatched ${type}: matrices of every size in one batch, each to 8n·u of its own norm; nothing of nothing`, () => {
    const power = type === "f32" ? 120 : 500;
    const scaled = [-power, -10, 0, 7, power].map((e, k) => {
      const a = symmetric(type, 6, k);
      return {
        data: floatsOf(
          type,
          Array.from(a.data, (x) => x * 2 ** e),
        ),
      };
    });
    const a = batchOf(type, 6, scaled);
    check(a, eighBatched(engine, a));
    for (const [count, n] of [
      [0, 4],
      [3, 0],
    ] as const) {
      const { w, v } = eighBatched(engine, { count, rows: n, cols: n, data: floatsOf(type, 0) });
      assert.deepEqual([w.length, v.data.length, v.count, v.rows], [0, 0, count, n]);
    }
  });

  test(`eighBatched ${type}: uplo says which triangle is read; NaN in it is refused with its matrix, in the other it is not seen`, () => {
    const n = 3;
    const a = batchOf(
      type,
      n,
      [0, 1, 2, 3, 4].map((k) => symmetric(type, n, k)),
    );
    const want = eighBatched(engine, a);
    const data = a.data.map((x, at) => (at % n <= Math.floor(at / n) % n ? x : Number.NaN));
    same(eighBatched(engine, { ...a, data }).v.data, want.v.data, "lower");
    const bad = { ...a, data: a.data.slice() };
    bad.data[4 * 9 + 1] = Number.NaN;
    eighBatched(engine, bad);
    assert.throws(() => eighBatched(engine, bad, { uplo: "U" }), {
      code: "FORMAT",
      message: /eighBatched: element \(0, 1\) of matrix 4 of A is NaN/,
    });
    assert.throws(() => eighBatched(engine, { ...a, data: a.data.slice().fill(largest[type]) }), {
      code: "DTYPE",
      message: /beyond the range/,
    });
  });
}

test("eighBatched refuses matrices that are not square and unknown words", () => {
  const data = new Float32Array(12);
  assert.throws(() => eighBatched(engine, { count: 2, rows: 2, cols: 3, data }), {
    code: "SHAPE",
    message: /2×3, square ones were needed/,
  });
  const wrong = { vectors: "thin" } as unknown as EighBatchedOptions & { vectors: "none" };
  assert.throws(() => eighBatched(engine, { count: 3, rows: 2, cols: 2, data }, wrong), {
    code: "USAGE",
    message: /vectors is "thin"/,
  });
});
