import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { type Svd, type SvdOptions, svd } from "../../../ts-wrapper/linalg/svd.ts";
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
  relativeError,
  times,
  transposed,
  withSpectrum,
} from "../../support/matrices.ts";
import { referenceSingularValues } from "../../support/reference-svd.ts";

/** ‖A − U·S·Vᵀ‖ ≤ bound·‖A‖, U and V orthonormal to it, s descending and not negative; bound = 10√max(m, n)·u. */
function check(a: Matrix, { u, s, vt }: Svd, bound = tolerance(a)): void {
  assert.ok(reconstructionError(a, u, s, vt) <= bound, `reconstruction ${reconstructionError(a, u, s, vt)} > ${bound}`);
  assert.ok(orthonormalityError(u, "columns") <= bound, `U ${orthonormalityError(u, "columns")} > ${bound}`);
  assert.ok(orthonormalityError(vt, "rows") <= bound, `V ${orthonormalityError(vt, "rows")} > ${bound}`);
  assert.ok(
    s.every((x, i) => x >= 0 && (i === 0 || x <= s[i - 1]!)),
    "s descends",
  );
}

const typeName = (a: Matrix): FloatDtype => (a.data instanceof Float32Array ? "f32" : "f64");
const tolerance = (a: Matrix): number => 10 * Math.sqrt(Math.max(a.rows, a.cols, 1)) * unit[typeName(a)];

/** The largest |sᵢ − wantᵢ|/want₀. */
function absoluteError(s: Floats, want: ArrayLike<number>): number {
  return Array.from(want).reduce((most, w, i) => Math.max(most, Math.abs(s[i]! - w)), 0) / (want[0]! || 1);
}

const shapes = [
  [1, 1],
  [1, 7],
  [7, 1],
  [2, 2],
  [3, 5],
  [9, 4],
  [16, 16],
  [40, 12],
  [12, 40],
] as const;
const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`svd ${type} on ${name}: shapes from 1×1 to 40×12, values within 10√n·u·σ₁ of 31 digits, thin, full and none agree bit for bit`, () => {
      for (const [m, n] of shapes) {
        const a = normals(type, m, n, m * 41 + n);
        const thin = svd(engine, a);
        const k = Math.min(m, n);
        assert.deepEqual([thin.u.rows, thin.u.cols, thin.s.length, thin.vt.rows, thin.vt.cols], [m, k, k, k, n]);
        check(a, thin);
        assert.ok(absoluteError(thin.s, referenceSingularValues(m, n, a.data)) <= tolerance(a), `${m}×${n}`);
        const full = svd(engine, a, { vectors: "full" });
        assert.deepEqual([full.u.rows, full.u.cols, full.vt.rows, full.vt.cols], [m, m, n, n]);
        check(a, full);
        same(full.s, thin.s, "s of full");
        for (let i = 0; i < m; i++)
          same(full.u.data.subarray(i * m, i * m + k), thin.u.data.subarray(i * k, (i + 1) * k), "u of full");
        same(full.vt.data.subarray(0, k * n), thin.vt.data, "vt of full");
        const none = svd(engine, a, { vectors: "none" });
        same(none.s, thin.s, "s of none");
        assert.deepEqual(Object.keys(none).sort(), ["method", "offNorm", "s", "sweeps"]);
        if (!isDeterministic(name)) continue;
        const key = `${type} ${m} ${n}`;
        const bits = floatsOf(type, [...full.u.data, ...full.s, ...full.vt.data]);
        same(bits, first.get(key) ?? first.set(key, bits).get(key)!, `${key}: bits of the first build`);
      }
      assert.equal(engine.live(), 0);
    });

    test(`svd ${type} by jacobi on ${name}: small singular values of D₁·B·D₂, shuffled over ${type === "f32" ? "10⁶" : "10¹²"}, within 100n·u of themselves`, () => {
      for (const sides of ["columns", "rows", "both"] as const) {
        const n = 24;
        const a = graded(type, n, type === "f32" ? -20 : -40, sides, 2);
        const result = svd(engine, a, { method: "jacobi" });
        const error = relativeError(result.s, referenceSingularValues(n, n, sides === "rows" ? transposed(a).data : a.data));
        assert.ok(error <= 100 * n * unit[type], `${sides}: ${error}`);
        check(a, result);
      }
    });
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

