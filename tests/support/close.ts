import assert from "node:assert/strict";

/** Unit roundoff. */
export const u32 = 2 ** -24;
export const u64 = 2 ** -53;

export type Values = ArrayLike<number>;

/** γₙ = nu/(1 − nu): what n roundings in a row can do, relative.   Higham, ASNA 2e, §3.1 */
export function gamma(n: number, u: number): number {
  return (n * u) / (1 - n * u);
}

/** Every element within its own bound of the wanted one; both NaN, or the same infinity, also count as equal. */
export function within(got: Values, want: Values, bound: Values | number, what: string): void {
  assert.equal(got.length, want.length, `${what}: ${got.length} elements, ${want.length} wanted`);
  for (let i = 0; i < want.length; i++) {
    const g = got[i]!;
    const w = want[i]!;
    const b = typeof bound === "number" ? bound : bound[i]!;
    if (Object.is(g, w) || Math.abs(g - w) <= b) continue;
    if (Number.isNaN(g) && Number.isNaN(w)) continue;
    assert.fail(`${what}: element ${i} is ${g}, ${w} ± ${b} wanted`);
  }
}

/** The same bits, element by element; a NaN equals every NaN. */
export function same(got: Values, want: Values, what: string): void {
  assert.equal(got.length, want.length, `${what}: ${got.length} elements, ${want.length} wanted`);
  for (let i = 0; i < want.length; i++) {
    if (!Object.is(got[i], want[i])) assert.fail(`${what}: element ${i} is ${got[i]}, ${want[i]} wanted`);
  }
}
