import assert from "node:assert/strict";
import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { qr } from "../../../ts-wrapper/linalg/qr.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { floatsOf, floatTypes, largest, unit } from "../../support/floats.ts";
import { build, graded, normals, orthonormalityError, times, withSpectrum } from "../../support/matrices.ts";

/** The largest ‖(A − Q·R)ⱼ‖/‖Aⱼ‖ over the columns. */
function columnError(a: Matrix, q: Matrix, r: Matrix): number {
  let most = 0;
  for (let j = 0; j < a.cols; j++) {
    const column = Array.from({ length: a.rows }, (_, i) => a.data[i * a.cols + j]!);
    const rest = column.map((x, i) =>
      Array.from({ length: r.rows }, (_, k) => q.data[i * q.cols + k]! * r.data[k * r.cols + j]!).reduce((s, t) => s - t, x),
    );
    most = Math.max(most, Math.hypot(...rest) / (Math.hypot(...column) || 1));
  }
  return most;
}

const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [m, n] of [
      [1, 1],
      [1, 6],
      [6, 1],
      [8, 8],
      [40, 17],
      [17, 40],
      [0, 3],
      [3, 0],
    ] as const) {
      test(`qr ${type} ${m}×${n} on ${name}: each column within 4·max(m, n)·u, Q orthonormal to it, zeros below R's diagonal, first build's bits`, () => {
        const a = normals(type, m, n, m * 50 + n);
        const { q, r } = qr(engine, a);
        const bound = 4 * Math.max(m, n) * unit[type];
        assert.deepEqual([q.rows, q.cols, r.rows, r.cols], [m, Math.min(m, n), Math.min(m, n), n]);
        assert.ok(columnError(a, q, r) <= bound, `columns ${columnError(a, q, r)}`);
        assert.ok(orthonormalityError(q, "columns") <= bound, `Q ${orthonormalityError(q, "columns")}`);
        for (let i = 0; i < r.rows; i++) for (let j = 0; j < Math.min(i, n); j++) assert.equal(r.data[i * n + j], 0);
        const key = `${type} ${m} ${n}`;
        if (!isDeterministic(name)) return;
        const bits = floatsOf(type, [...q.data, ...r.data]);
        same(bits, first.get(key) ?? first.set(key, bits).get(key)!, `bits on ${name}`);
      });
    }
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

for (const type of floatTypes) {
  test(`qr ${type}: columns graded over ${type === "f32" ? "2⁴⁰" : "2³⁰⁰"} are each right to 4n·u of their own norm; Q stays orthonormal for rank 2`, () => {
    const a = graded(type, 20, type === "f32" ? -40 : -300, "columns", 3);
    const { q, r } = qr(engine, a);
    assert.ok(columnError(a, q, r) <= 80 * unit[type]);
    const deficient = qr(engine, withSpectrum(type, 15, 10, [2, 1], 4));
    assert.ok(orthonormalityError(deficient.q, "columns") <= 60 * unit[type]);
    assert.ok(
      orthonormalityError(
        qr(
          engine,
          build(type, 6, 4, () => 0),
        ).q,
        "columns",
      ) === 0,
    );
  });

  test(`qr ${type}: times a power of two, near either end of the type, R is multiplied and Q keeps its bits`, () => {
    const a = normals(type, 9, 6, 1);
    const { q, r } = qr(engine, a);
    for (const power of type === "f32" ? [2 ** 120, 2 ** -118] : [2 ** 1000, 2 ** -1010]) {
      const scaled = qr(engine, times(a, power));
      same(scaled.q.data, q.data, "Q");
      same(
        scaled.r.data,
        Array.from(r.data, (x) => x * power),
        "R",
      );
    }
  });

  test(`qr ${type} refuses NaN, infinity and an R beyond the type`, () => {
    const a = build(type, 3, 3, (i, j) => (i === 2 && j === 1 ? Number.NaN : 1));
    assert.throws(() => qr(engine, a), { code: "FORMAT", message: /^qr: element \(2, 1\) of A is NaN/ });
    const wide = build(type, 2, 4, (i, j) => (i === 1 && j === 3 ? Number.NEGATIVE_INFINITY : 1));
    assert.throws(() => qr(engine, wide), { code: "FORMAT", message: /^qr: element \(1, 3\) of A is -Infinity/ });
    assert.throws(
      () =>
        qr(
          engine,
          build(type, 4, 1, () => largest[type]),
        ),
      { code: "DTYPE", message: /^qr: R is beyond the range of float/ },
    );
    assert.equal(engine.live(), 0);
  });
}

test("qr reads a matrix with gaps between its rows, and refuses what is no matrix", () => {
  const gaps = { rows: 2, cols: 2, stride: 3, data: Float64Array.of(3, 1, Number.NaN, 4, 2) };
  same(qr(engine, gaps).r.data, qr(engine, { rows: 2, cols: 2, data: Float64Array.of(3, 1, 4, 2) }).r.data, "R");
  assert.throws(() => qr(engine, { rows: 2, cols: 2, data: new Float64Array(3) }), { code: "SHAPE" });
});