for (const type of floatTypes) {
  const n = 20;
  const spectra: Record<string, (i: number) => number> = {
    geometric: (i) => 2 ** -i,
    clustered: (i) => (i < n / 2 ? 1 + i * unit[type] : 2 ** -10),
    "one large": (i) => (i === 0 ? 1 : 2 ** -15),
    "one small": (i) => (i < n - 1 ? 1 : 2 ** -15),
    arithmetic: (i) => 1 - i / n,
    equal: () => 3,
  };
  for (const [name, spectrum] of Object.entries(spectra)) {
    test(`svd ${type}: ${name} spectrum in square, tall and wide shapes, values within 10√max(m, n)·u·σ₁`, () => {
      const values = Array.from({ length: n }, (_, i) => spectrum(i));
      for (const [rows, cols] of [
        [n, n],
        [2 * n + 1, n],
        [n, 2 * n + 1],
      ] as const) {
        const a = withSpectrum(type, rows, cols, values, 9);
        const result = svd(engine, a);
        assert.ok(absoluteError(result.s, values) <= tolerance(a), `${rows}×${cols}: ${absoluteError(result.s, values)}`);
        check(a, result);
      }
    });
  }

  test(`svd ${type}: Hilbert's and Kahan's matrices within 10√n·u·σ₁ of 31 digits`, () => {
    for (const a of [hilbert(type, 12), kahan(type, 24)]) {
      const result = svd(engine, a);
      assert.ok(absoluteError(result.s, referenceSingularValues(a.rows, a.cols, a.data)) <= tolerance(a));
      check(a, result);
    }
  });

  test(`svd ${type}: rank-deficient, zero, constant and empty matrices have orthonormal vectors all the same`, () => {
    for (const [rows, cols] of [
      [12, 8],
      [8, 12],
      [9, 9],
    ] as const) {
      const a = withSpectrum(type, rows, cols, [4, 2, 1], 5);
      const result = svd(engine, a, { vectors: "full" });
      check(a, result);
      assert.ok(absoluteError(result.s, [4, 2, 1, 0, 0, 0, 0, 0]) <= tolerance(a));
      const zero = svd(
        engine,
        build(type, rows, cols, () => 0),
        { vectors: "full" },
      );
      assert.ok(
        zero.s.every((x) => x === 0) &&
          orthonormalityError(zero.u, "columns") === 0 &&
          orthonormalityError(zero.vt, "rows") === 0,
      );
      const constant = build(type, rows, cols, () => 0.1);
      check(constant, svd(engine, constant, { vectors: "full" }));
      const oneRow = build(type, rows, cols, (i, j) => (i === 3 ? j : 0));
      check(oneRow, svd(engine, oneRow, { vectors: "full" }));
    }
    for (const [rows, cols] of [
      [0, 3],
      [3, 0],
      [0, 0],
    ] as const) {
      const { u, s, vt } = svd(engine, { rows, cols, data: floatsOf(type, 0) }, { vectors: "full" });
      assert.deepEqual([u.rows, u.cols, s.length, vt.rows, vt.cols], [rows, rows, 0, cols, cols]);
      assert.ok(orthonormalityError(u, "columns") === 0 && orthonormalityError(vt, "rows") === 0);
    }
  });

  test(`svd ${type}: times any power of two the type can hold, s is multiplied and the vectors keep their bits`, () => {
    for (const [rows, cols] of [
      [7, 7],
      [11, 5],
      [5, 11],
    ] as const) {
      const a = normals(type, rows, cols, 6);
      const { u, s, vt } = svd(engine, a);
      for (const power of type === "f32" ? [2, 2 ** 120, 2 ** -115] : [2, 2 ** 1015, 2 ** -1000]) {
        const scaled = svd(engine, times(a, power));
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

  test(`svd ${type}: elements of 10^±${type === "f32" ? 36 : 300} and both in one matrix, relative error below 10n·u`, () => {
    const size = type === "f32" ? 1e36 : 1e300;
    for (const factor of [size, 1 / size]) {
      const a = build(type, 6, 6, () => factor);
      const { s } = svd(engine, a);
      assert.ok(Math.abs(s[0]! / (6 * a.data[0]!) - 1) <= 60 * unit[type]);
    }
    const [high, low] = type === "f32" ? [2 ** 40, 2 ** -40] : [2 ** 450, 2 ** -450];
    const mixed = build(type, 5, 5, (i, j) => (i === j ? [low, high, 1, high, low][i]! : 0));
    assert.deepEqual([...svd(engine, mixed).s], [high, high, 1, low, low]);
  });

  test(`svd ${type}: a singular value that sinks below what squares can hold comes out as 0, with vectors that are orthonormal`, () => {
    const tiny = type === "f32" ? 2 ** -100 : 2 ** -984;
    for (const factor of [1.2, 1.6]) {
      const a = build(type, 2, 2, (i, j) => (i === 0 ? 1 : j * factor * tiny));
      const result = svd(engine, a); // its second singular value is factor·tiny/√2
      assert.ok(Math.abs(result.s[0]! - Math.SQRT2) <= 4 * unit[type]);
      if (factor === 1.2) assert.equal(result.s[1], 0);
      else assert.ok(Math.abs((result.s[1]! / tiny) * Math.SQRT2 - factor) <= 16 * unit[type], `${result.s[1]! / tiny}`);
      check(a, result);
    }
  });

  test(`svd ${type}: the transpose of a tall or wide matrix exchanges u and vt, bit for bit`, () => {
    for (const [rows, cols] of [
      [9, 4],
      [30, 17],
      [1, 6],
    ] as const) {
      const a = normals(type, rows, cols, 8);
      const [one, other] = [svd(engine, a), svd(engine, transposed(a))];
      same(other.s, one.s, "s");
      same(transposed(other.u).data, one.vt.data, "u of the transpose");
      same(transposed(other.vt).data, one.u.data, "vt of the transpose");
    }
  });

  test(`svd ${type}: small random matrices of few different values, with gaps, zeros and ties, reconstruct within 30√n·u`, () => {
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
        check(dense, svd(engine, a, { vectors: "full" }) as Svd, 3 * tolerance(dense));
      }),
      { numRuns: 150, seed: 20 },
    );
  });

  test(`svd ${type} refuses NaN and infinity, by row and column, and values beyond the type`, () => {
    for (const [rows, cols] of [
      [3, 4],
      [4, 3],
      [3, 3],
    ] as const) {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const a = build(type, rows, cols, (i, j) => (i === 1 && j >= 1 ? bad : 1));
        assert.throws(() => svd(engine, a), {
          code: "FORMAT",
          message: new RegExp(`^svd: element \\(1, 1\\) of A is ${bad}, finite numbers were needed`),
        });
      }
    }
    const message = `svd: the largest singular value is beyond the range of float${type === "f32" ? 32 : 64}; scale the matrix down`;
    assert.throws(
      () =>
        svd(
          engine,
          build(type, 3, 3, () => largest[type]),
        ),
      { code: "DTYPE", message },
    );
    assert.equal(engine.live(), 0);
  });
}

