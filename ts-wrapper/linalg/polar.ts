import type { Engine, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { transposedCopy, typed } from "./dense.ts";
import { gemm } from "./gemm.ts";
import type { Fresh, Matrix } from "./matrix.ts";
import { svd } from "./svd.ts";

export interface Polar<F extends Floats = Floats> {
  /** m×n, orthonormal columns if m ≥ n and rows if m ≤ n: the nearest such matrix to A, in any norm that rotations leave alone. */
  readonly u: Matrix<Fresh<F>>;
  /** Symmetric, no negative eigenvalue; n×n on the right, m×m on the left. */
  readonly p: Matrix<Fresh<F>>;
}

/**
 * The polar decomposition A = U·P (`side: "right"`, the default) or A = P·U (`"left"`), from the singular value decomposition A = W·S·Vᵀ:
 * U = W·Vᵀ, P = V·S·Vᵀ or W·S·Wᵀ (scipy.linalg.polar). Where A has not full rank U is one of several. P is symmetric to the bit.
 *
 * Higham, Functions of Matrices (2008), chapter 8. Throws as `svd`, and `USAGE` for another side.
 */
export function polar<F extends Floats>(engine: Engine, a: Matrix<F>, side: "right" | "left" = "right"): Polar<F> {
  if (side !== "right" && side !== "left") {
    throw new LowrankError("USAGE", "polar", `side is ${JSON.stringify(side)}, one of right, left was needed`);
  }
  const { u: w, s, vt } = svd(engine, a);
  const u = gemm(engine, typed<F>(w), typed<F>(vt));
  // Rows of x are those singular vectors; x·diag(√s) times its transpose has no rounding that is not symmetric.
  const x = side === "right" ? typed<F>(vt) : typed<F>(transposedCopy(w));
  const scaled = typed<F>({ ...x, data: x.data.map((value, i) => value * Math.sqrt(s[Math.floor(i / x.cols)]!)) as F });
  const p = gemm(engine, scaled, scaled, { transA: true });
  for (let i = 0; i < p.rows; i++) for (let j = 0; j < i; j++) p.data[i * p.cols + j] = p.data[j * p.cols + i]!;
  return { u, p };
}
