import type { Engine, Ptr, Scope } from "../engine/engine.ts";

/** In what activations are multiplied: f32 as they are, or rounded to signed bytes under a scale for each block of the weights. */
export type Activations = "f32" | "q8";

/** A matrix of quantized weights: rows × cols, row-major, in blocks of its type. */
export interface QuantizedMatrix {
  /** As the format that it comes from calls it: `q4_K` of ggml, `F8_E4M3` of safetensors, `nf4` of bitsandbytes, `I8`. */
  readonly type: QuantTypeName;
  readonly rows: number;
  readonly cols: number;
  /** The rows, one behind the other; for nf4 two weights in a byte, the first in the upper half. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** I8: one for each row. nf4: one for each 64 weights, where they are not quantized themselves. */
  readonly scales?: Float32Array<ArrayBuffer>;
  /** nf4 with double quantization. */
  readonly nested?: NestedScales;
}

/** The scales of nf4 quantized once more, in blocks of 256: map[codes[i]]·absmax[i / 256] + offset. */
export interface NestedScales {
  readonly codes: Uint8Array<ArrayBuffer>;
  readonly absmax: Float32Array<ArrayBuffer>;
  /** 256 values in ascending order, from −1 to 1. */
  readonly map: Float32Array<ArrayBuffer>;
  readonly offset: number;
}

export interface QuantizeOptions {
  /** nf4: the scales quantized as well, 0.127 bits for each weight in place of 0.5. Default true. */
  readonly doubleQuant?: boolean;
}

export type QuantTypeName =
  | "F16"
  | "BF16"
  | "F8_E4M3"
  | "F8_E5M2"
  | "I8"
  | "q8_0"
  | "q4_0"
  | "q4_1"
  | "q5_0"
  | "q5_1"
  | "q4_K"
  | "q5_K"
  | "q6_K"
  | "nf4";

/** Quantized weights inside the engine's memory. */
export interface PlacedQuantized {
  readonly rows: number;
  readonly cols: number;
  readonly data: Ptr;
  /** f32; 0 where the type has none. */
  readonly scales: Ptr;
}

/** y: m rows of `rows` f32 ← x·wᵀ; x: m rows of `cols` f32, without gaps. */
export interface Product {
  readonly m: number;
  readonly x: Ptr;
  readonly y: Ptr;
}

/** What there is to know of a type. One value of this in a list is a type: quantizing, products, errors and the table follow. */
export interface QuantType {
  readonly name: QuantTypeName;
  /** Bits that a weight takes, with its share of the scales. */
  readonly bits: number;
  /** What stands under one scale. */
  readonly block: string;
  /** What quantizing does. */
  readonly encode: string;
  readonly source: string;
  /** Columns are a multiple of this. */
  readonly multiple: number;
  readonly mostCols?: number;
  /** What products can be computed in; the first is the default. */
  readonly activations: readonly Activations[];
  /** Names of the kernels, for the table. */
  readonly kernels: readonly string[];
  bytes(rows: number, cols: number): number;
  /** How many f32 scales there are. */
  scales(rows: number, cols: number): number;
  /** Writes data and scales of the matrix at `src`, f32 without gaps. */
  encodeTo(engine: Engine, src: Ptr, w: PlacedQuantized): void;
  /** Writes rows i0 … i1 − 1 as f32; i0 is a multiple of `rowStep`. */
  decodeTo(engine: Engine, w: PlacedQuantized, i0: number, i1: number, dst: Ptr): void;
  /** Rows that begin where a block does. */
  rowStep(cols: number): number;
  multiply(engine: Engine, s: Scope, w: PlacedQuantized, product: Product, activations: Activations): void;
}
