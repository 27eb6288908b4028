import assert from "node:assert/strict";
import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import { type Lu, lu } from "../../../ts-wrapper/linalg/lu.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { floatTypes, largest, unit } from "../../support/floats.ts";
import { build, graded, hilbert, normals, times, wilkinson, withSpectrum } from "../../support/matrices.ts";

/** L·U in float64 within γ|L||U| of P·A, γ = (min(m, n) + 1)u; L unit lower with no element above 1, U upper, p a permutation. */
function check(a: Matrix, { l, u, p }: Lu, what: string): void {
  const { rows: m, cols: n } = a;
  const k = Math.min(m, n);
  assert.deepEqual([l.rows, l.cols, u.rows, u.cols], [m, k, k, n]);
  assert.deepEqual(
    Array.from(p).sort((x, y) => x - y),
    Array.from({ length: m }, (_, i) => i),
  );
  l.data.forEach((x, at) => {
    const [i, j] = [Math.floor(at / k), at % k];
    assert.ok(j > i ? x === 0 : j === i ? x === 1 : Math.abs(x) <= 1, `${what}: l at (${i}, ${j}) is ${x}`);
  });
  u.data.forEach((x, at) => {
    assert.ok(at % n >= Math.floor(at / n) || x === 0, `${what}: u below the diagonal`);
  });
  const factor = 2 * gamma(k + 1, a.data instanceof Float32Array ? unit.f32 : unit.f64);
  const product = new Float64Array(m * n);
  const bound = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let q = 0; q < k; q++) {
      const x = l.data[i * k + q]!;
      for (let j = q; j < n; j++) {
        product[i * n + j]! += x * u.data[q * n + j]!;
        bound[i * n + j]! += factor * Math.abs(x * u.data[q * n + j]!);
      }
    }
  }
  const want = Float64Array.from({ length: m * n }, (_, at) => a.data[p[Math.floor(at / n)]! * n + (at % n)]!);
  within(product, want, bound, what);
}

const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`lu ${type} on ${name}: P·A within γ|L||U| of L·U for tall, wide and square matrices, the same bits as on the first build`, () => {
      for (const [m, n] of [
        [0, 0],
        [0, 3],
        [3, 0],
        [1, 1],
        [2, 3],
        [17, 5],
        [64, 64],
        [65, 65],
        [130, 200],
        [200, 130],
        [150, 150],
      ] as const) {
        const a = normals(type, m, n, m + n);
        const got = lu(engine, a);
        assert.equal(got.info, 0);
        check(a, got, `${m}×${n}`);
        const key = `${type} ${m}×${n}`;
        if (!isDeterministic(name)) continue;
        for (const [part, data] of [
          ["l", got.l.data],
          ["u", got.u.data],
        ] as const) {
          // biome-ignore format: a table
          same(data, first.get(key + part) ?? first.set(key + part, data).get(key + part)!, `${part} of ${key} on ${name}`);
        }
      }
    });

    test(`lu ${type} on ${name}: graded, nearly singular, Hilbert's, Wilkinson's, huge and tiny matrices within the same bound`, () => {
      const spectrum = Array.from({ length: 70 }, (_, i) => (i === 69 ? unit[type] : 1 + i));
      for (const [what, a] of Object.entries({
        "graded rows": graded(type, 90, -60, "rows", 1),
        "graded columns": graded(type, 90, -60, "columns", 2),
        "nearly singular": withSpectrum(type, 70, 70, spectrum, 3),
        Hilbert: hilbert(type, 20),
        Wilkinson: wilkinson(type, 70),
        huge: times(normals(type, 30, 30, 4), largest[type] / 2 ** 8),
        tiny: times(normals(type, 30, 30, 4), 2 ** (type === "f32" ? -100 : -1000)),
      })) {
        check(a, lu(engine, a), what);
      }
      assert.equal(lu(engine, wilkinson(type, 70)).u.data[70 * 70 - 1], 2 ** 69);
    });

    test(`lu ${type} on ${name}: a singular matrix is factored, and info counts to its first zero pivot`, () => {
      for (const at of [0, 3, 64, 99]) {
        const a = build(type, 100, 100, (i, j) => (j === at ? 0 : i === j ? 2 : i > j ? 1 / (i + j) : 0.25));
        const got = lu(engine, a);
        assert.equal(got.info, at + 1);
        check(a, got, `column ${at} is zero`);
      }
      const zero = lu(
        engine,
        build(type, 5, 5, () => 0),
      );
      assert.equal(zero.info, 1);
      assert.ok(zero.u.data.every((x) => x === 0));
    });
  }
}

const { engine } = builds[0]!;

test("lu refuses what is not finite and names it, and results beyond the type", () => {
  const a = normals("f32", 9, 7, 1);
  a.data[3 * 7 + 2] = Number.NaN;
  assert.throws(() => lu(engine, a), { code: "FORMAT", message: /^lu: element \(3, 2\) of A is NaN/ });
  assert.throws(() => lu(engine, times(wilkinson("f32", 70), 2 ** 100)), {
    code: "DTYPE",
    message: "lu: U is beyond the range of float32; scale the matrix down",
  });
  assert.throws(() => lu(engine, { ...a, rows: 10 }), { code: "SHAPE" });
  assert.equal(engine.live(), 0);
});
