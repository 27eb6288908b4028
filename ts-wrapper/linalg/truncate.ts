import type { Floats } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { rowsOf, typed } from "./dense.ts";
import { checkInteger, type Matrix } from "./matrix.ts";

/** How many singular values are kept; exactly one of these. */
export interface Truncation {
  /** So many, or all if there are fewer. */
  readonly rank?: number;
  /** As few as hold this share of Σ σᵢ², from 0 to 1. */
  readonly energy?: number;
  /** Those above this value. */
  readonly absolute?: number;
  /** Those above this share of the largest one, from 0 to below 1. */
  readonly relative?: number;
}

/** What is left out, known from the singular values alone (Eckart & Young, Psychometrika 1 (1936); Mirsky, Quart. J. Math. 11 (1960)). */
export interface TruncationError {
  /** √(Σ σᵢ² over what is left out). */
  readonly frobenius: number;
  /** The largest one left out, 0 if there is none. */
  readonly spectral: number;
}

export interface Decomposed<F extends Floats = Floats> {
  readonly u: Matrix<F>;
  /** Descending. */
  readonly s: F;
  readonly vt: Matrix<F>;
}

export interface Truncated<F extends Floats = Floats> extends Decomposed<F> {
  readonly rank: number;
  /** ‖U·diag(s)·Vᵀ before − after‖. */
  readonly error: TruncationError;
}

/**
 * The leading triplets of a decomposition: u m×rank, vt rank×n, without gaps and on memory of their own. No matrix of that rank is nearer in
 * either norm. Throws `USAGE` unless exactly one way to choose is given, and within its range.
 */
export function truncate<F extends Floats>({ u, s, vt }: Decomposed<F>, by: Truncation): Truncated<F> {
  const rank = keptBy("truncate", s, by);
  return {
    u: typed<F>(rowsOf(u, 0, u.rows, rank)),
    s: s.slice(0, rank) as F,
    vt: typed<F>(rowsOf(vt, 0, rank)),
    rank,
    error: leftOut(s, rank),
  };
}

/** How many of s are kept. */
export function keptBy(what: string, s: ArrayLike<number>, by: Truncation): number {
  const given = (["rank", "energy", "absolute", "relative"] as const).filter((name) => by[name] !== undefined);
  if (given.length !== 1) {
    const names = given.length === 0 ? "nothing is" : `${given.join(" and ")} are`;
    throw new LowrankError("USAGE", what, `${names} given, exactly one of rank, energy, absolute, relative was needed`);
  }
  const { rank, energy, absolute, relative } = by;
  if (rank !== undefined) {
    checkInteger(what, "rank", rank, 0, 2 ** 31);
    return Math.min(rank, s.length);
  }
  if (energy !== undefined) {
    if (!(energy >= 0 && energy <= 1)) throw outside(what, "energy", energy, "from 0 to 1");
    return countOfEnergy(s, energy);
  }
  if (absolute !== undefined) {
    if (!(absolute >= 0)) throw outside(what, "absolute", absolute, "of at least 0");
    return countAbove(s, absolute);
  }
  if (!(relative! >= 0 && relative! < 1)) throw outside(what, "relative", relative!, "from 0 to below 1");
  return countAbove(s, relative! * (s[0] ?? 0));
}

/** What the values from `rank` on amount to. */
export function leftOut(s: ArrayLike<number>, rank: number): TruncationError {
  const spectral = s[rank] ?? 0;
  let sum = 0; // of squares over the largest, which neither overflow nor all vanish; smallest first
  if (spectral > 0) for (let i = s.length - 1; i >= rank; i--) sum += (s[i]! / spectral) ** 2;
  return { frobenius: spectral * Math.sqrt(sum), spectral };
}

function countAbove(s: ArrayLike<number>, limit: number): number {
  let count = 0;
  while (count < s.length && s[count]! > limit) count++;
  return count;
}

function countOfEnergy(s: ArrayLike<number>, share: number): number {
  const top = s[0] ?? 0;
  if (top === 0) return 0;
  const tails = new Float64Array(s.length + 1);
  for (let i = s.length - 1; i >= 0; i--) tails[i] = tails[i + 1]! + (s[i]! / top) ** 2;
  // What may be left out is compared, not what is kept: a share near 1 would be lost in the sum.
  const allowed = (1 - share) * tails[0]!;
  let count = 0;
  while (tails[count]! > allowed) count++;
  return count;
}

function outside(what: string, name: string, value: number, needed: string): LowrankError {
  return new LowrankError("USAGE", what, `${name} is ${value}, a number ${needed} was needed`);
}
