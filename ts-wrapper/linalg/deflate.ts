/** Which entries of a diagonal matrix with one full row take part in its secular equation. */
export interface Deflation {
  /** Indices of those that do: the row's own place first, then ascending in d. */
  readonly kept: readonly number[];
  /** Positions in `kept`, in groups: vectors that lie in the left half alone, the row between, those in both halves, those in the right. */
  readonly order: readonly number[];
  /** How many there are in the left half alone, and in both besides the row between. */
  readonly apart: { readonly left: number; readonly both: number };
  /** Indices of the others: d and its vectors stand as they are. */
  readonly deflated: readonly number[];
}

/**
 * Sorts out what changes a singular value by no more than `tolerance`: entries with |z| below it are singular values already; of two d that
 * are closer than it a rotation makes one z zero, by `rotate(i, j, c, s)` with the effect of xᵢ ← c·xᵢ + s·xⱼ, xⱼ ← c·xⱼ − s·xᵢ on the vectors.
 * What is kept is so far apart that the secular equation can be solved to full precision. Changes z.
 *
 * @param d ≥ 0, d[middle] = 0; entries before `middle` belong to the left half, those behind to the right one
 *
 * Source: Gu & Eisenstat, SIMAX 16 (1995), §4.1. LAPACK xLASD2.
 */
export function deflate(
  d: Float64Array,
  z: Float64Array,
  middle: number,
  tolerance: number,
  rotate: (i: number, j: number, c: number, s: number) => void,
): Deflation {
  if (Math.abs(z[middle]!) <= tolerance) z[middle] = z[middle]! < 0 ? -tolerance : tolerance;
  const ascending = Uint32Array.from(d.keys()).sort((i, j) => d[i]! - d[j]! || i - j);
  const inBoth = new Set<number>();
  const kept = [middle];
  const deflated: number[] = [];
  let last = -1;
  for (const j of ascending) {
    if (j === middle) continue;
    if (Math.abs(z[j]!) <= tolerance) {
      deflated.push(j);
      continue;
    }
    if (last >= 0 && d[j]! - d[last]! <= tolerance) {
      const length = Math.sqrt(z[last]! * z[last]! + z[j]! * z[j]!);
      rotate(last, j, z[j]! / length, -z[last]! / length);
      z[j] = length;
      z[last] = 0;
      if (inBoth.has(last) || last < middle !== j < middle) inBoth.add(j);
      deflated.push(last);
    } else if (last >= 0) {
      kept.push(last);
    }
    last = j;
  }
  if (last >= 0) kept.push(last);
  const positions = Array.from(kept.keys()).slice(1);
  const both = positions.filter((p) => inBoth.has(kept[p]!));
  const left = positions.filter((p) => !inBoth.has(kept[p]!) && kept[p]! < middle);
  const right = positions.filter((p) => !inBoth.has(kept[p]!) && kept[p]! > middle);
  return { kept, order: [...left, 0, ...both, ...right], apart: { left: left.length, both: both.length }, deflated };
}
