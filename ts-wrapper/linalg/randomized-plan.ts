import type { FloatDtype } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import type { Plan } from "./leading-triplets.ts";
import { checkInteger, unitRoundoff } from "./matrix.ts";

export interface RandomizedSvdOptions {
  /** Singular values and vectors wanted. Exactly one of this, `tolerance` and `torchCompatible`. */
  readonly rank?: number;
  /**
   * The largest relative error of U·diag(s)·Vᵀ that is accepted; the rank follows. For a matrix in Frobenius norms, measured; for an
   * operator or a stream in 2-norms, by a bound that holds except with a probability below min(m, n)·10⁻³².
   */
  readonly tolerance?: number;
  /**
   * What `torch.svd_lowrank(A, q, niter)` computes: q vectors without oversampling, niter power iterations with a QR after every half
   * step, on Aᵀ where A is wide; q triplets. torch's defaults: q = 6, niter = 2. The random vectors are those of `seed`, not of torch.
   */
  readonly torchCompatible?: { readonly q?: number; readonly niter?: number };
  /** Vectors beyond `rank` in the sketch, which make its leading part accurate. Default 8. */
  readonly oversample?: number;
  /** Passes of A·Aᵀ over the sketch; more help where singular values fall slowly. Default 2. */
  readonly powerIterations?: number;
  /**
   * `power`: the last iteration alone makes the basis. `krylov`: all of them do (block Krylov), for a much better one from the same
   * products, at the price of a basis of (powerIterations + 1)·(rank + oversample) vectors. Default `power`; goes with `rank`.
   */
  readonly iteration?: "power" | "krylov";
  /** Random vectors to bound the error with afterwards: see `errorBound`. Default 0, which leaves it out. */
  readonly probes?: number;
  /** Measure the result against A, see `certificate`. Default false. */
  readonly certify?: boolean;
  /** A whole number below 2³². The same seed gives the same result. Default 24301 (0x5eed). */
  readonly seed?: number;
}

const DEFAULT_OVERSAMPLE = 8;
const DEFAULT_POWER_ITERATIONS = 2;
const DEFAULT_SEED = 0x5eed;

interface Shape {
  readonly rows: number;
  readonly cols: number;
}

/** Checks the options of `randomizedSvd` for an A of this shape and fills in defaults. Throws `USAGE` and `SHAPE`. */
export function planFor(what: string, a: Shape, dtype: FloatDtype, options: RandomizedSvdOptions): Plan {
  const { rank, tolerance, torchCompatible: torch, iteration = "power", probes = 0, seed = DEFAULT_SEED } = options;
  const most = Math.min(a.rows, a.cols);
  if (most === 0) throw new LowrankError("SHAPE", what, `A is ${a.rows}×${a.cols}, at least one row and one column were needed`);
  if ([rank, tolerance, torch].filter((x) => x !== undefined).length !== 1) {
    const also = torch ? " and torchCompatible is there" : "";
    const are = `rank is ${rank}${torch ? "," : " and"} tolerance is ${tolerance}${also}`;
    throw new LowrankError("USAGE", what, `${are}, exactly one of them was needed`);
  }
  if (iteration !== "power" && iteration !== "krylov") {
    throw new LowrankError("USAGE", what, `iteration is ${JSON.stringify(iteration)}, one of power, krylov was needed`);
  }
  checkInteger(what, "seed", seed, 0, 2 ** 32 - 1);
  checkInteger(what, "probes", probes, 0, 300);
  if (torch) return torchPlan(what, a, torch, options, { seed, probes });
  const { oversample = DEFAULT_OVERSAMPLE, powerIterations = DEFAULT_POWER_ITERATIONS } = options;
  if (rank !== undefined) checkInteger(what, "rank", rank, 1, most);
  // Below a few units of rounding no rank would do.
  const least = 16 * unitRoundoff[dtype];
  if (tolerance !== undefined && !(tolerance >= least && tolerance < 1)) {
    const advice = dtype === "f32" ? "; float64 resolves more" : "";
    throw new LowrankError("USAGE", what, `tolerance is ${tolerance}, a number from ${least} to below 1 was needed${advice}`);
  }
  if (tolerance !== undefined && iteration === "krylov") {
    throw new LowrankError("USAGE", what, "iteration is krylov with a tolerance, it goes with rank; leave one of them out");
  }
  checkInteger(what, "oversample", oversample, 0, 2 ** 31);
  checkInteger(what, "powerIterations", powerIterations, 0, 100);
  const common = { tolerance, oversample, powerIterations, krylov: iteration === "krylov", seed, probes };
  return { rank: rank ?? 0, ...common, transposed: false, mayBeExact: true };
}

function torchPlan(
  what: string,
  a: Shape,
  { q = 6, niter = 2 }: { readonly q?: number; readonly niter?: number },
  options: RandomizedSvdOptions,
  common: Pick<Plan, "seed" | "probes">,
): Plan {
  for (const name of ["oversample", "powerIterations", "iteration"] as const) {
    if (options[name] === undefined) continue;
    throw new LowrankError("USAGE", what, `${name} is ${options[name]} with torchCompatible, which sets it; leave it out`);
  }
  checkInteger(what, "torchCompatible.q", q, 1, Math.min(a.rows, a.cols));
  checkInteger(what, "torchCompatible.niter", niter, 0, 1000);
  const sketch = { rank: q, tolerance: undefined, oversample: 0, powerIterations: niter, krylov: false };
  return { ...sketch, ...common, transposed: a.rows < a.cols, mayBeExact: false };
}
