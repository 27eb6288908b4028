import type { Engine, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { bytesPerElement, checkMatrix, checkSame, checkVector, copyStoredIn, type Fresh, type Matrix } from "./matrix.ts";

export interface GemvOptions<F extends Floats = Floats> {
  /** Use Aᵀ. Default false. */
  readonly trans?: boolean;
  /** Factor of the product. Default 1. */
  readonly alpha?: number;
  /** Factor of y; 0 leaves y unread. Default 1 when there is a y, else 0. */
  readonly beta?: number;
  /** Read and not changed. */
  readonly y?: F;
}

/**
 * α·op(A)·x + β·y as a fresh array. Split over elements of the result on the threads of the engine, to the same bits whatever their
 * number; error bound as for `gemm`. Throws `SHAPE` when the lengths do not go together and `DTYPE` when the types do not.
 */
export function gemv<F extends Floats>(engine: Engine, a: Matrix<F>, x: F, options: GemvOptions<F> = {}): Fresh<F> {
  const { trans = false, alpha = 1, y, beta = y ? 1 : 0 } = options;
  const dtype = checkMatrix("gemv", "A", a);
  const [rows, cols] = trans ? [a.cols, a.rows] : [a.rows, a.cols];
  const is = `${trans ? "Aᵀ" : "A"} is ${rows}×${cols}`;
  checkSame("gemv", "A", dtype, "x", checkVector("gemv", "x", x, cols, is));
  if (y) checkSame("gemv", "A", dtype, "y", checkVector("gemv", "y", y, rows, is));
  else if (beta !== 0) throw new LowrankError("USAGE", "gemv", `beta is ${beta} and there is no y; pass y, or leave beta out`);
  return engine.scope((s) => {
    const { placed: pa, transposed } = copyStoredIn(engine, s, a);
    const px = s.copyIn(x);
    const py = y && beta !== 0 ? s.copyIn(y) : s.alloc(rows * bytesPerElement[dtype]);
    if (trans !== transposed) engine.parallel(`gemv_t_${dtype}`, [pa.rows, alpha, pa.ptr, pa.ld, px, beta, py], rows, 256);
    else engine.parallel(`gemv_${dtype}`, [pa.cols, alpha, pa.ptr, pa.ld, px, beta, py], rows, 64);
    return s.copyOut(py, rows, dtype) as Fresh<F>;
  });
}
