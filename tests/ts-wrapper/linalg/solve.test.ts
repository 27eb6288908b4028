import assert from "node:assert/strict";
import { test } from "node:test";
import type { FloatDtype, Floats } from "../../../ts-wrapper/engine/engine.ts";
import { cholesky } from "../../../ts-wrapper/linalg/cholesky.ts";
import { lu } from "../../../ts-wrapper/linalg/lu.ts";
import type { Matrix } from "../../../ts-wrapper/linalg/matrix.ts";
import { type SolveOptions, solve } from "../../../ts-wrapper/linalg/solve.ts";
import { transpose } from "../../../ts-wrapper/linalg/view.ts";
import { builds, isDeterministic } from "../../support/builds.ts";
import { gamma, same, within } from "../../support/close.ts";
import { floatTypes, unit } from "../../support/floats.ts";
import { build, elementOf, graded, hilbert, normals, symmetric, wilkinson } from "../../support/matrices.ts";

const absolute = (a: Matrix): Matrix => ({ ...a, data: a.data.map(Math.abs) as Floats });

/** a·b in float64, row by row. */
function product(a: Matrix, b: Matrix): Float64Array {
  const out = new Float64Array(a.rows * b.cols);
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.cols; k++) {
      const x = elementOf(a, i, k);
      if (x !== 0) for (let j = 0; j < b.cols; j++) out[i * b.cols + j]! += x * b.data[k * b.cols + j]!;
    }
  }
  return out;
}

/**
 * A·X̂ − B in float64 within 2·γ·|L||U||X̂| with γ = (3n + 2)u: |ΔA| for each column.   Higham, ASNA 2e, Theorems 9.4 and 10.4
 * @param factors L and U of P·A, and P's rows; without them A itself is triangular
 */
function check(a: Matrix, b: Matrix, x: Matrix, factors: readonly [Matrix, Matrix, ArrayLike<number>?], what: string): void {
  const n = a.rows;
  const [l, u, rows = Array.from({ length: n }, (_, i) => i)] = factors;
  const inner: Matrix = { rows: n, cols: b.cols, data: product(absolute(u), absolute(x)) };
  const size = product(absolute(l), inner);
  const bound = new Float64Array(size.length);
  const factor = 2 * gamma(3 * n + 2, a.data instanceof Float32Array ? unit.f32 : unit.f64);
  for (let i = 0; i < n; i++) for (let j = 0; j < b.cols; j++) bound[rows[i]! * b.cols + j] = factor * size[i * b.cols + j]!;
  within(product(a, x), b.data, bound, what);
}

const identity = (type: FloatDtype, n: number): Matrix => build(type, n, n, (i, j) => (i === j ? 1 : 0));
const first = new Map<string, Floats>();

for (const { name, engine } of builds) {
  for (const type of floatTypes) {
    test(`solve ${type} on ${name}: a general A, with |A·X − B| within γ|L||U||X|, the same bits as on the first build`, () => {
      for (const [n, count] of [
        [0, 2],
        [3, 0],
        [1, 1],
        [5, 3],
        [64, 1],
        [65, 9],
        [150, 20],
      ] as const) {
        const a = normals(type, n, n, n + 1);
        const b = normals(type, n, count, 2);
        const x = solve(engine, a, b);
        const { l, u, p } = lu(engine, a);
        check(a, b, x, [l, u, p], `${n}, ${count} right-hand sides`);
        const key = `${type} ${n}`;
        if (isDeterministic(name)) same(x.data, first.get(key) ?? first.set(key, x.data).get(key)!, `${key} on ${name}`);
        for (let j = 0; j < count; j++) {
          const column = build(type, n, 1, (i) => b.data[i * count + j]!);
          const alone = solve(engine, a, column).data;
          same(
            alone,
            Array.from({ length: n }, (_, i) => x.data[i * count + j]!),
            `column ${j} alone`,
          );
          if (j > 2) break;
        }
      }
      for (const [what, a] of Object.entries({
        graded: graded(type, 80, -40, "rows", 1),
        Hilbert: hilbert(type, 12),
        Wilkinson: wilkinson(type, 66),
      })) {
        const b = normals(type, a.rows, 2, 2);
        const { l, u, p } = lu(engine, a);
        check(a, b, solve(engine, a, b), [l, u, p], what);
      }
    });

    test(`solve ${type} on ${name}: positive definite and triangular A, of which the named triangle alone is read`, () => {
      for (const n of [1, 4, 65, 100]) {
        const a = symmetric(
          type,
          Array.from({ length: n }, (_, i) => 1 + i),
          5,
        );
        const b = normals(type, n, 7, 3);
        const half = (upper: boolean): Matrix =>
          build(type, n, n, (i, j) => (i === j || j > i === upper ? a.data[i * n + j]! : Number.NaN));
        const x = solve(engine, half(false), b, { assume: "spd" });
        const l = cholesky(engine, a);
        const mirrored = build(type, n, n, (i, j) => a.data[Math.max(i, j) * n + Math.min(i, j)]!);
        check(mirrored, b, x, [l, transpose(l)], `spd ${n}`);
        for (const assume of ["upper", "lower"] as const) {
          const t = build(type, n, n, (i, j) => (i === j ? 2 : j > i === (assume === "upper") ? a.data[i * n + j]! / n : 0));
          const given = build(type, n, n, (i, j) =>
            i === j || j > i === (assume === "upper") ? t.data[i * n + j]! : Number.NaN,
          );
          check(t, b, solve(engine, given, b, { assume }), [identity(type, n), t], `${assume} ${n}`);
        }
      }
    });
  }
}

const { engine } = builds[0]!;

test("solve names the pivot of a singular matrix, and the one that is not positive", () => {
  const a = build("f64", 3, 3, (i, j) => i + j); // rank 2
  const b = normals("f64", 3, 1, 1);
  assert.throws(() => solve(engine, a, b), { code: "SINGULAR", message: /^solve: pivot 2 of A is zero, so A has no inverse/ });
  const t = build("f64", 3, 3, (i, j) => (i === 1 && j === 1 ? 0 : 1));
  for (const assume of ["upper", "lower"] as const) {
    assert.throws(() => solve(engine, t, b, { assume }), { code: "SINGULAR", message: /^solve: pivot 1 of A is zero/ });
  }
  assert.throws(() => solve(engine, t, b, { assume: "spd" }), {
    code: "NOT_POSITIVE_DEFINITE",
    message: /^solve: pivot 1 of A is not positive/,
  });
});

test("solve refuses shapes, types and words that do not go together", () => {
  const a = normals("f32", 3, 3, 1);
  assert.throws(() => solve(engine, a, normals("f32", 4, 2, 1)), {
    code: "SHAPE",
    message: "solve: A is 3×3, so B needs 3 rows; got 4×2",
  });
  assert.throws(() => solve(engine, normals("f32", 3, 4, 1), a), {
    code: "SHAPE",
    message: "solve: A is 3×4, a square matrix was needed",
  });
  assert.throws(() => solve(engine, a as Matrix, normals("f64", 3, 1, 1)), { code: "DTYPE", message: /B must be too/ });
  assert.throws(() => solve(engine, a, a, { assume: "symmetric" } as unknown as SolveOptions), {
    code: "USAGE",
    message: 'solve: assume is "symmetric", one of general, spd, upper, lower was needed',
  });
  a.data[4] = Number.NaN;
  assert.throws(() => solve(engine, a, a), { code: "FORMAT", message: /^solve: element \(1, 1\) of A is NaN/ });
  assert.equal(engine.live(), 0);
});
