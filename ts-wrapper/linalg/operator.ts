import type { Engine, FloatDtype, Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { eachElement, rowsOf, typed, zeros } from "./dense.ts";
import { gemm } from "./gemm.ts";
import { bytesPerElement, checkMatrix, type Matrix } from "./matrix.ts";

/** An m×n matrix A that is known by its products. Neither function may keep or change what it is given. */
export interface LinearOperator<F extends Floats = Floats> {
  readonly rows: number;
  readonly cols: number;
  readonly dtype: FloatDtype;
  /** A·X: n×k to m×k. */
  apply(x: Matrix<F>): Matrix<F>;
  /** Aᵀ·Y: m×k to n×k. */
  applyT(y: Matrix<F>): Matrix<F>;
}

/** The same where A is read from somewhere while it is multiplied. */
export interface StreamedOperator<F extends Floats = Floats> {
  readonly rows: number;
  readonly cols: number;
  readonly dtype: FloatDtype;
  apply(x: Matrix<F>): Promise<Matrix<F>>;
  applyT(y: Matrix<F>): Promise<Matrix<F>>;
}

/** A matrix that is read a few rows at a time: a tensor of a model, a file, a data base. */
export interface RowSource<F extends Floats = Floats> {
  readonly rows: number;
  readonly cols: number;
  readonly dtype: FloatDtype;
  /** Rows i0 … i1 − 1, one after the other, (i1 − i0)·cols elements. They are read and forgotten. */
  readRows(i0: number, i1: number): Promise<F>;
}

/** scale·B·A, B: m×r, A: r×n, never multiplied out. */
export interface LowRank<F extends Floats = Floats> {
  readonly b: Matrix<F>;
  readonly a: Matrix<F>;
  /** Default 1. */
  readonly scale?: number;
}

/** A term of a sum: low rank, or anything that can be multiplied, with a factor (default 1). */
export type Term<F extends Floats = Floats> =
  | LowRank<F>
  | { readonly of: Matrix<F> | LinearOperator<F>; readonly scale?: number };
export type StreamedTerm<F extends Floats = Floats> =
  | Term<F>
  | { readonly of: RowSource<F> | StreamedOperator<F>; readonly scale?: number };

/** Bytes of a tile of a `RowSource`. Sums over tiles depend on it, so it is the same everywhere. */
const TILE_BYTES = 4 << 20;

/**
 * Σ scaleᵢ·termᵢ as an operator: sums and differences of matrices, low-rank pieces and operators that are not formed. One product with k
 * vectors costs 2(m + n)·r·k operations for a term of rank r. Throws `SHAPE` and `DTYPE` when the terms do not go together.
 */
export function operatorOf<F extends Floats>(engine: Engine, terms: readonly Term<F>[]): LinearOperator<F> {
  const parts = terms.map((term) => partOf(engine, term));
  const { rows, cols, dtype } = sameShape("operatorOf", parts);
  return {
    rows,
    cols,
    dtype,
    apply: (x) => sumOf(parts.map((part) => part.apply(x))),
    applyT: (y) => sumOf(parts.map((part) => part.applyT(y))),
  };
}

/** The same where terms may be streamed; they are read once for each product, in tiles of 4 MiB. */
export function streamedOperatorOf<F extends Floats>(engine: Engine, terms: readonly StreamedTerm<F>[]): StreamedOperator<F> {
  const parts = terms.map((term) => streamedPartOf(engine, term));
  const { rows, cols, dtype } = sameShape("streamedOperatorOf", parts);
  const all = async (f: (part: StreamedOperator<F>) => Promise<Matrix<F>>): Promise<Matrix<F>> => {
    const products: Matrix<F>[] = [];
    for (const part of parts) products.push(await f(part)); // one after the other: each reads from its own source
    return sumOf(products);
  };
  return { rows, cols, dtype, apply: (x) => all((part) => part.apply(x)), applyT: (y) => all((part) => part.applyT(y)) };
}

/** The rows of a source, tile by tile and checked. */
export async function* tilesOf<F extends Floats>(source: RowSource<F>): AsyncGenerator<{ first: number; tile: Matrix<F> }> {
  const { rows, cols, dtype } = source;
  const size = bytesPerElement[dtype];
  const step = Math.max(1, Math.floor(TILE_BYTES / Math.max(1, cols * size)));
  for (let first = 0; first < rows; first += step) {
    const count = Math.min(step, rows - first);
    const tile = { rows: count, cols, data: await source.readRows(first, first + count) };
    const got = checkMatrix("readRows", `rows ${first} to ${first + count}`, tile);
    if (got !== dtype) throw new LowrankError("DTYPE", "readRows", `the source is ${dtype}, so its rows must be too; got ${got}`);
    yield { first, tile };
  }
}

function partOf<F extends Floats>(engine: Engine, term: Term<F>): LinearOperator<F> {
  const alpha = term.scale ?? 1;
  if ("b" in term) return lowRankOperator(engine, term, alpha);
  const { of } = term;
  if ("apply" in of) {
    if (alpha === 1) return of;
    const { rows, cols, dtype } = of;
    return {
      rows,
      cols,
      dtype,
      apply: (x) => scaled(of.apply(x), alpha),
      applyT: (y) => scaled(of.applyT(y), alpha),
    };
  }
  return {
    rows: of.rows,
    cols: of.cols,
    dtype: checkMatrix("operatorOf", "a term", of),
    apply: (x) => typed(gemm(engine, of, x, { alpha })),
    applyT: (y) => typed(gemm(engine, of, y, { transA: true, alpha })),
  };
}

function lowRankOperator<F extends Floats>(engine: Engine, { b, a }: LowRank<F>, alpha: number): LinearOperator<F> {
  const dtype = checkMatrix("operatorOf", "B", b);
  const other = checkMatrix("operatorOf", "A", a);
  if (other !== dtype) throw new LowrankError("DTYPE", "operatorOf", `B is ${dtype}, so A must be too; got ${other}`);
  if (b.cols !== a.rows) {
    throw new LowrankError("SHAPE", "operatorOf", `B is ${b.rows}×${b.cols}, so A needs ${b.cols} rows; got ${a.rows}×${a.cols}`);
  }
  return {
    rows: b.rows,
    cols: a.cols,
    dtype,
    apply: (x) => typed(gemm(engine, b, typed<F>(gemm(engine, a, x)), { alpha })),
    applyT: (y) => typed(gemm(engine, a, typed<F>(gemm(engine, b, y, { transA: true })), { transA: true, alpha })),
  };
}

function streamedPartOf<F extends Floats>(engine: Engine, term: StreamedTerm<F>): StreamedOperator<F> {
  if ("of" in term && "readRows" in term.of) return rowsOperator(engine, term.of, term.scale ?? 1);
  // An operator that answers at once and one that promises differ in nothing that an await would see.
  const part = partOf(engine, term as Term<F>);
  return {
    rows: part.rows,
    cols: part.cols,
    dtype: part.dtype,
    apply: async (x) => part.apply(x),
    applyT: async (y) => part.applyT(y),
  };
}

function rowsOperator<F extends Floats>(engine: Engine, source: RowSource<F>, alpha: number): StreamedOperator<F> {
  const { rows, cols, dtype } = source;
  return {
    rows,
    cols,
    dtype,
    async apply(x) {
      const data = zeros<F>(dtype, rows * x.cols);
      for await (const { first, tile } of tilesOf(source)) {
        data.set(gemm(engine, tile, x, { alpha }).data, first * x.cols);
      }
      return typed({ rows, cols: x.cols, data });
    },
    async applyT(y) {
      let sum = typed<F>({ rows: cols, cols: y.cols, data: zeros(dtype, cols * y.cols) });
      for await (const { first, tile } of tilesOf(source)) {
        const part = typed<F>(rowsOf(y, first, tile.rows));
        sum = typed(gemm(engine, tile, part, { transA: true, alpha, c: sum }));
      }
      return sum;
    },
  };
}

interface Shaped {
  readonly rows: number;
  readonly cols: number;
  readonly dtype: FloatDtype;
}

function sameShape(what: string, parts: readonly Shaped[]): Shaped {
  const [first] = parts;
  if (!first) throw new LowrankError("USAGE", what, "there are no terms, at least one was needed");
  for (const { rows, cols, dtype } of parts) {
    if (rows !== first.rows || cols !== first.cols) {
      const are = `the first term is ${first.rows}×${first.cols}`;
      throw new LowrankError("SHAPE", what, `${are}, so the others must be too; got ${rows}×${cols}`);
    }
    if (dtype !== first.dtype) {
      throw new LowrankError("DTYPE", what, `the first term is ${first.dtype}, so the others must be too; got ${dtype}`);
    }
  }
  return first;
}

function sumOf<F extends Floats>(products: readonly Matrix<F>[]): Matrix<F> {
  const [first, ...others] = products;
  if (others.length === 0) return first!;
  const sum = rowsOf(first!);
  for (const other of others) {
    if (other.rows !== sum.rows || other.cols !== sum.cols) {
      const are = `products of the terms are ${sum.rows}×${sum.cols} and ${other.rows}×${other.cols}`;
      throw new LowrankError("SHAPE", "operatorOf", `${are}, the same shape was needed`);
    }
    eachElement(other, (x, i, j) => {
      sum.data[i * sum.cols + j]! += x;
    });
  }
  return typed(sum);
}

function scaled<F extends Floats>(x: Matrix<F>, alpha: number): Matrix<F> {
  return { ...x, data: x.data.map((value) => value * alpha) as F };
}
