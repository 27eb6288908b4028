import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import type { LowRank } from "../../../ts-wrapper/linalg/operator.ts";
import { svdLowRank } from "../../../ts-wrapper/linalg/svd-low-rank.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { same } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, normals, orthonormalityError, times, typeOf } from "../../support/matrices.ts";
import { referenceSingularValues } from "../../support/reference-svd.ts";

/** Σ s·B·A in float64. */
function formed(terms: readonly LowRank[]): Matrix {
  const { b, a } = terms[0]!;
  return build("f64", b.rows, a.cols, (i, j) => {
    let sum = 0;
    for (const { b, a, scale = 1 } of terms)
      for (let k = 0; k < b.cols; k++) sum += scale * b.data[i * b.cols + k]! * a.data[k * a.cols + j]!;
    return sum;
  });
}
const norm = (x: ArrayLike<number>): number => Math.hypot(...Array.from(x));
/** Σ ‖s·B‖‖A‖ */
const size = (terms: readonly LowRank[]): number =>
  terms.reduce((sum, { b, a, scale = 1 }) => sum + Math.abs(scale) * norm(b.data) * norm(a.data), 0);

function error(terms: readonly LowRank[], u: Matrix, s: Floats, vt: Matrix): number {
  const want = formed(terms);
  let square = 0;
  for (let i = 0; i < want.rows; i++)
    for (let j = 0; j < want.cols; j++) {
      let x = want.data[i * want.cols + j]!;
      for (let k = 0; k < s.length; k++) x -= u.data[i * u.cols + k]! * s[k]! * vt.data[k * vt.cols + j]!;
      square += x * x;
    }
  return Math.sqrt(square);
}

const term = (type: FloatDtype, m: number, r: number, n: number, seed: number, scale = 1): LowRank => ({
  b: normals(type, m, r, seed),
  a: normals(type, r, n, seed + 1),
  scale,
});

const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    for (const [m, n, terms] of [
      [50, 40, [term(type, 50, 4, 40, 1, 0.5)]],
      [40, 50, [term(type, 40, 3, 50, 3), term(type, 40, 5, 50, 5, -2)]],
      [6, 9, [term(type, 6, 4, 9, 7), term(type, 6, 5, 9, 9)]],
      [1, 8, [term(type, 1, 1, 8, 11)]],
      [8, 1, [term(type, 8, 2, 1, 13)]],
      [9, 7, [term(type, 9, 0, 7, 15), term(type, 9, 2, 7, 17)]],
    ] as const) {
      const r = terms.reduce((sum, { b }) => sum + b.cols, 0);
      test(`svdLowRank ${type} ${m}×${n} of ${r} terms on ${name}: U·S·Vᵀ and each σ within 16·max(m, n, r)·u·Σ‖sB‖‖A‖ of the formed sum; first build's bits`, () => {
        const { u, s, vt, rank, error: left, certificate } = svdLowRank(engine, terms, { certify: true });
        const k = Math.min(m, n, r);
        assert.deepEqual([rank, u.rows, u.cols, s.length, vt.rows, vt.cols, left.frobenius], [k, m, k, k, k, n, 0]);
        const bound = 16 * Math.max(m, n, r) * unit[type];
        assert.ok(error(terms, u, s, vt) <= bound * size(terms));
        assert.ok(orthonormalityError(u, "columns") <= bound && orthonormalityError(vt, "rows") <= bound);
        const want = referenceSingularValues(m, n, formed(terms).data);
        s.forEach((x, i) => {
          assert.ok(Math.abs(x - want[i]!) <= bound * size(terms), `σ${i} ${x} ${want[i]}`);
        });
        assert.ok(certificate!.residual <= 1 && certificate!.orthogonality <= 1);
        same(svdLowRank(engine, terms, { vectors: "none" }).s, s, "values alone");
        if (isDeterministic(name)) {
          const key = `${type} ${m} ${n}`;
          same(u.data, first.get(key) ?? first.set(key, u.data).get(key)!, key);
        }
        assert.equal(engine.live(), 0);
      });
    }
  }
}

const { engine } = builds.find(({ name }) => name === "simd") ?? builds[0]!;

