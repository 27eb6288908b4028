import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import { type Eigh, type EighOptions, eigh } from "../../../ts-wrapper/linalg/eigh.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { floatsOf, floatTypes, largest, unit } from "../../support/floats.ts";
import { build, hilbert, orthonormalityError, relativeError, times, typeOf } from "../../support/matrices.ts";
import { referenceSingularValues } from "../../support/reference-svd.ts";
import {
  eigenError,
  gluedWilkinson,
  isAscending,
  laplacianEigenvalues,
  spectrumError,
  symmetric,
  tridiagonal,
  wilkinson,
  withEigenvalues,
} from "../../support/symmetric.ts";

const tolerance = (a: Matrix): number => 8 * Math.max(1, a.rows) * unit[typeOf(a.data)];

/** ‖A·V − V·diag(w)‖ ≤ bound·‖A‖, V orthonormal to it, w ascending; bound = 8n·u. */
function check(a: Matrix, { w, v }: Eigh, bound = tolerance(a)): void {
  assert.ok(eigenError(a, w, v) <= bound, `A·V − V·Λ: ${eigenError(a, w, v)} > ${bound}`);
  assert.ok(orthonormalityError(v, "columns") <= bound, `V: ${orthonormalityError(v, "columns")} > ${bound}`);
  assert.ok(isAscending(w), "w ascends");
}

const methods = ["jacobi", "tridiagonal"] as const;
const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const method of methods) {
      test(`eigh ${type}, ${method}, on ${name}: orders 0 to 100 within 8n·u, |w| within 8n·u·‖A‖ of 31 digits, the same bits on every build and number of threads`, () => {
        for (const n of [0, 1, 2, 3, 5, 12, 33, 70, ...(name === "debug" ? [] : [100])]) {
          const a = symmetric(type, n, n + 1);
          const result = eigh(engine, a, { method });
          assert.equal(result.method, method);
          assert.deepEqual([result.w.length, result.v.rows, result.v.cols, result.v.data.length], [n, n, n, n * n]);
          check(a, result);
          const { w } = eigh(engine, a, { method, vectors: "none" });
          assert.ok(spectrumError(w, result.w) <= tolerance(a), "values alone");
          if (n > 0 && n <= 12) {
            const sizes = Array.from(result.w, Math.abs).sort((x, y) => y - x);
            assert.ok(spectrumError(sizes, referenceSingularValues(n, n, a.data)) <= tolerance(a), `n = ${n}`);
          }
          if (!isDeterministic(name)) continue;
          const bits = floatsOf(type, [...result.w, ...result.v.data]);
          const key = `${type} ${method} ${n}`;
          same(bits, first.get(key) ?? first.set(key, bits).get(key)!, `${key}: bits of the first build`);
        }
        assert.equal(engine.live(), 0);
      });
    }
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

