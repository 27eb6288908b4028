import type { Engine, FloatDtype, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { BLOCK, PANEL } from "./gemm.ts";
import {
  bytesPerElement,
  checkMatrix,
  checkSame,
  checkShape,
  checkWord,
  copyMatrixIn,
  copyMatrixOut,
  copyStoredIn,
  type Fresh,
  type Matrix,
  type Placed,
  place,
} from "./matrix.ts";
import type { Uplo } from "./triangular.ts";

export interface SyrkOptions<F extends Floats = Floats> {
  /** The triangle that is computed; the other one is C's, or zero. Default `lower`. */
  readonly uplo?: Uplo;
  /** Use Aᵀ, so that the product is Aᵀ·A. Default false. */
  readonly transA?: boolean;
  /** Factor of the product. Default 1. */
  readonly alpha?: number;
  /** Factor of C's triangle; 0 leaves it unread. Default 1 when there is a C, else 0. */
  readonly beta?: number;
  /** n × n, of which the triangle is read; not changed. */
  readonly c?: Matrix<F>;
}

/**
 * One triangle of the symmetric α·op(A)·op(A)ᵀ + β·C as a fresh n×n matrix: half the work of `gemm`, whose bits it has from nine rows on.
 * Split over rows on the threads of the engine, to the same bits whatever their number.
 *
 * Each element is within γ·(|α||A||Aᵀ| + |βC|) of the exact one, γ ≈ (k + 4)u (Higham, ASNA 2e, §3.5). Throws `SHAPE` when the shapes do
 * not go together, `DTYPE` when the types do not, `USAGE` for options that make no sense.
 */
export function syrk<F extends Floats>(engine: Engine, a: Matrix<F>, options: SyrkOptions<F> = {}): Matrix<Fresh<F>> {
  const { uplo = "lower", transA = false, alpha = 1, c, beta = c ? 1 : 0 } = options;
  checkWord("syrk", "uplo", uplo, ["upper", "lower"]);
  const dtype = checkMatrix("syrk", "A", a);
  const n = transA ? a.cols : a.rows;
  if (c) {
    checkSame("syrk", "A", dtype, "C", checkMatrix("syrk", "C", c));
    checkShape("syrk", "C", c, n, n, `the product is ${n}×${n}`);
  } else if (beta !== 0) {
    throw new LowrankError("USAGE", "syrk", `beta is ${beta} and there is no C; pass c, or leave beta out`);
  }
  return engine.scope((s) => {
    const { placed, transposed } = copyStoredIn(engine, s, a);
    const out = c ? copyMatrixIn(engine, s, c) : place(s, n, n, bytesPerElement[dtype]);
    if (!c) engine.u8(out.ptr, n * n * bytesPerElement[dtype]).fill(0);
    rankUpdate(engine, dtype, { uplo, transA: transA !== transposed, alpha, beta }, placed, out);
    return copyMatrixOut<F>(s, out, dtype);
  });
}

/** One triangle of C ← α·op(A)·op(A)ᵀ + β·C inside the engine's memory. */
export function rankUpdate(
  engine: Engine,
  dtype: FloatDtype,
  options: { readonly uplo: Uplo; readonly transA: boolean; readonly alpha: number; readonly beta: number },
  a: Placed,
  c: Placed,
): void {
  const { uplo, transA, alpha, beta } = options;
  const n = c.rows;
  const k = transA ? a.rows : a.cols;
  engine.scope((s) => {
    const work = s.alloc(engine.wasm[`syrk_work_${dtype}`](n, k) >>> 0);
    engine.parallel(`gemm_pack_${dtype}`, [Number(!transA), k, n, a.ptr, a.ld, work], Math.ceil(n / PANEL[dtype]), 32);
    // Rows of a triangle differ in length, so there are several pieces for each thread.
    const grain = engine.threads === 1 ? n : Math.min(BLOCK[dtype] / 2, Math.max(16, Math.ceil(n / engine.threads / 32) * 4));
    engine.parallel(
      `syrk_rows_${dtype}`,
      [Number(uplo === "upper"), Number(transA), n, k, alpha, a.ptr, a.ld, beta, c.ptr, c.ld, work],
      n,
      grain,
    );
  });
}