test("svd refuses options it does not know, and says so when sweeps run out", () => {
  const a = normals("f32", 8, 8, 1);
  for (const [options, message] of [
    [{ vectors: "some" }, 'svd: vectors is "some", one of thin, full, none was needed'],
    [{ method: "magic" }, 'svd: method is "magic", one of auto, bidiagonal, jacobi was needed'],
    [{ maxSweeps: 0 }, "svd: maxSweeps is 0, a whole number from 1 to 1000 was needed"],
  ] as const) {
    assert.throws(() => svd(engine, a, options as unknown as SvdOptions & { vectors: "thin" }), { code: "USAGE", message });
  }
  assert.throws(() => svd(engine, a, { maxSweeps: 1 }), {
    code: "NO_CONVERGENCE",
    message:
      /^svd: after 1 sweeps two vectors still had the cosine 0\.\d+, at most 2\.38e-7 was needed; raise maxSweeps or compute in float64$/,
  });
  assert.throws(() => svd(engine, { ...a, data: [...a.data] as unknown as Float32Array }), { code: "DTYPE" });
  assert.throws(() => svd(engine, { ...a, rows: 9 }), { code: "SHAPE" });
  assert.equal(engine.live(), 0);
});

test("svd of itself takes jacobi below 48 rows or columns and bidiagonal from there on, to the bits of the one named, and says which", () => {
  for (const [rows, cols, expected] of [
    [47, 90, "jacobi"],
    [90, 47, "jacobi"],
    [48, 50, "bidiagonal"],
    [110, 48, "bidiagonal"],
  ] as const) {
    const a = normals("f32", rows, cols, rows);
    const [auto, named] = [svd(engine, a), svd(engine, a, { method: expected })];
    assert.deepEqual([auto.method, named.method], [expected, expected]);
    same(auto.s, named.s, "s");
    same(auto.u.data, named.u.data, "u");
    same(auto.vt.data, named.vt.data, "vt");
    if (expected === "bidiagonal") assert.deepEqual([auto.sweeps, auto.offNorm], [0, 0]);
  }
});

