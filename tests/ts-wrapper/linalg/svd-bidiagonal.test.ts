import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Floats } from "../../../ts-wrapper/engine/engine.ts";
import { copyMatrixIn, copyMatrixOut, type Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { type Svd, svd } from "../../../ts-wrapper/linalg/svd.ts";
import { svdBidiagonal } from "../../../ts-wrapper/linalg/svd-bidiagonal.ts";
import { longPeaks } from "../../../ts-wrapper/linalg/svd-jacobi.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { fixture } from "../../support/fixtures.ts";
import { floatsOf, floatTypes, largest, unit } from "../../support/floats.ts";
import {
  build,
  graded,
  hilbert,
  kahan,
  normals,
  orthonormalityError,
  reconstructionError,
  times,
  transposed,
  typeOf,
  withSpectrum,
} from "../../support/matrices.ts";
import { referenceSingularValues } from "../../support/reference-svd.ts";

const method = "bidiagonal";
const tolerance = (a: Matrix): number => 16 * Math.sqrt(Math.max(a.rows, a.cols, 1)) * unit[typeOf(a.data)];

/** ‖A − U·S·Vᵀ‖ ≤ bound·‖A‖, U and V orthonormal to it, s descending and not negative; bound = 16√max(m, n)·u. */
function check(a: Matrix, { u, s, vt }: Svd, bound = tolerance(a)): void {
  assert.ok(reconstructionError(a, u, s, vt) <= bound, `reconstruction ${reconstructionError(a, u, s, vt)} > ${bound}`);
  assert.ok(orthonormalityError(u, "columns") <= bound, `U ${orthonormalityError(u, "columns")} > ${bound}`);
  assert.ok(orthonormalityError(vt, "rows") <= bound, `V ${orthonormalityError(vt, "rows")} > ${bound}`);
  assert.ok(
    s.every((x, i) => x >= 0 && (i === 0 || x <= s[i - 1]!)),
    "s descends",
  );
}

/** The largest |sᵢ − wantᵢ|/want₀. */
function absoluteError(s: Floats, want: ArrayLike<number>): number {
  return Array.from(want).reduce((most, w, i) => Math.max(most, Math.abs(s[i]! - w)), 0) / (want[0]! || 1);
}

const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`svd ${type} by bidiagonal on ${name}: shapes from 1×1 to 90×70, thin, full and values alone, within 16√max(m, n)·u; first build's bits`, () => {
      for (const [m, n] of [
        [1, 1],
        [1, 7],
        [7, 1],
        [2, 2],
        [3, 5],
        [33, 33],
        [40, 12],
        [12, 40],
        [90, 70],
      ] as const) {
        const a = normals(type, m, n, m * 41 + n);
        const thin = svd(engine, a, { method });
        const k = Math.min(m, n);
        assert.deepEqual([thin.u.rows, thin.u.cols, thin.s.length, thin.vt.rows, thin.vt.cols], [m, k, k, k, n]);
        check(a, thin);
        if (k < 20) assert.ok(absoluteError(thin.s, referenceSingularValues(m, n, a.data)) <= tolerance(a), `${m}×${n}`);
        const full = svd(engine, a, { method, vectors: "full" });
        assert.deepEqual([full.u.rows, full.u.cols, full.vt.rows, full.vt.cols], [m, m, n, n]);
        check(a, full);
        same(full.s, thin.s, "s of full");
        const none = svd(engine, a, { method, vectors: "none" });
        assert.ok(absoluteError(none.s, thin.s) <= 2 * tolerance(a), `none: ${absoluteError(none.s, thin.s)}`);
        if (!isDeterministic(name)) continue;
        const key = `${type} ${m} ${n}`;
        const bits = floatsOf(type, [...full.u.data, ...full.s, ...full.vt.data, ...none.s, ...thin.u.data]);
        same(bits, first.get(key) ?? first.set(key, bits).get(key)!, `${key}: bits of the first build`);
      }
      assert.equal(engine.live(), 0);
    });

    test(`svdBidiagonal ${type} on ${name}: a matrix whose rows lie apart, vectors left in the engine's memory, values not rounded to the type`, () => {
      engine.scope((s) => {
        const a = normals(type, 9, 6, 3);
        const wide = build(type, 9, 8, (i, j) => (j < 6 ? a.data[i * 6 + j]! : Number.NaN));
        const placed = { ...copyMatrixIn(engine, s, wide), cols: 6 };
        const result = svdBidiagonal(engine, s, type, "test", placed, longPeaks(engine, s, type, placed), "thin");
        const [u, vt] = [copyMatrixOut(s, result.u!, type), copyMatrixOut(s, result.vt!, type)];
        assert.ok(reconstructionError(a, u, result.s, vt) <= tolerance(a));
        assert.ok(type === "f64" || result.s.some((x) => Math.fround(x) !== x));
      });
      assert.equal(engine.live(), 0);
    });
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

