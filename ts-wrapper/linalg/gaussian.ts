/**
 * Numbers from the standard normal distribution, the same bits on every runtime: integer operations, + − × ÷ and the square root,
 * all of which are exactly specified; `Math.log` and `Math.cos` are not, and differ in last bits between engines.
 *
 * Uniform numbers come from xoshiro128** (Blackman & Vigna, ACM TOMS 47 (2021) art. 36), seeded by SplitMix32; pairs of normal ones by the
 * polar method (Marsaglia & Bray, SIAM Review 6 (1964) 260–264).
 *
 * @param seed an integer; its low 32 bits count
 */
export function gaussian(seed: number): () => number {
  const state = seeded(seed);
  const made = new Float64Array(BATCH);
  let at = BATCH;
  return () => {
    if (at === BATCH) {
      refill(state, made);
      at = 0;
    }
    return made[at++]!;
  };
}

/** Numbers made at a time, in a loop that keeps its state in registers; even, since they come in pairs. */
const BATCH = 512;

function seeded(seed: number): Int32Array {
  let state = seed >>> 0;
  return Int32Array.from({ length: 4 }, () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  });
}

function refill(state: Int32Array, out: Float64Array): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  const uniform = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return (result | 0) * 2 ** -31;
  };
  for (let i = 0; i < out.length; ) {
    const x = uniform();
    const y = uniform();
    const square = x * x + y * y;
    if (square >= 1 || square === 0) continue;
    const factor = Math.sqrt((-2 * logarithm(square)) / square);
    out[i++] = x * factor;
    out[i++] = y * factor;
  }
  state.set([a, b, c, d]);
}

const rotateLeft = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** 1/21, 1/19 … 1. */
const series = Float64Array.from({ length: 11 }, (_, i) => 1 / (21 - 2 * i));

/** The natural logarithm of 2⁻⁶² ≤ x < 1, within 4 units of the last place of itself or of 2⁻⁵³. */
export function logarithm(x: number): number {
  let fraction = x;
  let exponent = 0;
  for (; fraction < 2 ** -16; exponent -= 16) fraction *= 2 ** 16;
  for (; fraction < Math.SQRT1_2; exponent -= 1) fraction *= 2;
  // ln f = 2·artanh z = 2(z + z³/3 + z⁵/5 + …), |z| ≤ 0.172: what is left out after z²¹ is below 2⁻⁵³ of the sum.
  const z = (fraction - 1) / (fraction + 1);
  const square = z * z;
  let sum = series[0]!;
  for (let i = 1; i < series.length; i++) sum = sum * square + series[i]!;
  return exponent * Math.LN2 + 2 * z * sum;
}
