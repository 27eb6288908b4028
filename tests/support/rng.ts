/** Seeded numbers, the same on every runtime: mulberry32. */
export type Rng = () => number;

/** Uniform in [0, 1). */
export function rng(seed: number): Rng {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `n` values uniform in [−1, 1). */
export function random(n: number, next: Rng): Float32Array<ArrayBuffer>;
export function random(n: number, next: Rng, dtype: "f64"): Float64Array<ArrayBuffer>;
export function random(n: number, next: Rng, dtype?: "f32" | "f64"): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
export function random(
  n: number,
  next: Rng,
  dtype: "f32" | "f64" = "f32",
): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  const out = dtype === "f32" ? new Float32Array(n) : new Float64Array(n);
  for (let i = 0; i < n; i++) out[i] = next() * 2 - 1;
  return out;
}

/** `n` values from the standard normal distribution (Box–Muller). */
export function normal(n: number, next: Rng): Float64Array<ArrayBuffer> {
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) out[i] = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return out;
}
