import type { Engine, FloatDtype, Floats, Ptr, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { checkBatch, lanes, type MatrixBatch, refuseBatch, runGroups } from "./batch.ts";
import { beyondRange, bytesPerElement, checkInteger, checkWord, type Fresh, unitRoundoff } from "./matrix.ts";
import { exponentOf } from "./scaling.ts";

export interface SvdBatchedOptions {
  /** `thin`: u is m×k and vt k×n with k = min(m, n); `none`: singular values alone, the same bits. Default `thin`. */
  readonly vectors?: "thin" | "none";
  /** Sweeps after which `NO_CONVERGENCE` is thrown. Default 40; few matrices need more than 10. */
  readonly maxSweeps?: number;
}

export interface SingularValuesBatch<F extends Floats = Floats> {
  /** count × min(m, n) singular values, each matrix's descending. */
  readonly s: Fresh<F>;
}

export interface SvdBatch<F extends Floats = Floats> extends SingularValuesBatch<F> {
  /** Left singular vectors, in columns: count matrices m × min(m, n). */
  readonly u: MatrixBatch<Fresh<F>>;
  /** Right singular vectors, in rows: count matrices min(m, n) × n. */
  readonly vt: MatrixBatch<Fresh<F>>;
}

const NOT_FINITE = -2;
const DEFAULT_SWEEPS = 40;

/** Exponents that fourth powers of norms may reach, and the norm below which a row counts as zero. */
const fourth = { f32: { top: 120, tiny: 2 ** -28 }, f64: { top: 1000, tiny: 2 ** -240 } } as const;

/**
 * The singular value decompositions of many small matrices of one size: `svd` of each, with one copy in and one out. Matrices lie
 * side by side in the lanes of vectors, and groups of them are shared by the threads of the engine. Made for a shorter side up to about 32;
 * beyond that `svd` of one after the other is faster.
 *
 * One-sided Jacobi rotations, begun with the eigenvectors of A·Aᵀ or Aᵀ·A: errors are a small multiple of n·u·s₁, and of
 * n·u·max(sᵢ, u·s₁) for each singular value where the vectors of the shorter side (rows of wide matrices, columns of tall ones) are
 * scaled versions of well-conditioned ones; svd keeps smaller ones as well. Vectors are orthonormal also where singular values are
 * zero or equal. Signs are not normalised. The same bits whatever the number of threads.
 *
 * Throws `SHAPE` for data of another length, `DTYPE` for other types and for singular values beyond the type, `FORMAT` for NaN and
 * infinity, naming the first, and `NO_CONVERGENCE` after `maxSweeps`.
 */
export function svdBatched<F extends Floats>(
  engine: Engine,
  a: MatrixBatch<F>,
  options: SvdBatchedOptions & { readonly vectors: "none" },
): SingularValuesBatch<F>;
export function svdBatched<F extends Floats>(
  engine: Engine,
  a: MatrixBatch<F>,
  options?: SvdBatchedOptions & { readonly vectors?: "thin" },
): SvdBatch<F>;
export function svdBatched<F extends Floats>(
  engine: Engine,
  a: MatrixBatch<F>,
  options: SvdBatchedOptions = {},
): SingularValuesBatch<F> | SvdBatch<F> {
  const { vectors = "thin", maxSweeps = DEFAULT_SWEEPS } = options;
  const dtype = checkBatch("svdBatched", "A", a);
  checkWord("svdBatched", "vectors", vectors, ["thin", "none"]);
  checkInteger("svdBatched", "maxSweeps", maxSweeps, 1, 1000);
  const { count, rows: m, cols: n } = a;
  const tall = m >= n;
  const [k, c] = tall ? [n, m] : [m, n];
  return engine.scope((scope) => {
    const wanted = vectors === "thin";
    const size = a.data.BYTES_PER_ELEMENT;
    const pa = scope.copyIn(a.data);
    const s = scope.alloc(count * k * size);
    const long = wanted ? scope.alloc(count * k * c * size) : (0 as Ptr);
    const short = wanted ? scope.alloc(count * k * k * size) : (0 as Ptr);
    const ranks = scope.alloc(count * 4);
    if (k > 0) {
      // Vectors of the longer side are columns of u where A is tall, rows of vt where it is wide; of the shorter side, the other way.
      const [vs, es, us, ws] = tall ? [1, n, k, 1] : [n, 1, 1, k];
      const exponent = Math.floor((fourth[dtype].top / 2 - exponentOf(k * c) - 2) / 2);
      const tol = Math.max(4, Math.sqrt(c)) * unitRoundoff[dtype];
      const status = runGroups(
        engine,
        scope,
        `svd_batched_${dtype}`,
        (work, grain, status) => [
          ...[k, c, count, pa, vs, es, s, long, short, us, ws],
          ...[ranks, exponent, tol, fourth[dtype].tiny, maxSweeps, work, grain, status],
        ],
        engine.wasm.svd_batched_work(k, c),
        Math.ceil(count / lanes[dtype]),
      );
      if (status.includes(NOT_FINITE)) refuseBatch("svdBatched", "A", a, () => true);
      const failed = status.findIndex((sweeps) => sweeps < 0);
      if (failed >= 0) {
        const first = failed * lanes[dtype];
        throw new LowrankError(
          "NO_CONVERGENCE",
          "svdBatched",
          `one of the matrices ${first} to ${Math.min(count, first + lanes[dtype]) - 1} was not done after ${maxSweeps} sweeps; raise maxSweeps`,
        );
      }
      if (wanted) completeDeficient(engine, scope, dtype, { count, k, c, tall, long, ranks });
    }
    const values = scope.copyOut(s, count * k, dtype) as Fresh<F>;
    if (!values.every(Number.isFinite)) {
      throw beyondRange("svdBatched", "a singular value", dtype, "the matrices");
    }
    if (!wanted) return { s: values };
    const [u, vt] = tall ? [long, short] : [short, long];
    return {
      s: values,
      u: { count, rows: m, cols: k, data: scope.copyOut(u, count * m * k, dtype) as Fresh<F> },
      vt: { count, rows: k, cols: n, data: scope.copyOut(vt, count * k * n, dtype) as Fresh<F> },
    };
  });
}

/** Orthonormal vectors in place of the zeros that stand for singular values of zero. */
function completeDeficient(
  engine: Engine,
  s: Scope,
  dtype: FloatDtype,
  parts: { count: number; k: number; c: number; tall: boolean; long: Ptr; ranks: Ptr },
): void {
  const { count, k, c, tall, long, ranks } = parts;
  const size = bytesPerElement[dtype];
  const found = new Uint32Array(engine.memory.buffer, ranks, count).slice();
  if (found.every((rank) => rank === k)) return;
  const rows = s.alloc(k * c * size);
  const work = s.alloc(engine.wasm.complete_work(c));
  for (const [at, rank] of found.entries()) {
    if (rank === k) continue;
    const matrix = (long + at * k * c * size) as Ptr;
    if (!tall) {
      engine.wasm[`complete_${dtype}`](rank, k, c, matrix, c, work);
      continue;
    }
    // Columns are turned into rows, and back.
    engine.wasm[`transpose_${dtype}`](c, matrix, k, rows, c, 0, k);
    engine.wasm[`complete_${dtype}`](rank, k, c, rows, c, work);
    engine.wasm[`transpose_${dtype}`](k, rows, c, matrix, k, 0, c);
  }
}
