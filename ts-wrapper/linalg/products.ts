import type { Engine, FloatDtype, Floats, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { bytesPerElement, checkMatrix, copyMatrixIn, type Matrix, type Placed, place } from "./matrix.ts";
import type { LinearOperator, StreamedOperator } from "./operator.ts";
import { throughColumns, throughRows } from "./sketch.ts";

/**
 * An algorithm that needs products with A and nothing else of it, as a generator: it asks for one product after the other, and whoever
 * runs it answers at once or after reading A once more. So one text serves matrices, operators and streams.
 *
 *   rows      x: l×n, answered by (A·xᵀ)ᵀ, l×m
 *   columns   x: l×m, answered by x·A, l×n
 */
export interface Ask {
  readonly through: "rows" | "columns";
  readonly x: Placed;
  /** Where the answer goes. */
  readonly out: Placed;
}

export type Steps<R> = Generator<Ask, R, void>;

export function run<R>(steps: Steps<R>, answer: (ask: Ask) => void): R {
  let next = steps.next();
  while (!next.done) {
    answer(next.value);
    next = steps.next();
  }
  return next.value;
}

/** Between two products memory of the engine may grow and other work may be done on it; the scope of the steps stays. */
export async function runStreamed<R>(engine: Engine, steps: Steps<R>, answer: (ask: Ask) => Promise<void>): Promise<R> {
  let next = engine.scope(() => steps.next()); // a scope only for what it makes of a trap
  while (!next.done) {
    await answer(next.value);
    next = engine.scope(() => steps.next());
  }
  return next.value;
}

/** Products with a matrix in the engine's memory. */
export function withMatrix(engine: Engine, s: Scope, dtype: FloatDtype, a: Placed): (ask: Ask) => void {
  return ({ through, x, out }) => void (through === "rows" ? throughRows : throughColumns)(engine, s, dtype, a, x, out);
}

/** The same steps on Aᵀ. */
export function* transposed<R>(steps: Steps<R>): Steps<R> {
  let next = steps.next();
  while (!next.done) {
    yield { ...next.value, through: next.value.through === "rows" ? "columns" : "rows" };
    next = steps.next();
  }
  return next.value;
}

export function withOperator<F extends Floats>(engine: Engine, what: string, a: LinearOperator<F>): (ask: Ask) => void {
  return (ask) => {
    const x = blockOf<F>(engine, a.dtype, ask.x);
    placeProduct(engine, what, a, ask, ask.through === "rows" ? a.apply(x) : a.applyT(x));
  };
}

export function withStreamed<F extends Floats>(
  engine: Engine,
  what: string,
  a: StreamedOperator<F>,
): (ask: Ask) => Promise<void> {
  return async (ask) => {
    const x = blockOf<F>(engine, a.dtype, ask.x);
    placeProduct(engine, what, a, ask, await (ask.through === "rows" ? a.apply(x) : a.applyT(x)));
  };
}

/** xᵀ as a matrix outside. */
function blockOf<F extends Floats>(engine: Engine, dtype: FloatDtype, x: Placed): Matrix<F> {
  return engine.scope((s) => {
    const block = place(s, x.cols, x.rows, bytesPerElement[dtype]);
    engine.parallel(`transpose_${dtype}`, [x.rows, x.ptr, x.ld, block.ptr, block.ld], x.cols, 64);
    return { rows: x.cols, cols: x.rows, data: s.copyOut(block.ptr, x.cols * x.rows, dtype) as Floats as F };
  });
}

function placeProduct(
  engine: Engine,
  what: string,
  a: { readonly rows: number; readonly cols: number; readonly dtype: FloatDtype },
  { through, x, out }: Ask,
  y: Matrix,
): void {
  const name = through === "rows" ? "A·X of the operator" : "Aᵀ·Y of the operator";
  const length = through === "rows" ? a.rows : a.cols;
  const dtype = checkMatrix(what, name, y);
  if (dtype !== a.dtype)
    throw new LowrankError("DTYPE", what, `the operator is ${a.dtype}, so its products must be too; got ${dtype}`);
  if (y.rows !== length || y.cols !== x.rows) {
    const is = `the operator is ${a.rows}×${a.cols} and was given ${x.rows} vectors`;
    throw new LowrankError("SHAPE", what, `${is}, so ${name} needs ${length}×${x.rows}; got ${y.rows}×${y.cols}`);
  }
  engine.scope((s) => {
    const placed = copyMatrixIn(engine, s, y);
    engine.parallel(`transpose_${dtype}`, [length, placed.ptr, placed.ld, out.ptr, out.ld], x.rows, 16);
  });
}
