import type { Engine, FloatDtype, Floats, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import {
  bytesPerElement,
  checkMatrix,
  checkSame,
  checkShape,
  copyMatrixIn,
  copyMatrixOut,
  copyStoredIn,
  type Fresh,
  type Matrix,
  type Placed,
  place,
} from "./matrix.ts";

export interface GemmOptions<F extends Floats = Floats> {
  /** Use Aᵀ. Default false. */
  readonly transA?: boolean;
  /** Use Bᵀ. Default false. */
  readonly transB?: boolean;
  /** Factor of the product. Default 1. */
  readonly alpha?: number;
  /** Factor of C; 0 leaves C unread. Default 1 when there is a C, else 0. */
  readonly beta?: number;
  /** m × n, read and not changed. */
  readonly c?: Matrix<F>;
}

/**
 * α·op(A)·op(B) + β·C as a fresh matrix; op(A) is m×k, op(B) k×n. NaN and infinity go through as IEEE 754 says. Split over rows on the
 * threads of the engine, to the same bits whatever their number.
 *
 * Each element is within γ·(|α||A||B| + |βC|) of the exact one, γ ≈ (k + 4)u (Higham, ASNA 2e, §3.5). Throws `SHAPE` when the shapes do
 * not go together and `DTYPE` when the types do not.
 */
export function gemm<F extends Floats>(
  engine: Engine,
  a: Matrix<F>,
  b: Matrix<F>,
  options: GemmOptions<F> = {},
): Matrix<Fresh<F>> {
  const { transA = false, transB = false, alpha = 1, c, beta = c ? 1 : 0 } = options;
  const dtype = checkMatrix("gemm", "A", a);
  checkSame("gemm", "A", dtype, "B", checkMatrix("gemm", "B", b));
  const [m, k] = transA ? [a.cols, a.rows] : [a.rows, a.cols];
  const [depth, n] = transB ? [b.cols, b.rows] : [b.rows, b.cols];
  if (depth !== k) {
    const [left, right] = [transA ? "Aᵀ" : "A", transB ? "Bᵀ" : "B"];
    throw new LowrankError("SHAPE", "gemm", `${left} is ${m}×${k}, so ${right} needs ${k} rows; got ${depth}×${n}`);
  }
  if (c) {
    checkSame("gemm", "A", dtype, "C", checkMatrix("gemm", "C", c));
    checkShape("gemm", "C", c, m, n, `the product is ${m}×${n}`);
  } else if (beta !== 0) {
    throw new LowrankError("USAGE", "gemm", `beta is ${beta} and there is no C; pass c, or leave beta out`);
  }
  return engine.scope((s) => {
    const pa = copyStoredIn(engine, s, a);
    const pb = copyStoredIn(engine, s, b);
    const pc = c && beta !== 0 ? copyMatrixIn(engine, s, c) : place(s, m, n, bytesPerElement[dtype]);
    const ways = { transA: transA !== pa.transposed, transB: transB !== pb.transposed };
    multiply(engine, s, dtype, { ...ways, alpha, beta }, pa.placed, pb.placed, pc);
    return copyMatrixOut<F>(s, pc, dtype);
  });
}

export interface MultiplyOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly alpha?: number;
  readonly beta?: number;
}

/**
 * C ← α·op(A)·op(B) + β·C inside the engine's memory. Op(B) is copied whole into panels, so let it be the smaller one; where C has few
 * rows it is not copied, and passes by once.
 */
export function multiply(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  options: MultiplyOptions,
  a: Placed,
  b: Placed,
  c: Placed,
): void {
  const { transA = false, transB = false, alpha = 1, beta = 0 } = options;
  const [m, n, k] = [c.rows, c.cols, transA ? a.rows : a.cols];
  if (m <= FEW && k > 0 && alpha !== 0) {
    const left = transA ? transposedRows(engine, s, dtype, a) : a;
    const kernel = transB ? (`gemm_few_t_${dtype}` as const) : (`gemm_few_${dtype}` as const);
    const grain = transB ? 32 : Math.max(64, Math.min(STRIP[dtype], Math.ceil(n / engine.threads)));
    engine.parallel(kernel, [m, k, alpha, left.ptr, left.ld, b.ptr, b.ld, beta, c.ptr, c.ld], n, grain);
    return;
  }
  const work = s.alloc(engine.wasm[`gemm_work_${dtype}`](m, n, k) >>> 0);
  engine.parallel(`gemm_pack_${dtype}`, [Number(transB), k, n, b.ptr, b.ld, work], Math.ceil(n / PANEL[dtype]), 8);
  engine.parallel(
    `gemm_rows_${dtype}`,
    [Number(transA), n, k, alpha, a.ptr, a.ld, beta, c.ptr, c.ld, work],
    m,
    rowsAtOnce(engine, dtype, m),
  );
}

/** Rows of C up to which B is not copied, and columns of B that a thread takes at a time then: a page of each row. */
export const FEW = 8;
const STRIP = { f32: 1024, f64: 512 } as const;

function transposedRows(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed): Placed {
  const out = place(s, a.cols, a.rows, bytesPerElement[dtype]);
  engine.wasm[`transpose_${dtype}`](a.rows, a.ptr, a.ld, out.ptr, out.ld, 0, a.cols);
  return out;
}

/** Columns of a panel of B, and the most rows of A that are packed at once (assembly/blas/blocking.ts). */
export const PANEL = { f32: 8, f64: 4 } as const;
export const BLOCK = { f32: 128, f64: 64 } as const;

/** So many pieces for each thread at most, so that one which wakes late or runs slowly leaves its rows to the others. */
const PIECES = 8;
/** Fewer rows would read all of B again for too little work. */
const LEAST_ROWS = 32;

/** An eighth of a thread's share in whole tiles of 4 rows, within LEAST_ROWS and a block; a whole share where that is less. */
function rowsAtOnce(engine: Engine, dtype: FloatDtype, m: number): number {
  const part = (pieces: number): number => Math.ceil(m / pieces / 4) * 4;
  return Math.min(BLOCK[dtype], Math.max(4, part(engine.threads)), Math.max(LEAST_ROWS, part(PIECES * engine.threads)));
}