interface GradedCase {
  readonly type: FloatDtype;
  readonly n: number;
  readonly lowest: number;
  readonly sides: "columns" | "both";
  readonly seed: number;
  readonly s: readonly number[];
}

// The theory (Demmel and Veselić 1992, theorem 4.1; Drmač and Veselić 2008) bounds the relative error by f(n)·κ·u, with κ the condition
// of the matrix without its scales; f = 1 leaves no room for a growth with n. The samples are those of median κ (tests/fixtures/make/graded.ts).
test("svd by jacobi, 256×256 of median condition κ, scales shuffled over 10⁶ in float32 and 10¹² in float64: every singular value within κ·u of itself", async () => {
  const cases = JSON.parse(new TextDecoder().decode(await fixture("linalg/graded.json"))) as readonly GradedCase[];
  assert.equal(cases.length, 4);
  for (const { type, n, lowest, sides, seed, s } of cases) {
    const method = "jacobi";
    const plain = svd(engine, graded("f64", n, 0, sides, seed), { vectors: "none", method }).s;
    const condition = plain[0]! / plain[n - 1]!;
    const error = relativeError(svd(engine, graded(type, n, lowest, sides, seed), { vectors: "none", method }).s, s);
    assert.ok(error <= condition * unit[type], `${type} ${sides}: ${error} of ${condition * unit[type]}`);
  }
});

test("svd of a trained weight matrix: float32 within 10√n·u·σ₁ of 31 digits, and the two types agree", async () => {
  const whole = await weight("model.layers.0.self_attn.k_proj.weight");
  const a = { ...whole, rows: 48, data: whole.data.subarray(0, 48 * whole.cols) };
  const want = referenceSingularValues(a.rows, a.cols, a.data);
  const result = svd(engine, a);
  check(a, result);
  assert.ok(absoluteError(result.s, want) <= tolerance(a));
  const wide = build("f64", a.rows, a.cols, (i, j) => a.data[i * a.cols + j]!);
  assert.ok(absoluteError(svd(engine, wide, { vectors: "none" }).s, want) <= tolerance(wide));
});

/** A bf16 matrix of the example model as float32. */
async function weight(name: string): Promise<Matrix> {
  const file = await fixture("kjv-llama/base/model.safetensors");
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: number[] }
  >;
  const { dtype, shape, data_offsets } = header[name]!;
  assert.equal(dtype, "BF16");
  const bits = new Uint16Array(file.slice(8 + length + data_offsets[0]!, 8 + length + data_offsets[1]!).buffer);
  return { rows: shape[0]!, cols: shape[1]!, data: new Float32Array(Uint32Array.from(bits, (x) => x << 16).buffer) };
}

test("svd keeps the element type of its input, also in its types", () => {
  const single: { s: Float32Array } = svd(engine, { rows: 1, cols: 1, data: Float32Array.of(-2) }, { vectors: "none" });
  const double: { u: Matrix<Float64Array> } = svd(engine, { rows: 1, cols: 1, data: Float64Array.of(-2) });
  assert.ok(single.s instanceof Float32Array && double.u.data instanceof Float64Array);
});
