import { normal, random, rng } from "../tests/support/rng.ts";
import { bytesOf, encode } from "../tests/support/stored.ts";
import type { StoredDtype } from "../ts-wrapper/cli/kernel-work.ts";
import type { FloatDtype, Floats } from "../ts-wrapper/engine/engine.ts";

/** Seeded operands, the same on every runtime. */
export function uniform(n: number, seed: number, dtype: FloatDtype): Floats {
  return random(n, rng(seed), dtype);
}

export function gaussian(n: number, seed: number, dtype: FloatDtype): Floats {
  const values = normal(n, rng(seed));
  return dtype === "f64" ? values : Float32Array.from(values);
}

/** Weights as stored: values uniform in [−1, 1) rounded to their type. */
export function weights(n: number, seed: number, stored: StoredDtype): Uint8Array<ArrayBuffer> {
  const block = Math.min(n, 1 << 16);
  const bytes = encode(stored, random(block, rng(seed)));
  const out = new Uint8Array(n * bytesOf[stored]);
  for (let at = 0; at < out.byteLength; at += bytes.byteLength) {
    out.set(bytes.subarray(0, Math.min(bytes.byteLength, out.byteLength - at)), at);
  }
  return out;
}
