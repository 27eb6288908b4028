import type { Engine, FloatDtype, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { factorCholesky } from "./cholesky.ts";
import { factorLu, firstZeroPivot } from "./lu.ts";
import {
  bytesPerElement,
  checkMatrix,
  checkSame,
  checkWord,
  copyMatrixIn,
  copyMatrixOut,
  type Fresh,
  type Matrix,
  type Placed,
  place,
} from "./matrix.ts";
import { applyTriangular, checkSquare, type TriangularOptions } from "./triangular.ts";

export const solveAssumptions = ["general", "spd", "upper", "lower"] as const;

export interface SolveOptions {
  /**
   * What A is. `general`: LU with partial pivoting; `spd`: symmetric positive definite, Cholesky, the lower triangle is read;
   * `upper`, `lower`: triangular, that triangle is read. Default `general`.
   */
  readonly assume?: (typeof solveAssumptions)[number];
}

/**
 * The X of A·X = B for a square A, one column for each of B's, as a fresh matrix. Split on the threads of the engine, to the same bits
 * whatever their number.
 *
 * Each column solves (A + ΔA)·x = b exactly: |ΔA| ≤ γ·|L||U|, for `spd` |L||Lᵀ|, γ ≈ 3n·u (Higham, ASNA 2e, Theorems 9.4 and 10.4), for
 * triangular A |ΔA| ≤ γ·|A|, γ ≈ n·u. Throws `SHAPE` when the shapes do not go together, `DTYPE` when the types do not, or when U is
 * beyond the type, `SINGULAR` with the pivot that is exactly zero, `NOT_POSITIVE_DEFINITE`, `FORMAT` when A is to be factored and holds NaN or
 * infinity.
 */
export function solve<F extends Floats>(
  engine: Engine,
  a: Matrix<F>,
  b: Matrix<F>,
  options: SolveOptions = {},
): Matrix<Fresh<F>> {
  const { assume = "general" } = options;
  checkWord("solve", "assume", assume, solveAssumptions);
  const dtype = checkMatrix("solve", "A", a);
  checkSame("solve", "A", dtype, "B", checkMatrix("solve", "B", b));
  checkSquare("solve", a);
  if (a.rows !== b.rows) {
    throw new LowrankError("SHAPE", "solve", `A is ${a.rows}×${a.cols}, so B needs ${a.rows} rows; got ${b.rows}×${b.cols}`);
  }
  return engine.scope((s) => {
    const given = copyMatrixIn(engine, s, b);
    const by = (factor: Placed, x: Placed, ...ways: TriangularOptions[]): Matrix<Fresh<F>> => {
      for (const way of ways) applyTriangular("trsm", engine, dtype, way, factor, x);
      return copyMatrixOut<F>(s, x, dtype);
    };
    if (assume === "general") {
      const { placed, order } = factorLu("solve", engine, s, dtype, a);
      refuseSingular(engine, dtype, placed);
      const x = place(s, b.rows, b.cols, bytesPerElement[dtype]);
      takeRows(engine, dtype, given, order, x);
      return by(placed, x, { uplo: "lower", diag: "unit" }, { uplo: "upper" });
    }
    const placed = copyMatrixIn(engine, s, a);
    if (assume === "spd") {
      factorCholesky("solve", engine, dtype, placed, a);
      return by(placed, given, { uplo: "lower" }, { uplo: "lower", transA: true });
    }
    refuseSingular(engine, dtype, placed);
    return by(placed, given, { uplo: assume });
  });
}

function refuseSingular(engine: Engine, dtype: FloatDtype, a: Placed): void {
  const at = firstZeroPivot(engine, dtype, a);
  if (at < 0) return;
  throw new LowrankError("SINGULAR", "solve", `pivot ${at} of A is zero, so A has no inverse; look at its rank with svd`);
}

/** Row i of `to` becomes row order[i] of `from`; neither has gaps. */
function takeRows(engine: Engine, dtype: FloatDtype, from: Placed, order: Uint32Array, to: Placed): void {
  const bytes = from.cols * bytesPerElement[dtype];
  const memory = new Uint8Array(engine.memory.buffer);
  order.forEach((row, i) => {
    memory.copyWithin(to.ptr + i * bytes, from.ptr + row * bytes, from.ptr + (row + 1) * bytes);
  });
}