for (const type of floatTypes) {
  const u = unit[type];

  test(`svdLowRank ${type}: truncated by rank, energy, absolute and relative value, with the error known`, () => {
    const terms = [term(type, 30, 6, 25, 1)];
    const whole = svdLowRank(engine, terms);
    for (const truncate of [{ rank: 3 }, { energy: 0.9 }, { absolute: whole.s[2]! }, { relative: 0.5 }]) {
      const cut = svdLowRank(engine, terms, { truncate, certify: true });
      same(cut.s, whole.s.subarray(0, cut.rank), "s");
      same(cut.vt.data, whole.vt.data.subarray(0, cut.rank * 25), "vt");
      const want = norm(whole.s.subarray(cut.rank));
      assert.ok(Math.abs(cut.error.frobenius - want) <= 10 * u * whole.s[0]!);
      assert.ok(Math.abs(error(terms, cut.u, cut.s, cut.vt) - want) <= 500 * u * size(terms));
      assert.ok(Math.abs(cut.error.spectral - (whole.s[cut.rank] ?? 0)) <= 2 * u * whole.s[0]!);
    }
  });

  test(`svdLowRank ${type}: the difference of equal terms is zero to their size, of zeros zero with orthonormal vectors`, () => {
    const one = term(type, 20, 3, 15, 1, 3);
    const { s } = svdLowRank(engine, [one, { ...one, scale: -3 }]);
    assert.ok(s.every((x) => x <= 16 * 20 * u * size([one, one])));
    const zero = svdLowRank(engine, { b: build(type, 5, 2, () => 0), a: normals(type, 2, 4, 1) });
    assert.deepEqual([...zero.s], [0, 0]);
    assert.ok(orthonormalityError(zero.u, "columns") <= 20 * u);
    assert.equal(svdLowRank(engine, { ...one, scale: 0 }).s[0], 0);
  });

  test(`svdLowRank ${type}: a tiny B beside a huge A, and scales at the ends of float64, change no bit of the vectors`, () => {
    const { b, a } = term(type, 12, 3, 10, 1);
    const plain = svdLowRank(engine, { b, a });
    const [up, down] = type === "f32" ? [2 ** 110, 2 ** -110] : [2 ** 900, 2 ** -900];
    for (const [terms, factor] of [
      [{ b: times(b, down), a: times(a, up) }, 1],
      [{ b: times(b, up), a: times(a, down), scale: 4 }, 4],
      [{ b: times(b, down), a, scale: up }, 1],
      [{ b: times(b, down), a: times(a, down) }, 0],
    ] as const) {
      const scaled = svdLowRank(engine, terms);
      same(scaled.u.data, plain.u.data, "u");
      same(scaled.vt.data, plain.vt.data, "vt");
      same(
        scaled.s,
        Array.from(plain.s, (x) => x * factor),
        "s",
      );
    }
    assert.throws(() => svdLowRank(engine, { b: times(b, up), a: times(a, up) }), {
      code: "DTYPE",
      message: /^svdLowRank: the largest/,
    });
  });

  test(`svdLowRank ${type} refuses terms that do not go together`, () => {
    const { b, a } = term(type, 6, 2, 5, 1);
    const bad = build(type, 2, 5, (i, j) => (i === 1 && j === 3 ? Number.NaN : 1));
    for (const [terms, code, message] of [
      [[], "USAGE", "svdLowRank: there are no terms, at least one was needed"],
      [[{ b, a: b }], "SHAPE", "svdLowRank: term 0 is 6×2 times 6×2, 6×r times r×2 was needed"],
      [
        [
          { b, a },
          { b: a, a: b },
        ],
        "SHAPE",
        /term 1 is 2×5 times 6×2, 6×r times r×5 was needed/,
      ],
      [[{ b, a, scale: Number.NaN }], "USAGE", /the scale of term 0 is NaN, a finite number was needed/],
      [[{ b, a: bad }], "FORMAT", /element \(1, 3\) of A of term 0 is NaN/],
      [
        [{ b, a: normals(typeOf(b.data) === "f32" ? "f64" : "f32", 2, 5, 1) }],
        "DTYPE",
        /B of term 0 is f\d\d, so A of term 0 must be too/,
      ],
    ] as const) {
      assert.throws(() => svdLowRank<Floats>(engine, terms), { code, message });
    }
    assert.throws(() => svdLowRank(engine, { b, a }, { vectors: "full" as "thin" }), {
      code: "USAGE",
      message: /vectors is "full"/,
    });
    assert.throws(() => svdLowRank(engine, { b, a }, { truncate: {} }), { code: "USAGE", message: /nothing is given/ });
    assert.equal(engine.live(), 0);
  });
}

test("svdLowRank f64: for any shapes, ranks, scales and elements of any size the certificate is at most 1 and s sorted", () => {
  const small = fc.integer({ min: 1, max: 7 });
  const sizes = fc.record({
    m: small,
    n: small,
    ranks: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 }),
  });
  const element = fc.constantFrom(0, 0, 1, -1, 2, 1e-9, 0.1, 1e9);
  const terms = sizes.chain(({ m, n, ranks }) =>
    fc.tuple(
      ...ranks.map((r) =>
        fc.record({
          b: fc
            .array(element, { minLength: m * r, maxLength: m * r })
            .map((x) => ({ rows: m, cols: r, data: Float64Array.from(x) })),
          a: fc
            .array(element, { minLength: r * n, maxLength: r * n })
            .map((x) => ({ rows: r, cols: n, data: Float64Array.from(x) })),
          scale: fc.constantFrom(0, 1, -2, 1e-6, 1e6),
        }),
      ),
    ),
  );
  fc.assert(
    fc.property(terms, (list) => {
      const { s, certificate, u, vt } = svdLowRank<Floats>(engine, list, { certify: true });
      assert.ok(certificate!.residual <= 1 && certificate!.orthogonality <= 1, JSON.stringify(certificate));
      assert.ok(s.every((x, i) => x >= 0 && (i === 0 || x <= s[i - 1]!)));
      assert.ok(u.data.every(Number.isFinite) && vt.data.every(Number.isFinite));
    }),
    { numRuns: 200, seed: 2 },
  );
});
