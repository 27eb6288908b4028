/** Problems for the triangular kernels: every side, triangle, transpose and diagonal, with NaN wherever nothing may be read. */
import type { Engine, FloatDtype, Floats } from "../../ts-wrapper/engine/engine.ts";
import { fenced, operand } from "./fence.ts";
import { asFloats, floatsOf, rounding } from "./floats.ts";
import { rng } from "./rng.ts";

export interface Way {
  readonly right: boolean;
  readonly upper: boolean;
  readonly trans: boolean;
  readonly unit: boolean;
}

/** All sixteen. */
export const ways: readonly Way[] = Array.from({ length: 16 }, (_, k) => ({
  right: (k & 1) !== 0,
  upper: (k & 2) !== 0,
  trans: (k & 4) !== 0,
  unit: (k & 8) !== 0,
}));

export const describe = ({ right, upper, trans, unit }: Way): string =>
  `${right ? "right" : "left"} ${upper ? "upper" : "lower"}${trans ? "ᵀ" : ""}${unit ? " unit" : ""}`;

/** op(A) is m×m; B holds n columns of m elements, or with `right` n rows. */
export interface TriangularProblem extends Way {
  readonly type: FloatDtype;
  readonly m: number;
  readonly n: number;
  readonly alpha: number;
  readonly a: Floats;
  readonly lda: number;
  readonly b: Floats;
  readonly ldb: number;
}

export interface ProblemOptions {
  readonly alpha?: number;
  readonly pad?: number;
  /** Elements beside the diagonal, times this. Default 1/m, which keeps solutions of ordinary size. */
  readonly beside?: number;
}

export function triangularProblem(
  type: FloatDtype,
  way: Way,
  m: number,
  n: number,
  options: ProblemOptions = {},
): TriangularProblem {
  const { alpha = 1, pad = 0, beside = 1 / Math.max(1, m) } = options;
  const next = rng(m * 7919 + n * 31 + 5);
  const uniform = (): number => next() * 2 - 1;
  const lda = m + pad;
  const a = new Float64Array(m ? (m - 1) * lda + m : 0).fill(Number.NaN);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      if (i === j) a[i * lda + i] = way.unit ? Number.NaN : Math.sign(uniform()) * (0.5 + next());
      else if (j > i === way.upper) a[i * lda + j] = uniform() * beside;
    }
  }
  const [rows, cols] = way.right ? [n, m] : [m, n];
  const ldb = cols + pad;
  const b = Float64Array.from({ length: rows && cols ? (rows - 1) * ldb + cols : 0 }, uniform);
  return { ...way, type, m, n, alpha: rounding[type](alpha), a: floatsOf(type, a), lda, b: floatsOf(type, b), ldb };
}

/** T[i, j], where T = op(A), or op(A)ᵀ with `right`; zero in the triangle that is not A's. */
export function element(p: TriangularProblem, i: number, j: number): number {
  const [row, col] = p.trans !== p.right ? [j, i] : [i, j];
  if (row === col) return p.unit ? 1 : p.a[row * p.lda + row]!;
  return col > row === p.upper ? p.a[row * p.lda + col]! : 0;
}

/** Where element i of column j lies in B. */
export const place = (p: TriangularProblem, i: number, j: number): number => (p.right ? j * p.ldb + i : i * p.ldb + j);

/** `trsm` or `trmm` in pieces of `grain` panels, each operand in turn against the end of memory; what B holds afterwards. */
export function runTriangular(kernel: "trsm" | "trmm", engine: Engine, p: TriangularProblem, grain = 1000): Floats {
  const { type, m, n } = p;
  const tri = new Uint8Array(engine.wasm[`tri_work_${type}`](m));
  const x = new Uint8Array(engine.wasm[`columns_work_${type}`](m, n));
  const trans = p.trans !== p.right;
  const operands = [operand("a", p.a), operand("tri", tri), operand("b", p.b), operand("x", x)];
  const after = fenced(engine, operands, (pa, ptri, pb, px) => {
    const flags = [Number(p.upper), Number(trans), Number(p.unit)];
    engine.parallel(`tri_pack_${type}`, [...flags, m, pa!, p.lda, ptri!], Math.ceil(m / 4), grain);
    const args = [Number(p.right), Number(p.upper !== trans), m, n, p.alpha, ptri!, pb!, p.ldb, px!];
    engine.parallel(`${kernel}_${type}`, args, Math.ceil(n / (type === "f32" ? 8 : 4)), grain);
  });
  return asFloats(type, after[2]!);
}
