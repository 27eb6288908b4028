import assert from "node:assert/strict";
import { test } from "node:test";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import { cholesky } from "../../../ts-wrapper/linalg/cholesky.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { floatTypes, largest, unit } from "../../support/floats.ts";
import { build, graded, hilbert, normals, symmetric, times } from "../../support/matrices.ts";

/** L·Lᵀ in float64 within γₙ₊₂|L||Lᵀ| of A's lower triangle, and zeros above it: one more for the last term of a block taken off. */
function check(a: Matrix, l: Matrix, what: string): void {
  const n = a.rows;
  const u = a.data instanceof Float32Array ? unit.f32 : unit.f64;
  const product = new Float64Array(n * n);
  const want = new Float64Array(n * n);
  const bound = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (j > i) {
        product[i * n + j] = l.data[i * n + j]!;
        continue;
      }
      let sum = 0;
      let size = 0;
      for (let k = 0; k <= j; k++) {
        sum += l.data[i * n + k]! * l.data[j * n + k]!;
        size += Math.abs(l.data[i * n + k]! * l.data[j * n + k]!);
      }
      want[i * n + j] = a.data[i * n + j]!;
      product[i * n + j] = sum;
      bound[i * n + j] = 2 * gamma(n + 2, u) * size;
    }
  }
  within(product, want, bound, what);
}

/** G·Gᵀ + shift in float64, rounded. */
function gram(type: "f32" | "f64", n: number, shift: number, g: ArrayLike<number> = normals("f64", n, n, n + 1).data): Matrix {
  return build(type, n, n, (i, j) => {
    let sum = i === j ? shift : 0;
    for (let k = 0; k < n; k++) sum += g[Math.max(i, j) * n + k]! * g[Math.min(i, j) * n + k]!;
    return sum;
  });
}

const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`cholesky ${type} on ${name}: A within γ|L||Lᵀ| of L·Lᵀ, zeros above, the same bits as on the first build; the upper triangle is not read`, () => {
      for (const n of [0, 1, 2, 3, 5, 17, 64, 65, 130, 200]) {
        const a = gram(type, n, 1);
        const l = cholesky(engine, a);
        check(a, l, `${n}`);
        const lower = build(type, n, n, (i, j) => (j > i ? Number.NaN : a.data[i * n + j]!));
        same(cholesky(engine, lower).data, l.data, `${n}, NaN above`);
        const key = `${type} ${n}`;
        if (isDeterministic(name)) same(l.data, first.get(key) ?? first.set(key, l.data).get(key)!, `${key} on ${name}`);
      }
    });

    test(`cholesky ${type} on ${name}: graded, nearly singular, Hilbert's, huge and tiny matrices within the same bound`, () => {
      const n = 90;
      check(gram(type, n, 2 ** -20, graded("f64", n, -30, "rows", 5).data), cholesky(engine, gram(type, n, 2 ** -20, graded("f64", n, -30, "rows", 5).data)), "graded"); // biome-ignore format: one line
      const close = symmetric(
        type,
        Array.from({ length: 70 }, (_, i) => (i === 69 ? 200 * 70 * unit[type] : 1 + i)),
        3,
      );
      check(close, cholesky(engine, close), "nearly singular");
      const order = type === "f32" ? 4 : 10;
      check(hilbert(type, order), cholesky(engine, hilbert(type, order)), "Hilbert");
      const a = gram(type, 20, 1);
      for (const factor of [largest[type] / 2 ** 12, 2 ** (type === "f32" ? -100 : -900)]) {
        check(times(a, factor), cholesky(engine, times(a, factor)), `times ${factor}`);
      }
    });
  }
}

const { engine } = builds[0]!;

test("cholesky names the pivot that is not positive, in every block, and the element that is not finite", () => {
  for (const at of [0, 5, 63, 64, 129]) {
    const a = build("f64", 130, 130, (i, j) => (i === j ? (i === at ? -1 : 2) : 0));
    assert.throws(() => cholesky(engine, a), {
      code: "NOT_POSITIVE_DEFINITE",
      message: new RegExp(`^cholesky: pivot ${at} of A is not positive`),
    });
  }
  assert.throws(() => cholesky(engine, symmetric("f64", [3, 2, 1, -1], 2)), { code: "NOT_POSITIVE_DEFINITE" });
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    for (const [i, j] of [
      [70, 70],
      [90, 3],
    ] as const) {
      const a = gram("f64", 100, 1);
      a.data[i * 100 + j] = bad;
      const message = new RegExp(`^cholesky: element \\(${i}, ${j}\\) of A is ${bad}`);
      assert.throws(() => cholesky(engine, a), { code: "FORMAT", message });
    }
  }
  assert.throws(() => cholesky(engine, normals("f32", 3, 4, 1)), {
    code: "SHAPE",
    message: "cholesky: A is 3×4, a square matrix was needed",
  });
  assert.equal(engine.live(), 0);
});