for (const type of floatTypes) {
  const n = 70;
  const spectra: Record<string, (i: number) => number> = {
    geometric: (i) => 2 ** (-i / 3),
    clustered: (i) => (i < n / 2 ? 1 + (n - i) * unit[type] : 2 ** -10),
    "one large": (i) => (i === 0 ? 1 : 2 ** -15),
    "one small": (i) => (i < n - 1 ? 1 : 2 ** -15),
    arithmetic: (i) => 1 - i / n,
    equal: () => 3,
  };
  for (const [name, spectrum] of Object.entries(spectra)) {
    test(`svd ${type} by bidiagonal: ${name} spectrum of ${n} in square, tall and wide shapes, values within 16√max(m, n)·u·σ₁`, () => {
      const values = Array.from({ length: n }, (_, i) => spectrum(i));
      for (const [rows, cols] of [
        [n, n],
        [2 * n + 1, n],
        [n, n + 9],
      ] as const) {
        const a = withSpectrum(type, rows, cols, values, 9);
        const result = svd(engine, a, { method });
        assert.ok(absoluteError(result.s, values) <= tolerance(a), `${rows}×${cols}: ${absoluteError(result.s, values)}`);
        check(a, result);
      }
    });
  }

  const difficult: Record<string, Matrix> = {
    Hilbert: hilbert(type, n),
    Kahan: kahan(type, n),
    Läuchli: build(type, n + 1, n, (i, j) => (i === 0 ? 1 : i - 1 === j ? 1e-6 : 0)),
    Vandermonde: build(type, n, 50, (i, j) => (i / (n - 1)) ** j),
    "graded by rows": graded(type, n, -60, "rows", 2),
    "graded by both": graded(type, n, -60, "both", 2),
    "bidiagonal with tiny elements": build(type, n, n, (i, j) => (i === j ? 1 : j === i + 1 ? 1e-12 : 0)),
    identity: build(type, n, n, (i, j) => Number(i === j)),
    constant: build(type, n, 60, () => 0.1),
    "one row": build(type, n, 60, (i, j) => (i === 3 ? j : 0)),
    "rank 3": withSpectrum(type, 120, n, [4, 2, 1], 5),
  };
  for (const [name, a] of Object.entries(difficult)) {
    test(`svd ${type} by bidiagonal: ${name}, thin and full and transposed, within 16√max(m, n)·u`, () => {
      check(a, svd(engine, a, { method }));
      check(a, svd(engine, a, { method, vectors: "full" }));
      check(transposed(a), svd(engine, transposed(a), { method, vectors: "full" }));
    });
  }

  test(`svd ${type} by bidiagonal: zero and empty matrices have orthonormal vectors`, () => {
    for (const [rows, cols] of [
      [50, 40],
      [40, 90],
      [0, 3],
      [3, 0],
      [0, 0],
    ] as const) {
      const zero = build(type, rows, cols, () => 0);
      const { u, s, vt } = svd(engine, zero, { method, vectors: "full" });
      assert.deepEqual([u.rows, u.cols, s.length, vt.rows, vt.cols], [rows, rows, Math.min(rows, cols), cols, cols]);
      assert.ok(s.every((x) => x === 0));
      assert.ok(orthonormalityError(u, "columns") === 0 && orthonormalityError(vt, "rows") === 0);
      assert.ok(svd(engine, zero, { method, vectors: "none" }).s.every((x) => x === 0));
    }
  });

  test(`svd ${type} by bidiagonal: times any power of two the type can hold, s is multiplied and the vectors keep their bits`, () => {
    for (const [rows, cols] of [
      [45, 45],
      [90, 35],
      [35, 40],
    ] as const) {
      const a = normals(type, rows, cols, 6);
      const { u, s, vt } = svd(engine, a, { method });
      for (const power of type === "f32" ? [2, 2 ** 118, 2 ** -110] : [2, 2 ** 1010, 2 ** -995]) {
        const scaled = svd(engine, times(a, power), { method });
        same(
          scaled.s,
          Array.from(s, (x) => x * power),
          `s · ${power}`,
        );
        same(scaled.u.data, u.data, `u · ${power}`);
        same(scaled.vt.data, vt.data, `vt · ${power}`);
      }
    }
  });

  test(`svd ${type} by bidiagonal: elements of 10^±${type === "f32" ? 36 : 300}, relative error of σ₁ below 10n·u`, () => {
    const size = type === "f32" ? 1e36 : 1e300;
    for (const factor of [size, 1 / size]) {
      const a = build(type, 40, 40, () => factor);
      const { s } = svd(engine, a, { method });
      assert.ok(Math.abs(s[0]! / (40 * a.data[0]!) - 1) <= 400 * unit[type]);
    }
    const message = new RegExp(`^svd: the largest singular value is beyond the range of float${type === "f32" ? 32 : 64}`);
    assert.throws(
      () =>
        svd(
          engine,
          build(type, 3, 3, () => largest[type]),
          { method },
        ),
      { code: "DTYPE", message },
    );
    const bad = build(type, 40, 50, (i, j) => (i === 7 && j === 9 ? Number.NaN : 1));
    assert.throws(() => svd(engine, bad, { method }), { code: "FORMAT", message: /^svd: element \(7, 9\) of A is NaN/ });
    assert.equal(engine.live(), 0);
  });

  test(`svd ${type} by bidiagonal: the transpose of a tall or wide matrix exchanges u and vt, bit for bit`, () => {
    for (const [rows, cols] of [
      [50, 40],
      [90, 34],
      [1, 6],
    ] as const) {
      const a = normals(type, rows, cols, 8);
      const [one, other] = [svd(engine, a, { method }), svd(engine, transposed(a), { method })];
      same(other.s, one.s, "s");
      same(transposed(other.u).data, one.vt.data, "u of the transpose");
      same(transposed(other.vt).data, one.u.data, "vt of the transpose");
    }
  });

  test(`svd ${type} by bidiagonal: small matrices of few different values, with gaps, zeros and ties, within 48√max(m, n)·u`, () => {
    const matrix = fc
      .record({ rows: fc.integer({ min: 1, max: 9 }), cols: fc.integer({ min: 1, max: 9 }), gap: fc.integer({ min: 0, max: 2 }) })
      .chain(({ rows, cols, gap }) => {
        const element = fc.constantFrom(0, 0, 1, -1, 2, 1e-9, 0.1, 1e9);
        const length = (rows - 1) * (cols + gap) + cols;
        return fc
          .array(element, { minLength: length, maxLength: length })
          .map((x) => ({ rows, cols, stride: cols + gap, data: floatsOf(type, x) }));
      });
    fc.assert(
      fc.property(matrix, (a) => {
        const dense = build(type, a.rows, a.cols, (i, j) => a.data[i * a.stride + j]!);
        check(dense, svd(engine, a, { method, vectors: "full" }) as Svd, 3 * tolerance(dense));
      }),
      { numRuns: 150, seed: 20 },
    );
  });

  test(`svd ${type} by bidiagonal: Weyl, Eckart and Young, and permuted rows, on 30 random matrices of up to 60×60`, () => {
    const size = fc.integer({ min: 30, max: 60 });
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 1000 }), (rows, cols, seed) => {
        const a = normals(type, rows, cols, seed);
        const change = times(normals(type, rows, cols, seed + 1), 2 ** -6);
        const sum = build(type, rows, cols, (i, j) => a.data[i * cols + j]! + change.data[i * cols + j]!);
        const { u, s, vt } = svd(engine, a, { method });
        const slack = 4 * tolerance(a) * s[0]!;
        // Weyl: no singular value moves by more than the change's norm.
        const most = svd(engine, change, { method }).s[0]! + slack;
        svd(engine, sum, { method }).s.forEach((x, i) => {
          assert.ok(Math.abs(x - s[i]!) <= most, `value ${i} moved by ${Math.abs(x - s[i]!)} of ${most}`);
        });
        // Eckart and Young: what r triplets leave has the norm of the values left out.
        const r = 7;
        const rest = build("f64", rows, cols, (i, j) => {
          let x = a.data[i * cols + j]!;
          for (let k = 0; k < r; k++) x -= u.data[i * s.length + k]! * s[k]! * vt.data[k * cols + j]!;
          return x;
        });
        const left = Math.hypot(...rest.data);
        assert.ok(Math.abs(left - Math.hypot(...s.subarray(r))) <= slack * Math.sqrt(s.length), "what is left");
        const turned = build(type, rows, cols, (i, j) => a.data[((i + 5) % rows) * cols + j]!);
        assert.ok(absoluteError(svd(engine, turned, { method }).s, s) <= 2 * tolerance(a), "permuted");
      }),
      { numRuns: 30, seed: 3 },
    );
  });
}

test("svd by bidiagonal of trained weights, tall, wide and square: float64 within 16√n·u·σ₁ of numpy's values, float32 of its own unit", async () => {
  const want = JSON.parse(new TextDecoder().decode(await fixture("linalg/weights.json"))) as Record<string, number[]>;
  const file = await fixture("kjv-llama/base/model.safetensors");
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Record<
    string,
    { shape: [number, number]; data_offsets: [number, number] }
  >;
  for (const [name, values] of Object.entries(want)) {
    const { shape, data_offsets } = header[name]!;
    const bits = new Uint16Array(file.slice(8 + length + data_offsets[0], 8 + length + data_offsets[1]).buffer);
    const single = new Float32Array(Uint32Array.from(bits, (x) => x << 16).buffer);
    for (const type of floatTypes) {
      const a: Matrix = { rows: shape[0], cols: shape[1], data: floatsOf(type, single) };
      const result = svd(engine, a, { method });
      assert.ok(absoluteError(result.s, values) <= tolerance(a), `${name} ${type}: ${absoluteError(result.s, values)}`);
      check(a, result);
      assert.ok(absoluteError(svd(engine, a, { method, vectors: "none" }).s, values) <= 2 * tolerance(a));
    }
  }
});
