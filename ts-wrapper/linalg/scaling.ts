import type { FloatDtype } from "../engine/engine.ts";

/** 2^exponent as two factors: one alone may lie beyond the type. Multiplying by both is exact unless the result is subnormal. */
export interface Scaling {
  readonly exponent: number;
  readonly factors: readonly [number, number];
}

/**
 * What squares and sums of squares need, in each type: `top`, the exponents above 1 less four to spare; `tiny`, the norm below which
 * squares lose digits; `safe`, the exponents of a largest element that leave both ends far away.
 */
export const range = {
  f32: { top: 124, tiny: 2 ** -44, safe: [-20, 30] },
  f64: { top: 1020, tiny: 2 ** -480, safe: [-200, 400] },
} as const;

export function scalingBy(exponent: number): Scaling {
  const half = exponent >> 1;
  return { exponent, factors: [powerOfTwo(half), powerOfTwo(exponent - half)] };
}

/** The largest scaling of `count` elements, none above `peak`, whose squares still sum to less than 2^top. */
export function scalingFor(dtype: FloatDtype, count: number, peak: number): Scaling {
  if (peak === 0) return scalingBy(0);
  const room = Math.floor((range[dtype].top - exponentOf(count) - 1) / 2);
  return scalingBy(room - 1 - exponentOf(peak));
}

/** x · 2^−exponent, rounded once, where the result is subnormal. */
export function unscale(x: number, { factors: [f, g] }: Scaling): number {
  return x / f / g;
}

const bits = new DataView(new ArrayBuffer(8));

/** ⌊log₂ x⌋ for a finite x > 0, exactly. */
export function exponentOf(x: number): number {
  bits.setFloat64(0, x);
  const biased = (bits.getUint32(0) >>> 20) & 0x7ff;
  return biased === 0 ? exponentOf(x * 2 ** 64) - 64 : biased - 1023;
}

/** 2^e for −1022 ≤ e ≤ 1023, exactly. */
export function powerOfTwo(e: number): number {
  bits.setUint32(0, (e + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}
