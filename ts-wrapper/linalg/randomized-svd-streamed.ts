import { type Engine, type Floats, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { certifyTriplets } from "./certify.ts";
import type { Matrix } from "./matrix.ts";
import { type LinearOperator, type RowSource, type StreamedOperator, streamedOperatorOf, tilesOf } from "./operator.ts";
import { runStreamed, withStreamed } from "./products.ts";
import { planFor, type RandomizedSvdOptions } from "./randomized-plan.ts";
import { type RandomizedSvd, resultSteps } from "./randomized-svd.ts";
import { singlePassSvd } from "./single-pass-svd.ts";

export interface StreamedSvdOptions extends RandomizedSvdOptions {
  /**
   * Read A once, and not 2·powerIterations + 2 times: see `singlePassSvd`, which is less accurate. It goes with `rank` and a `RowSource`,
   * and has neither oversampling nor iterations to set. Default false.
   */
  readonly singlePass?: boolean;
}

/**
 * `randomizedSvd` of a matrix that is never in memory as a whole: rows are read in tiles, as often as there are products, one after the
 * other; or an operator whose products are promises. The memory of the engine holds a few blocks of rank + oversample vectors.
 *
 * Options, errors and result as in `randomizedSvd`; what a source throws goes through. Elements must lie where products with them stay
 * within the type: nothing is scaled. In deterministic math the same bits for every runtime and number of threads.
 */
export async function randomizedSvdStreamed<F extends Floats>(
  engine: Engine,
  a: RowSource<F> | StreamedOperator<F> | LinearOperator<F>,
  options: StreamedSvdOptions,
): Promise<RandomizedSvd<F>> {
  const what = "randomizedSvdStreamed";
  if (options.singlePass) return once(engine, what, a, options);
  const plan = planFor(what, a, a.dtype, options);
  const operator = "readRows" in a ? streamedOperatorOf<F>(engine, [{ of: a }]) : (a as StreamedOperator<F>);
  const scope = new Scope(engine); // engine.scope would end before the first product is there
  try {
    const result = await runStreamed(engine, resultSteps<F>(engine, scope, a, plan), withStreamed(engine, what, operator));
    if (!options.certify) return result;
    return { ...result, certificate: certifyTriplets(engine, result, await operator.applyT(result.u as Matrix<F>)) };
  } finally {
    scope.close();
  }
}

async function once<F extends Floats>(
  engine: Engine,
  what: string,
  a: RowSource<F> | StreamedOperator<F> | LinearOperator<F>,
  options: StreamedSvdOptions,
): Promise<RandomizedSvd<F>> {
  const { rank, seed, ...others } = options;
  if (rank === undefined || !("readRows" in a)) {
    const is = rank === undefined ? "no rank" : "an operator";
    throw new LowrankError("USAGE", what, `singlePass with ${is}, a rank and a source of rows were needed; give both`);
  }
  for (const name of [
    "tolerance",
    "torchCompatible",
    "oversample",
    "powerIterations",
    "iteration",
    "probes",
    "certify",
  ] as const) {
    if (!others[name]) continue;
    throw new LowrankError("USAGE", what, `${name} is ${others[name]} with singlePass, which has no such thing; leave it out`);
  }
  const sketch = singlePassSvd<F>(engine, {
    rows: a.rows,
    cols: a.cols,
    dtype: a.dtype,
    rank,
    ...(seed === undefined ? {} : { seed }),
  });
  for await (const { first, tile } of tilesOf(a)) sketch.update(tile, first);
  const result = sketch.result();
  return { ...result, rank, residual: undefined, errorBound: undefined, certificate: undefined };
}
