import type { ParallelKernel } from "../../engine/engine.ts";
import type { Dtype } from "../../io/dtype.ts";

/** Stored types that weights are merged in, as the kernels' names spell them. */
export type Codec = "f32" | "f16" | "bf16";

/** The type that sums are accumulated in. */
export type Sum = "f32" | "f64";

const codecs: ReadonlyMap<Dtype, Codec> = new Map([
  ["F32", "f32"],
  ["F16", "f16"],
  ["BF16", "bf16"],
]);

export const dtypeOfCodec: Readonly<Record<Codec, Dtype>> = { f32: "F32", f16: "F16", bf16: "BF16" };

export const codecBytes: Readonly<Record<Codec, number>> = { f32: 4, f16: 2, bf16: 2 };

export const sumBytes: Readonly<Record<Sum, number>> = { f32: 4, f64: 8 };

/** Columns in one panel of packed right factors: two vectors. */
export const panelColumns: Readonly<Record<Sum, number>> = { f32: 8, f64: 4 };

/** Rows in one panel of packed left factors. */
export const PANEL_ROWS = 4;

/** The codec of a stored type, or `undefined` for types that weights are not merged in. */
export function codecOf(dtype: Dtype): Codec | undefined {
  return codecs.get(dtype);
}

export function decodeKernel(from: Codec | "f64", to: Sum): ParallelKernel {
  return `decode_${from}_${to}` as ParallelKernel;
}

export function finishKernel(sum: Sum, to: Codec): ParallelKernel {
  return `finish_${sum}_${to}` as ParallelKernel;
}
