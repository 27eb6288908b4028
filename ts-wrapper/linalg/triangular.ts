import type { Engine, FloatDtype, Floats, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { PANEL } from "./gemm.ts";
import {
  checkMatrix,
  checkSame,
  checkWord,
  copyMatrixIn,
  copyMatrixOut,
  copyStoredIn,
  type Fresh,
  type Matrix,
  type Placed,
} from "./matrix.ts";

/** Which triangle of a matrix is meant; the other is never read. */
export type Uplo = "upper" | "lower";

export interface TriangularOptions {
  /** Whether op(A) stands to the left of the other matrix, or to its right. Default `left`. */
  readonly side?: "left" | "right";
  /** The triangle of A, as it is given, that is read. Default `lower`. */
  readonly uplo?: Uplo;
  /** Use Aᵀ. Default false. */
  readonly transA?: boolean;
  /** `unit`: the diagonal of A counts as 1 and is not read. Default `nonunit`. */
  readonly diag?: "unit" | "nonunit";
  /** Factor of the result; 0 reads neither matrix. Default 1. */
  readonly alpha?: number;
}

/** `trsm` and `trmm` as users call them: checks, copies in, computes, copies out. */
export function triangular<F extends Floats>(
  kernel: "trsm" | "trmm",
  engine: Engine,
  a: Matrix<F>,
  b: Matrix<F>,
  options: TriangularOptions,
): Matrix<Fresh<F>> {
  const { side = "left", uplo = "lower", transA = false, diag = "nonunit", alpha = 1 } = options;
  checkWord(kernel, "side", side, ["left", "right"]);
  checkWord(kernel, "uplo", uplo, ["upper", "lower"]);
  checkWord(kernel, "diag", diag, ["unit", "nonunit"]);
  const dtype = checkMatrix(kernel, "A", a);
  checkSame(kernel, "A", dtype, "B", checkMatrix(kernel, "B", b));
  checkSquare(kernel, a);
  if (a.rows !== (side === "left" ? b.rows : b.cols)) {
    const needs = `${a.rows} ${side === "left" ? "rows" : "columns"}`;
    throw new LowrankError(
      "SHAPE",
      kernel,
      `A is ${a.rows}×${a.cols} on the ${side}, so B needs ${needs}; got ${b.rows}×${b.cols}`,
    );
  }
  return engine.scope((s) => {
    const { placed, transposed } = copyStoredIn(engine, s, a);
    const out = copyMatrixIn(engine, s, b);
    // Stored by columns, A lies there as its transpose, with the other triangle.
    const ways = transposed
      ? { transA: !transA, uplo: uplo === "upper" ? ("lower" as const) : ("upper" as const) }
      : { transA, uplo };
    applyTriangular(kernel, engine, dtype, { side, diag, alpha, ...ways }, placed, out);
    return copyMatrixOut<F>(s, out, dtype);
  });
}

export function checkSquare(what: string, a: Matrix): void {
  if (a.rows !== a.cols) throw new LowrankError("SHAPE", what, `A is ${a.rows}×${a.cols}, a square matrix was needed`);
}

/** The most panels that a thread takes at a time: each time A passes by once. */
const PANELS = 32;

/** B ← α·op(A)⁻¹·B, α·op(A)·B or the same from the right, inside the engine's memory. Split over columns of B, or rows. */
export function applyTriangular(
  kernel: "trsm" | "trmm",
  engine: Engine,
  dtype: FloatDtype,
  options: TriangularOptions,
  a: Placed,
  b: Placed,
): void {
  const { side = "left", uplo = "lower", transA = false, diag = "nonunit", alpha = 1 } = options;
  const [m, n] = side === "left" ? [b.rows, b.cols] : [b.cols, b.rows];
  if (m === 0 || n === 0) return;
  // X·op(A) = B is op(A)ᵀ·Xᵀ = Bᵀ.
  const trans = transA !== (side === "right");
  const turned = (uplo === "upper") !== trans;
  const { wasm } = engine;
  engine.scope((s: Scope) => {
    const tri = s.alloc(wasm[`tri_work_${dtype}`](m) >>> 0);
    const x = s.alloc(wasm[`columns_work_${dtype}`](m, n) >>> 0);
    const flags = [Number(uplo === "upper"), Number(trans), Number(diag === "unit")];
    if (alpha !== 0) engine.parallel(`tri_pack_${dtype}`, [...flags, m, a.ptr, a.ld, tri], Math.ceil(m / 4), 16);
    const panels = Math.ceil(n / PANEL[dtype]);
    const grain = Math.min(PANELS, Math.ceil(panels / engine.threads));
    engine.parallel(
      `${kernel}_${dtype}`,
      [Number(side === "right"), Number(turned), m, n, alpha, tri, b.ptr, b.ld, x],
      panels,
      grain,
    );
  });
}