for (const type of floatTypes) {
  const u = unit[type];
  const n = 40;
  const spectra: Record<string, (i: number) => number> = {
    geometric: (i) => 2 ** (-i / 2),
    clustered: (i) => (i < n / 2 ? 1 + i * u : -(2 ** -10)),
    "one large": (i) => (i === 0 ? 1 : 2 ** -15),
    "one small": (i) => (i < n - 1 ? 1 : 2 ** -15),
    arithmetic: (i) => 1 - (2 * i) / n,
    "logarithms uniform": (i) => (i % 2 ? -1 : 1) * Math.exp(-((i * 17) % n) / 4),
    equal: () => 3,
    "plus and minus": (i) => (i % 2 ? 1 : -1),
    "rank two": (i) => (i < 2 ? i + 1 : 0),
  };
  for (const method of methods) {
    for (const [name, spectrum] of Object.entries(spectra)) {
      test(`eigh ${type}, ${method}: ${name} spectrum, each value within 8n·u·‖A‖ (Weyl), vectors within 8n·u`, () => {
        const values = Array.from({ length: n }, (_, i) => spectrum(i));
        const a = withEigenvalues(type, values, 3);
        const result = eigh(engine, a, { method });
        check(a, result);
        assert.ok(
          spectrumError(
            result.w,
            [...values].sort((x, y) => x - y),
          ) <= tolerance(a),
        );
      });
    }

    test(`eigh ${type}, ${method}: W21+, glued W21+, (−1, 2, −1) with its closed form, graded and Hilbert matrices within 8n·u`, () => {
      const w21 = wilkinson(21);
      const result = eigh(engine, tridiagonal(type, w21.d, w21.e), { method });
      check(tridiagonal(type, w21.d, w21.e), result);
      assert.ok(Math.abs(result.w[20]! - 10.746194182903393) <= 21 * 8 * u * 11);
      assert.ok(Math.abs(result.w[19]! - 10.746194182903322) <= 21 * 8 * u * 11);
      for (const glue of [u, Math.sqrt(u), 2 ** -8]) {
        const g = gluedWilkinson(21, 4, glue);
        const a = tridiagonal(type, g.d, g.e);
        check(a, eigh(engine, a, { method }));
      }
      const order = 65;
      const laplacian = tridiagonal(type, Array(order).fill(2), Array(order - 1).fill(-1));
      const found = eigh(engine, laplacian, { method });
      check(laplacian, found);
      assert.ok(spectrumError(found.w, laplacianEigenvalues(order)) <= tolerance(laplacian));
      for (const turned of [false, true]) {
        const scale = (i: number): number => 2 ** (-2 * (turned ? 34 - i : i));
        const s = symmetric("f64", 35, 1).data;
        const graded = build(type, 35, 35, (i, j) => s[i * 35 + j]! * scale(i) * scale(j));
        check(graded, eigh(engine, graded, { method }));
      }
      check(hilbert(type, 36), eigh(engine, hilbert(type, 36), { method }));
    });

    test(`eigh ${type}, ${method}: zero, diagonal and identity are exact, 0×0 and 1×1 too`, () => {
      const zero = eigh(
        engine,
        build(type, 40, 40, () => 0),
        { method },
      );
      assert.ok(zero.w.every((x) => x === 0));
      assert.equal(orthonormalityError(zero.v, "columns"), 0);
      const d = eigh(
        engine,
        build(type, 35, 35, (i, j) => (i === j ? (i * 11) % 35 : 0)),
        { method },
      );
      assert.deepEqual(
        [...d.w],
        Array.from({ length: 35 }, (_, i) => i),
      );
      assert.deepEqual(
        [
          ...eigh(
            engine,
            build(type, 1, 1, () => -3),
            { method },
          ).w,
        ],
        [-3],
      );
      assert.deepEqual(
        [
          ...eigh(
            engine,
            build(type, 1, 1, () => -3),
            { method },
          ).v.data,
        ],
        [1],
      );
    });

    test(`eigh ${type}, ${method}: times 2^±k multiplies w and changes no bit of v, from subnormal to the largest`, () => {
      const a = symmetric(type, 36, 8);
      const want = eigh(engine, a, { method });
      for (const power of type === "f32" ? [-100, 100, 120] : [-900, 900, 1015]) {
        const factor = 2 ** power;
        const got = eigh(engine, times(a, factor), { method });
        same(got.v.data, want.v.data, `v at 2^${power}`);
        same(
          got.w,
          floatsOf(
            type,
            Array.from(want.w, (x) => x * factor),
          ),
          `w at 2^${power}`,
        );
      }
      const tiny = times(a, type === "f32" ? 2 ** -130 : 2 ** -1030);
      check(tiny, eigh(engine, tiny, { method }));
    });

    test(`eigh ${type}, ${method}: one triangle is read, the other may hold NaN; a stride is honoured; the input stays as it is`, () => {
      const size = 37;
      const a = symmetric(type, size, 4);
      const want = eigh(engine, a, { method });
      const half = (keep: (i: number, j: number) => boolean): Matrix =>
        build(type, size, size, (i, j) => (keep(i, j) ? a.data[i * size + j]! : Number.NaN));
      same(
        eigh(
          engine,
          half((i, j) => i >= j),
          { method },
        ).v.data,
        want.v.data,
        "lower",
      );
      same(
        eigh(
          engine,
          half((i, j) => i <= j),
          { method, uplo: "U" },
        ).v.data,
        want.v.data,
        "upper",
      );
      const data = floatsOf(type, size * (size + 3)).fill(Number.NaN);
      for (let i = 0; i < size; i++) data.set(a.data.subarray(i * size, (i + 1) * size), i * (size + 3));
      const before = data.slice();
      same(eigh(engine, { rows: size, cols: size, stride: size + 3, data }, { method }).v.data, want.v.data, "stride");
      same(data, before, "input");
    });
  }

  test(`eigh ${type}, jacobi: D·B·D with D over ${type === "f32" ? "2²⁰" : "2⁵⁰"} keeps every eigenvalue to 100n·u of itself`, () => {
    const size = 12;
    const g = symmetric("f64", size, 2).data;
    const scale = (i: number): number => 2 ** -Math.round((((i * 5) % size) / size) * (type === "f32" ? 20 : 50));
    const a = build(type, size, size, (i, j) => (g[i * size + j]! + (i === j ? 20 : 0)) * scale(i) * scale(j));
    const w = Array.from(eigh(engine, a, { method: "jacobi" }).w).reverse();
    const error = relativeError(w, referenceSingularValues(size, size, a.data));
    assert.ok(error <= 100 * size * u, `${error / u} u`);
  });

  test(`eigh ${type}: auto takes jacobi up to 12 rows; any symmetric matrix of small integers is decomposed by both methods to 8n·u`, () => {
    assert.equal(eigh(engine, symmetric(type, 12, 1)).method, "jacobi");
    assert.equal(eigh(engine, symmetric(type, 13, 1)).method, "tridiagonal");
    const matrix = fc.integer({ min: 1, max: 40 }).chain((order) =>
      fc
        .array(fc.oneof(fc.constant(0), fc.integer({ min: -3, max: 3 })), {
          minLength: order * order,
          maxLength: order * order,
        })
        .map((x) => build(type, order, order, (i, j) => x[Math.max(i, j) * order + Math.min(i, j)]!)),
    );
    fc.assert(
      fc.property(matrix, fc.constantFrom(...methods), (a, method) => check(a, eigh(engine, a, { method }))),
      { numRuns: 100, seed: 7 },
    );
  });
}

