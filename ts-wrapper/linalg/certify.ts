import type { Engine, FloatDtype, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { doubleRowsOf, eachElement } from "./dense.ts";
import { gemm } from "./gemm.ts";
import { checkMatrix, checkShape, type Matrix, unitRoundoff } from "./matrix.ts";
import { norm } from "./norms.ts";

/**
 * What a decomposition misses of what it promises, in units of the bound c·max(m, n)·u with c = 16: at most 1 where all is well, NaN where
 * a number is. A backward stable algorithm stays below it (Higham, ASNA 2e, §19.3; Golub & Van Loan 4e, §5.2.1 and §8.6), mostly far.
 *
 * Products are formed in float64 whatever the type, so for float32 nothing is added by the measuring; for float64 it is about a tenth.
 */
export interface Certificate {
  /** ‖A − what the factors make‖/‖A‖ in Frobenius norms. */
  readonly residual: number;
  /** The largest ‖QᵀQ − I‖/√k over the factors that should be orthonormal, k the number of their vectors. */
  readonly orthogonality: number;
}

const CONSTANT = 16;
/** Rows that are compared at a time. */
const ROWS = 256;

/** A = U·diag(s)·Vᵀ: thin or full factors. */
export function certifySvd(
  engine: Engine,
  a: Matrix,
  { u, s, vt }: { readonly u: Matrix; readonly s: Floats; readonly vt: Matrix },
): Certificate {
  const bound = boundOf("certifySvd", a, u, vt, s);
  checkLeast("certifySvd", "U", u, a.rows, s.length);
  checkLeast("certifySvd", "Vᵀ", transposedShape(vt), a.cols, s.length);
  const right = scaledRows(vt, s);
  return {
    residual: residual(engine, a, u, right) / bound,
    orthogonality: certifyBases(engine, u, vt) / bound,
  };
}

/** A = Q·R: thin or full. That R is upper triangular is part of the residual: what stands below its diagonal is not used. */
export function certifyQr(engine: Engine, a: Matrix, { q, r }: { readonly q: Matrix; readonly r: Matrix }): Certificate {
  const bound = boundOf("certifyQr", a, q, r);
  checkShape("certifyQr", "R", r, q.cols, a.cols, `Q is ${q.rows}×${q.cols} and A ${a.rows}×${a.cols}`);
  checkLeast("certifyQr", "Q", q, a.rows, 0);
  const upper = doubleRowsOf(r, 0, r.rows);
  for (let i = 0; i < r.rows; i++) upper.data.fill(0, i * r.cols, i * r.cols + Math.min(i, r.cols));
  return { residual: residual(engine, a, q, upper) / bound, orthogonality: orthogonality(engine, q, "columns") / bound };
}

/** A = V·diag(w)·Vᵀ for a symmetric A, v with eigenvectors in columns: ‖A·V − V·diag(w)‖/‖A‖. */
export function certifyEigh(engine: Engine, a: Matrix, { w, v }: { readonly w: Floats; readonly v: Matrix }): Certificate {
  const bound = boundOf("certifyEigh", a, v);
  checkShape("certifyEigh", "V", v, a.rows, w.length, `A is ${a.rows}×${a.cols} and there are ${w.length} eigenvalues`);
  const wide = doubleRowsOf(v, 0, v.rows);
  const product = gemm(engine, doubleRowsOf(a, 0, a.rows), wide);
  for (let i = 0; i < v.rows; i++)
    for (let j = 0; j < v.cols; j++) product.data[i * v.cols + j]! -= wide.data[i * v.cols + j]! * w[j]!;
  return {
    residual: relative(norm(product, "frobenius"), norm(a, "frobenius")) / bound,
    orthogonality: orthogonality(engine, v, "columns") / bound,
  };
}

/**
 * Some triplets of A, which need not make up A: ‖Aᵀ·U − V·diag(s)‖/‖s‖, which is rounding for triplets from a basis of a subspace.
 *
 * @param atu Aᵀ·U, n×k
 */
export function certifyTriplets(
  engine: Engine,
  { u, s, vt }: { readonly u: Matrix; readonly s: Floats; readonly vt: Matrix },
  atu: Matrix,
): Certificate {
  const bound = CONSTANT * Math.max(u.rows, vt.cols, 1) * unitRoundoff[checkMatrix("certifyTriplets", "U", u)];
  const most = Array.from(s).reduce((a, b) => Math.max(a, b), 0);
  const turned = doubleRowsOf(atu);
  let square = 0;
  eachElement(vt, (v, k, i) => {
    square += ((turned.data[i * turned.cols + k]! - v * s[k]!) / (most || 1)) ** 2;
  });
  const size = Math.sqrt(Array.from(s).reduce((sum, x) => sum + (x / (most || 1)) ** 2, 0));
  return {
    residual: relative(Math.sqrt(square), size) / bound,
    orthogonality: certifyBases(engine, u, vt) / bound,
  };
}

/** The larger ‖QᵀQ − I‖/√k of U's columns and Vᵀ's rows. */
export function certifyBases(engine: Engine, u: Matrix, vt: Matrix): number {
  return Math.max(orthogonality(engine, u, "columns"), orthogonality(engine, vt, "rows"));
}

/** ‖QᵀQ − I‖/√k over the k columns, or rows. */
function orthogonality(engine: Engine, q: Matrix, along: "rows" | "columns"): number {
  const wide = doubleRowsOf(q, 0, q.rows);
  const gram = gemm(engine, wide, wide, along === "columns" ? { transA: true } : { transB: true });
  for (let i = 0; i < gram.rows; i++) gram.data[i * gram.cols + i]! -= 1;
  return gram.rows === 0 ? 0 : norm(gram, "frobenius") / Math.sqrt(gram.rows);
}

/** ‖A − left·right‖/‖A‖ without a second A in float64: a few rows at a time. */
function residual(engine: Engine, a: Matrix, left: Matrix, right: Matrix<Float64Array>): number {
  const parts: number[] = [];
  for (let i = 0; i < a.rows; i += ROWS) {
    const count = Math.min(ROWS, a.rows - i);
    const rest = gemm(engine, doubleRowsOf(left, i, count, right.rows), right, { alpha: -1, c: doubleRowsOf(a, i, count) });
    parts.push(norm(rest, "frobenius"));
  }
  return relative(norm({ rows: 1, cols: parts.length, data: Float64Array.from(parts) }, "frobenius"), norm(a, "frobenius"));
}

/** error/size, where nothing of nothing is nothing. */
function relative(error: number, size: number): number {
  return error === 0 ? 0 : error / size;
}

function scaledRows(vt: Matrix, s: Floats): Matrix<Float64Array> {
  const out = doubleRowsOf(vt, 0, s.length);
  for (let k = 0; k < s.length; k++) for (let j = 0; j < vt.cols; j++) out.data[k * vt.cols + j]! *= s[k]!;
  return out;
}

const transposedShape = (a: Matrix): { readonly rows: number; readonly cols: number } => ({ rows: a.cols, cols: a.rows });

function boundOf(what: string, a: Matrix, first: Matrix, second?: Matrix, values?: Floats): number {
  const dtype: FloatDtype = checkMatrix(what, "A", a);
  for (const factor of [first, second]) if (factor) checkMatrix(what, "a factor", factor);
  if (values && values.length > Math.min(a.rows, a.cols)) {
    throw new LowrankError(
      "SHAPE",
      what,
      `A is ${a.rows}×${a.cols}, so at most ${Math.min(a.rows, a.cols)} values were needed; got ${values.length}`,
    );
  }
  return CONSTANT * Math.max(a.rows, a.cols, 1) * unitRoundoff[dtype];
}

function checkLeast(
  what: string,
  name: string,
  x: { readonly rows: number; readonly cols: number },
  rows: number,
  cols: number,
): void {
  if (x.rows === rows && x.cols >= cols) return;
  throw new LowrankError(
    "SHAPE",
    what,
    `A has ${rows} on this side, so ${name} needs as many, for ${cols} vectors at least; got ${x.rows} for ${x.cols}`,
  );
}
