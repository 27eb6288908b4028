import type { FloatDtype, Floats } from "../../ts-wrapper/engine/engine.ts";
import { u32, u64 } from "./close.ts";
import { type Rng, random } from "./rng.ts";

/** The types that kernels compute in, and plain-TypeScript arithmetic in each. */
export const floatTypes = ["f32", "f64"] as const;

/** Lengths around every lane count and unrolling of the kernels. */
export const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 97] as const;

export const unit: Readonly<Record<FloatDtype, number>> = { f32: u32, f64: u64 };
export const largest: Readonly<Record<FloatDtype, number>> = { f32: (2 - 2 ** -23) * 2 ** 127, f64: Number.MAX_VALUE };
export const tiniest: Readonly<Record<FloatDtype, number>> = { f32: 2 ** -149, f64: Number.MIN_VALUE };

/** One operation's result, rounded to the type. */
export const rounding: Readonly<Record<FloatDtype, (x: number) => number>> = { f32: Math.fround, f64: (x) => x };

/** a·b + c with two roundings, as the deterministic builds do it. */
export function multiplyAdd(type: FloatDtype, a: number, b: number, c: number): number {
  const round = rounding[type];
  return round(round(a * b) + c);
}

/** `n` values uniform in [−1, 1). */
export function uniform(type: FloatDtype, n: number, next: Rng): Floats {
  return type === "f32" ? random(n, next) : random(n, next, "f64");
}

export function floatsOf(type: FloatDtype, values: number | ArrayLike<number>): Floats {
  if (typeof values === "number") return type === "f32" ? new Float32Array(values) : new Float64Array(values);
  return type === "f32" ? Float32Array.from(values) : Float64Array.from(values);
}

/** Bytes as an array of the type. */
export function asFloats(type: FloatDtype, bytes: Uint8Array): Floats {
  const buffer = bytes.slice().buffer;
  return type === "f32" ? new Float32Array(buffer) : new Float64Array(buffer);
}
