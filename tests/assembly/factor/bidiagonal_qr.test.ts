import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../../ts-wrapper/engine/engine.ts";
import { gaussian } from "../../../ts-wrapper/linalg/gaussian.ts";
import { builds } from "../../support/builds.ts";
import { same, u64 } from "../../support/close.ts";
import { fenced, operand } from "../../support/fence.ts";
import { asFloats } from "../../support/floats.ts";
import { build, orthonormalityError, reconstructionError, relativeError } from "../../support/matrices.ts";
import { referenceSingularValues } from "../../support/reference-svd.ts";

interface Result {
  readonly answer: number;
  readonly s: Float64Array;
  readonly u: Float64Array;
  readonly v: Float64Array;
}

const GAP = 2;

function identity(n: number): Float64Array {
  const ld = n + GAP;
  const out = new Float64Array(Math.max(0, (n - 1) * ld + n)).fill(7);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[i * ld + j] = Number(i === j);
  return out;
}

/** Singular values, and Qᵀ, Pᵀ as rows; `vectors` false: values alone. */
function run(engine: Engine, d: Float64Array, e: Float64Array, vectors = true): Result {
  const n = d.length;
  const extra = n === 0 ? 0 : e.length - n + 1;
  const m = n + extra;
  let answer = 0;
  const operands = [operand("d", d), operand("e", e), operand("u", identity(n)), operand("v", identity(m))];
  const after = fenced(engine, operands, (pd, pe, pu, pv) => {
    answer = engine.wasm.bidiagonal_qr(n, extra, pd!, pe!, pu!, n + GAP, vectors ? n : 0, pv!, m + GAP, vectors ? m : 0);
  });
  const [s, , u, v] = after.map((bytes) => asFloats("f64", bytes) as Float64Array);
  return { answer, s: s!, u: u!, v: v! };
}

const random = (n: number, seed: number): Float64Array => Float64Array.from({ length: n }, gaussian(seed));

const cases: Readonly<Record<string, (n: number) => readonly [Float64Array, Float64Array]>> = {
  random: (n) => [random(n, n), random(n - 1, n + 1)],
  "one column more": (n) => [random(n, n), random(n, n + 2)],
  "graded down": (n) => [random(n, 3).map((x, i) => x * 2 ** -i), random(n - 1, 4).map((x, i) => x * 2 ** -i)],
  "graded up": (n) => [random(n, 3).map((x, i) => x * 2 ** (i - n)), random(n - 1, 4).map((x, i) => x * 2 ** (i - n))],
  "tiny beside the diagonal": (n) => [random(n, 5), random(n - 1, 6).map((x) => x * 1e-17)],
  "tiny on the diagonal": (n) => [random(n, 5).map((x, i) => (i % 3 ? x : x * 1e-30)), random(n - 1, 6)],
  "zeros on the diagonal": (n) => [random(n, 7).map((x, i) => (i % 4 === 1 ? 0 : x)), random(n - 1, 8)],
  "zeros beside it": (n) => [random(n, 7), random(n - 1, 8).map((x, i) => (i % 4 === 1 ? 0 : x))],
  "all zero": (n) => [new Float64Array(n), new Float64Array(n - 1)],
  ones: (n) => [new Float64Array(n).fill(1), new Float64Array(n - 1).fill(1)],
  negative: (n) => [new Float64Array(n).fill(-2), new Float64Array(n - 1).fill(-1)],
};

for (const { name, engine } of builds) {
  for (const [title, make] of Object.entries(cases)) {
    test(`bidiagonal_qr, ${title}, on ${name}: B within 16n·u, rotations orthonormal to it, the same values without vectors`, () => {
      for (const n of [1, 2, 3, 8, 25]) {
        const [d, e] = make(n);
        const m = n === 0 ? 0 : e.length + 1;
        const { answer, s, u, v } = run(engine, d, e);
        assert.ok(answer >= 0, `${answer} sweeps`);
        assert.ok(
          s.every((x) => x >= 0),
          "values are not negative",
        );
        const b = build("f64", n, m, (i, j) => (i === j ? d[i]! : j === i + 1 ? e[i]! : 0));
        const left = build("f64", n, n, (i, j) => u[j * (n + GAP) + i]!);
        const right = build("f64", m, m, (i, j) => v[i * (m + GAP) + j]!);
        const bound = 16 * n * u64;
        assert.ok(reconstructionError(b, left, s, right) <= bound, `n = ${n}: B ${reconstructionError(b, left, s, right)}`);
        assert.ok(orthonormalityError(left, "columns") <= bound && orthonormalityError(right, "rows") <= bound, `n = ${n}`);
        for (let i = 0; i + 1 < n; i++) assert.equal(u[i * (n + GAP) + n], 7, "gap");
        same(run(engine, d, e, false).s, s, "values alone");
      }
    });
  }

  test(`bidiagonal_qr on ${name}: n = 0 does nothing; every value of a matrix graded over 2⁻⁴⁰⁰ is within 8n²·u of itself`, () => {
    assert.equal(run(engine, new Float64Array(0), new Float64Array(0)).answer, 0);
    for (const sign of [1, -1]) {
      const n = 12;
      const at = (i: number): number => 2 ** ((-400 / n) * (sign > 0 ? i : n - 1 - i));
      const d = random(n, 1).map((x, i) => x * at(i));
      const e = random(n - 1, 2).map((x, i) => x * at(i));
      const got = run(engine, d, e, false).s.sort().reverse();
      const b = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        b[i * n + i] = d[i]!;
        if (i + 1 < n) b[i * n + i + 1] = e[i]!;
      }
      const want = referenceSingularValues(n, n, b);
      assert.ok(relativeError(got, want) <= 8 * n * n * u64, `${sign}: ${relativeError(got, want)}`);
    }
  });

  test(`bidiagonal_qr on ${name}: NaN and infinity are answered with −2`, () => {
    for (const bad of [Number.NaN, Number.NEGATIVE_INFINITY]) {
      const d = random(6, 1);
      d[3] = bad;
      assert.equal(run(engine, d, random(5, 2), false).answer, -2);
      const e = random(6, 2);
      e[5] = bad;
      assert.equal(run(engine, random(6, 1), e).answer, -2);
    }
  });
}