const refused = (a: Matrix, options: EighOptions, code: string, message: RegExp): void => {
  assert.throws(() => eigh(engine, a, options as EighOptions & { vectors: "none" }), { code, message });
  assert.equal(engine.live(), 0);
};

test("eigh refuses what is not square, NaN and Inf in the triangle with the first index, unknown words, and too few sweeps with a way out", () => {
  const a = symmetric("f64", 4, 1);
  refused(
    build("f32", 2, 3, () => 0),
    {},
    "SHAPE",
    /eigh: A is 2×3, a square matrix was needed/,
  );
  for (const bad of [Number.NaN, Number.NEGATIVE_INFINITY]) {
    const b = { ...a, data: a.data.slice() };
    b.data[2 * 4 + 1] = bad;
    refused(b, {}, "FORMAT", /element \(2, 1\) of A is (NaN|-Infinity), finite/);
    eigh(engine, b, { uplo: "U" });
    const c = { ...a, data: a.data.slice() };
    c.data[1 * 4 + 3] = bad;
    refused(c, { uplo: "U" }, "FORMAT", /element \(1, 3\) of A is/);
  }
  refused(a, { vectors: "some" as "none" }, "USAGE", /vectors is "some", one of full, none/);
  refused(a, { method: "qr" as "auto" }, "USAGE", /method is "qr", one of auto, jacobi, tridiagonal/);
  refused(a, { uplo: "l" as "L" }, "USAGE", /uplo is "l", one of L, U/);
  refused(a, { maxSweeps: 0 }, "USAGE", /maxSweeps is 0/);
  refused(
    symmetric("f32", 12, 1),
    { maxSweeps: 1, method: "jacobi" },
    "NO_CONVERGENCE",
    /after 1 sweeps \d+ rotations.*raise maxSweeps or use method/,
  );
});

test("eigh compares both triangles when it is asked to, and names the first pair that differs", () => {
  const a = symmetric("f64", 5, 1);
  eigh(engine, a, { symmetryTolerance: 0 });
  const b = { ...a, data: a.data.slice() };
  b.data[3 * 5 + 1]! += 1e-6;
  eigh(engine, b);
  eigh(engine, b, { symmetryTolerance: 1e-5 });
  refused(
    b,
    { symmetryTolerance: 1e-9 },
    "FORMAT",
    /element \(3, 1\) of A is .* and \(1, 3\) is .*, a symmetric matrix was needed/,
  );
  refused(a, { symmetryTolerance: Number.NaN }, "USAGE", /symmetryTolerance is NaN/);
});

test("eigh refuses eigenvalues beyond the type", () => {
  for (const type of floatTypes) {
    for (const method of methods)
      refused(
        build(type, 40, 40, () => largest[type]),
        { method },
        "DTYPE",
        /an eigenvalue is beyond the range of float/,
      );
  }
});
