import type { Engine, FloatDtype, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { eachElement, typed, zeros } from "./dense.ts";
import { checkInteger, checkMatrix, type Fresh, type Matrix, refuseNotFinite } from "./matrix.ts";
import { randomizedSvd } from "./randomized-svd.ts";
import { svd } from "./svd.ts";
import { truncate } from "./truncate.ts";

export interface IncrementalSvdOptions {
  /** Components that are kept from batch to batch. */
  readonly rank: number;
  /** Subtract the mean of what was seen: principal components. Without it, the decomposition of the rows as they are. Default true. */
  readonly center?: boolean;
  /**
   * Decompose each batch as `torch.svd_lowrank` does, with q vectors (default 2·rank) and niter iterations (default 4), from the same seed
   * each time (default 42), as EVA does. Default: exactly.
   */
  readonly lowrank?: { readonly q?: number; readonly niter?: number; readonly seed?: number };
}

export interface IncrementalSvdResult<F extends Floats = Floats> {
  /** Singular values of the rows so far, less their mean if they are centred; descending, rank of them or fewer. */
  readonly s: Fresh<F>;
  /** Components in rows; the largest element of each is positive. */
  readonly vt: Matrix<Fresh<F>>;
  /** Rows seen. */
  readonly count: number;
  /** Mean of each column, exact to rounding whatever the batches. */
  readonly mean: Float64Array<ArrayBuffer>;
  /** Mean square of each column's distance from its mean (without centring: from 0), likewise. */
  readonly variance: Float64Array<ArrayBuffer>;
  /** s²/(count − 1); 0 while there is one row. */
  readonly explainedVariance: Float64Array<ArrayBuffer>;
  /** s² over count·Σ variance; 0 where there is no variance. */
  readonly explainedVarianceRatio: Float64Array<ArrayBuffer>;
}

export interface IncrementalSvd<F extends Floats = Floats> {
  /** Takes in a batch: rows are samples. */
  update(batch: Matrix<F>): void;
  /** What is known so far. Throws `USAGE` before the first batch. */
  result(): IncrementalSvdResult<F>;
}

const EVA = { niter: 4, seed: 42 } as const;

/**
 * Leading right singular vectors of a matrix whose rows come in batches, each seen once:
 *
 *   [diag(s)·V; X − x̄; √(n·m/(n + m))·(mean − x̄)] = U·diag(s′)·V′    n rows seen, m in the batch X with mean x̄; the leading `rank` stay
 *
 * Ross, Lim, Lin & Yang, IJCV 77 (2008) 125–141, §3.1; Levy & Lindenbaum, IEEE Trans. Image Proc. 9 (2000) 1371–1374; the recurrence of
 * scikit-learn's IncrementalPCA and of PEFT's EVA. While the rows have rank ≤ `rank` nothing is lost; else each update drops what lies
 * beyond, so the last components are the least certain. Means and variances are updated in float64 (Chan, Golub & LeVeque, The American
 * Statistician 37 (1983) 242–247).
 *
 * `update` throws `SHAPE` for another number of columns, `DTYPE` for another type than before, `FORMAT` for NaN and infinity; a refused batch
 * changes nothing.
 */
export function incrementalSvd<F extends Floats>(engine: Engine, options: IncrementalSvdOptions): IncrementalSvd<F> {
  const what = "incrementalSvd";
  const { rank, center = true, lowrank } = options;
  checkInteger(what, "rank", rank, 1, 2 ** 31);
  if (lowrank) checkInteger(what, "lowrank.q", lowrank.q ?? 2 * rank, 1, 2 ** 31);
  let state: State<F> | undefined;
  return {
    update(batch) {
      const dtype = checkMatrix(what, "the batch", batch);
      const { rows: m, cols: n } = batch;
      if (n === 0) throw new LowrankError("SHAPE", what, `the batch is ${m}×0, at least one column was needed`);
      if (state && n !== state.cols) {
        throw new LowrankError("SHAPE", what, `batches before had ${state.cols} columns, so this one needs as many; got ${n}`);
      }
      if (state && dtype !== state.dtype) {
        throw new LowrankError("DTYPE", what, `batches before were ${state.dtype}, so this one must be too; got ${dtype}`);
      }
      refuseNotFinite(what, "the batch", batch);
      if (m === 0) return;
      const moments = momentsOf(batch, center);
      const { s, vt } = decompose(engine, stacked(state, batch, moments, center, dtype), rank, lowrank);
      makeLargestPositive(vt);
      state = { ...merged(state, moments), cols: n, dtype, s, vt };
    },
    result() {
      if (!state) throw new LowrankError("USAGE", what, "there was no batch yet, at least one row was needed; update first");
      const { s, vt, count, mean, squares } = state;
      const total = squares.reduce((sum, x) => sum + x, 0);
      return {
        s: s.slice() as Fresh<F>,
        vt: { ...vt, data: vt.data.slice() as Fresh<F> },
        count,
        mean: mean.slice(),
        variance: squares.map((x) => x / count),
        explainedVariance: Float64Array.from(s, (x) => (count === 1 ? 0 : (x * x) / (count - 1))),
        explainedVarianceRatio: Float64Array.from(s, (x) => (total === 0 ? 0 : (x * x) / total)),
      };
    },
  };
}

interface Moments {
  readonly count: number;
  readonly mean: Float64Array<ArrayBuffer>;
  /** Σ (x − mean)², or Σ x². */
  readonly squares: Float64Array<ArrayBuffer>;
  /** What the squares are about. */
  readonly about: Float64Array<ArrayBuffer>;
}

interface State<F extends Floats> extends Moments {
  readonly cols: number;
  readonly dtype: FloatDtype;
  readonly s: F;
  readonly vt: Matrix<F>;
}

function momentsOf(x: Matrix, center: boolean): Moments {
  const mean = new Float64Array(x.cols);
  eachElement(x, (value, _, j) => {
    mean[j]! += value;
  });
  for (let j = 0; j < x.cols; j++) mean[j]! /= x.rows;
  const about = center ? mean : new Float64Array(x.cols);
  const squares = new Float64Array(x.cols);
  eachElement(x, (value, _, j) => {
    squares[j]! += (value - about[j]!) ** 2;
  });
  return { count: x.rows, mean, squares, about };
}

function merged(a: Moments | undefined, b: Moments): Moments {
  if (!a) return b;
  const count = a.count + b.count;
  const mean = a.mean.map((x, j) => x + ((b.mean[j]! - x) * b.count) / count);
  // The term of the means is 0 where both are about 0.
  const squares = a.squares.map((x, j) => x + b.squares[j]! + (b.about[j]! - a.about[j]!) ** 2 * ((a.count * b.count) / count));
  const about = a.about === a.mean ? mean : a.about;
  return { count, mean, squares, about };
}

/** The matrix whose rows have the same Gram matrix as all rows seen, but for what was dropped. */
function stacked<F extends Floats>(
  state: State<F> | undefined,
  batch: Matrix<F>,
  moments: Moments,
  center: boolean,
  dtype: FloatDtype,
): Matrix<F> {
  const { rows: m, cols: n } = batch;
  const kept = state ? state.s.length : 0;
  const rows = kept + m + (state && center ? 1 : 0);
  const data = zeros<F>(dtype, rows * n);
  for (let i = 0; i < kept; i++) for (let j = 0; j < n; j++) data[i * n + j] = state!.s[i]! * state!.vt.data[i * n + j]!;
  eachElement(batch, (value, i, j) => {
    data[(kept + i) * n + j] = value - moments.about[j]!;
  });
  if (state && center) {
    const factor = Math.sqrt((state.count * m) / (state.count + m));
    for (let j = 0; j < n; j++) data[(rows - 1) * n + j] = factor * (state.mean[j]! - moments.mean[j]!);
  }
  return typed<F>({ rows, cols: n, data });
}

function decompose<F extends Floats>(
  engine: Engine,
  x: Matrix<F>,
  rank: number,
  lowrank: IncrementalSvdOptions["lowrank"],
): { s: F; vt: Matrix<F> } {
  const most = Math.min(x.rows, x.cols);
  if (!lowrank) return truncate(svd(engine, x), { rank }) as unknown as { s: F; vt: Matrix<F> };
  const { q = 2 * rank, niter = EVA.niter, seed = EVA.seed } = lowrank;
  const found = randomizedSvd(engine, x, { torchCompatible: { q: Math.min(q, most), niter }, seed });
  return truncate(found, { rank }) as unknown as { s: F; vt: Matrix<F> };
}

/** Signs that do not hang on the way of computing: the element of largest size, the first of equals, is positive in each row. */
function makeLargestPositive({ rows, cols, data }: Matrix): void {
  for (let i = 0; i < rows; i++) {
    let peak = 0;
    for (let j = 0; j < cols; j++) if (Math.abs(data[i * cols + j]!) > Math.abs(peak)) peak = data[i * cols + j]!;
    if (peak < 0) for (let j = 0; j < cols; j++) data[i * cols + j]! *= -1;
  }
}
