import type { Engine, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { checkBatch, lanes, type MatrixBatch, refuseBatch, runGroups } from "./batch.ts";
import { beyondRange, checkWord, type Fresh } from "./matrix.ts";

export interface EighBatchedOptions {
  /** `full`: v holds n eigenvectors of each matrix in its columns; `none`: eigenvalues alone. Default `full`. */
  readonly vectors?: "full" | "none";
  /** The triangle that is read: `L` lower, `U` upper. Default `L`. */
  readonly uplo?: "L" | "U";
}

export interface EigenvaluesBatch<F extends Floats = Floats> {
  /** count × n eigenvalues, each matrix's ascending. */
  readonly w: Fresh<F>;
}

export interface EighBatch<F extends Floats = Floats> extends EigenvaluesBatch<F> {
  /** Eigenvectors in the columns of count matrices n × n, in the order of w. */
  readonly v: MatrixBatch<Fresh<F>>;
}

const NOT_FINITE = -2;

/**
 * The eigenvalues and eigenvectors of many small symmetric matrices of one size: `eigh` of each, with one copy in and one out. Matrices
 * lie side by side in the lanes of vectors, and groups of them are shared by the threads of the engine. Made for sizes up to about 64;
 * beyond that `eigh` of one after the other is faster.
 *
 * Errors are a small multiple of n·u·‖Aₖ‖ for each matrix Aₖ, of n·u for its vectors. Signs are not normalised. The same bits whatever
 * the number of threads.
 *
 * Throws `SHAPE` for matrices that are not square or data of another length, `DTYPE` for other types and for eigenvalues beyond the type,
 * `FORMAT` for NaN and infinity in the triangles, naming the first, and `NO_CONVERGENCE`.
 */
export function eighBatched<F extends Floats>(
  engine: Engine,
  a: MatrixBatch<F>,
  options: EighBatchedOptions & { readonly vectors: "none" },
): EigenvaluesBatch<F>;
export function eighBatched<F extends Floats>(
  engine: Engine,
  a: MatrixBatch<F>,
  options?: EighBatchedOptions & { readonly vectors?: "full" },
): EighBatch<F>;
export function eighBatched<F extends Floats>(
  engine: Engine,
  a: MatrixBatch<F>,
  options: EighBatchedOptions = {},
): EigenvaluesBatch<F> | EighBatch<F> {
  const { vectors = "full", uplo = "L" } = options;
  const dtype = checkBatch("eighBatched", "A", a);
  const { count, rows: n } = a;
  if (a.cols !== n) {
    throw new LowrankError(
      "SHAPE",
      "eighBatched",
      `A is matrices of ${n}×${a.cols}, square ones were needed; svdBatched takes any shape`,
    );
  }
  checkWord("eighBatched", "vectors", vectors, ["full", "none"]);
  checkWord("eighBatched", "uplo", uplo, ["L", "U"]);
  return engine.scope((s) => {
    const wanted = vectors === "full";
    const size = a.data.BYTES_PER_ELEMENT;
    const pa = s.copyIn(a.data);
    const w = s.alloc(count * n * size);
    const v = wanted ? s.alloc(count * n * n * size) : 0;
    if (n > 0) {
      const [rs, cs] = uplo === "L" ? [n, 1] : [1, n];
      const status = runGroups(
        engine,
        s,
        `eigh_batched_${dtype}`,
        (work, grain, status) => [n, count, pa, rs, cs, w, v, work, grain, status],
        engine.wasm.eigh_batched_work(n),
        Math.ceil(count / lanes[dtype]),
      );
      if (status.includes(NOT_FINITE)) refuseBatch("eighBatched", "A", a, (i, j) => (uplo === "L" ? j <= i : i <= j));
      const failed = status.findIndex((steps) => steps < 0);
      if (failed >= 0) {
        const first = failed * lanes[dtype];
        throw new LowrankError(
          "NO_CONVERGENCE",
          "eighBatched",
          `one of the matrices ${first} to ${Math.min(count, first + lanes[dtype]) - 1} took more than ${30 * n} QL steps, ${2 * n} are usual; use eigh with method: "jacobi" for these and report them`,
        );
      }
    }
    const values = s.copyOut(w, count * n, dtype) as Fresh<F>;
    if (!values.every(Number.isFinite)) {
      throw beyondRange("eighBatched", "an eigenvalue", dtype, "the matrices");
    }
    if (!wanted) return { w: values };
    const data = s.copyOut(v as typeof w, count * n * n, dtype) as Fresh<F>;
    return { w: values, v: { count, rows: n, cols: n, data } };
  });
}
