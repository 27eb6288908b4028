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

/** Numbers made at a time; even, since they come in pairs. */
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

/** Uniform in [−1, 1): 32 bits of xoshiro128**. */
function uniform(state: Int32Array): number {
  const a = state[0]!;
  const b = state[1]!;
  const c = state[2]! ^ a;
  const d = state[3]! ^ b;
  const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9);
  state[0] = a ^ d;
  state[1] = b ^ c;
  state[2] = c ^ (b << 9);
  state[3] = rotateLeft(d, 11);
  return result * 2 ** -31;
}

function refill(state: Int32Array, out: Float64Array): void {
  const squares = new Float64Array(out.length / 2);
  for (let i = 0; i < out.length; ) {
    const x = uniform(state);
    const y = uniform(state);
    const square = x * x + y * y;
    if (square >= 1 || square === 0) continue;
    squares[i / 2] = square;
    out[i++] = x;
    out[i++] = y;
  }
  // A loop of its own: without the branch above the processor works on several pairs at once.
  for (let i = 0; i < out.length; i += 2) {
    const square = squares[i / 2]!;
    const factor = Math.sqrt((-2 * logarithm(square)) / square);
    out[i]! *= factor;
    out[i + 1]! *= factor;
  }
}

const rotateLeft = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** The natural logarithm of 2⁻⁶² ≤ x < 1, within 4 units of the last place of itself or of 2⁻⁵³. */
export function logarithm(x: number): number {
  let fraction = x;
  let exponent = 0;
  for (; fraction < 2 ** -16; exponent -= 16) fraction *= 2 ** 16;
  for (; fraction < Math.SQRT1_2; exponent -= 1) fraction *= 2;
  // ln f = 2·artanh z = 2(z + z³/3 + z⁵/5 + …), |z| ≤ 0.172: what is left out after z²¹ is below 2⁻⁵³ of the sum.
  const z = (fraction - 1) / (fraction + 1);
  const q = z * z;
  let sum = (1 / 21) * q + 1 / 19;
  sum = sum * q + 1 / 17;
  sum = sum * q + 1 / 15;
  sum = sum * q + 1 / 13;
  sum = sum * q + 1 / 11;
  sum = sum * q + 1 / 9;
  sum = sum * q + 1 / 7;
  sum = sum * q + 1 / 5;
  sum = sum * q + 1 / 3;
  sum = sum * q + 1;
  return exponent * Math.LN2 + 2 * z * sum;
}
