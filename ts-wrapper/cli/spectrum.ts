import { energyOf } from "./product-spectrum.ts";

/** What the singular values of an m×n matrix say. */
export interface SpectrumFacts {
  /** Frobenius: √Σσ². */
  readonly norm: number;
  /** σ₁. */
  readonly spectralNorm: number;
  /** Σσ²/σ₁²; `null` for a zero matrix. */
  readonly stableRank: number | null;
  /** exp of the entropy of σ/Σσ (Roy & Vetterli, EUSIPCO 2007); `null` for a zero matrix. */
  readonly effectiveRank: number | null;
  /** Values above max(m, n)·ε·σ₁, as numpy's matrix_rank counts them; `null` where not all values are known. */
  readonly rank: number | null;
  /** σ₁/σₖ with k = min(m, n), `null` where it is infinite or not all values are known. */
  readonly condition: number | null;
  /** The least rank that holds a share of Σσ², ‖A − A_r‖/‖A‖ with it, and what its factors take of the matrix's parameters. */
  readonly energy: readonly {
    readonly share: number;
    readonly rank: number;
    readonly error: number;
    readonly parameters: number;
  }[];
}

/** Shares of the energy that people ask for. */
const SHARES = [0.5, 0.9, 0.99, 0.999] as const;
const EPSILON = { f32: 2 ** -23, f64: 2 ** -52 } as const;

/**
 * @param values descending; all min(m, n) of them, or the first ones and `energy`, the Σσ² of all
 */
export function spectrumFacts(
  values: Float64Array,
  [m, n]: readonly [number, number],
  dtype: keyof typeof EPSILON,
  energy = energyOf(values),
): SpectrumFacts {
  const errors = errorCurve(values, energy);
  const complete = values.length === Math.min(m, n);
  const [first = 0, last = 0] = [values[0], values.at(-1)];
  return {
    norm: Math.sqrt(energy),
    spectralNorm: first,
    stableRank: first > 0 ? energy / (first * first) : null,
    effectiveRank: complete && first > 0 ? Math.exp(entropy(values)) : null,
    rank: complete ? values.filter((s) => s > Math.max(m, n) * EPSILON[dtype] * first).length : null,
    condition: complete && last > 0 ? first / last : null,
    energy: SHARES.flatMap((share) => {
      const rank = rankOf(values, share * energy);
      return rank === undefined
        ? []
        : [{ share, rank, error: errors[rank - 1] ?? 0, parameters: m && n ? (rank * (m + n)) / (m * n) : 0 }];
    }),
  };
}

/** How many of the first values it takes until their squares add up to `energy`; `undefined` where all of them do not. */
export function rankOf(values: Float64Array, energy: number): number | undefined {
  let sum = 0;
  for (let k = 0; k < values.length; k++) {
    if (sum >= energy) return k;
    sum += values[k]! ** 2;
  }
  return sum >= energy ? values.length : undefined;
}

/** ‖A − A_r‖/‖A‖ in Frobenius norms for r = 1, 2, …: what is left when the first r values are kept (Eckart & Young). */
export function errorCurve(values: Float64Array, energy = energyOf(values)): Float64Array {
  const errors = new Float64Array(values.length);
  let rest = Math.max(0, energy - energyOf(values)); // of values that are not known; small ones are added first
  for (let r = values.length - 1; r >= 0; r--) {
    errors[r] = energy > 0 ? Math.sqrt(rest / energy) : 0;
    rest += values[r]! ** 2;
  }
  return errors;
}

function entropy(values: Float64Array): number {
  const sum = values.reduce((a, b) => a + b, 0);
  return values.reduce((h, s) => (s > 0 ? h - (s / sum) * Math.log(s / sum) : h), 0);
}
