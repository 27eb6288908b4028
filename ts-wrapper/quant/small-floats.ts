import type { Ptr } from "../engine/engine.ts";
import type { QuantType, QuantTypeName } from "./quant-type.ts";

type Kernel = "f16" | "bf16" | "f8_e4m3" | "f8_e5m2";

const GRAIN = 64;

/** Floating point in 16 or 8 bits: no blocks, no scales, any number of columns. */
function floats(
  name: QuantTypeName & Uppercase<Kernel>,
  kernel: Kernel,
  bits: 8 | 16,
  layout: string,
  encode: string,
  source: string,
): QuantType {
  const bytes = bits / 8;
  return {
    name,
    bits,
    block: layout,
    encode,
    source,
    multiple: 1,
    activations: ["f32"],
    kernels: [`gemm_${kernel}_f32`],
    bytes: (rows, cols) => rows * cols * bytes,
    scales: () => 0,
    rowStep: () => 1,
    encodeTo(engine, src, w) {
      engine.parallel(`encode_${kernel}_f32`, [src, w.data], w.rows * w.cols, 65536);
    },
    decodeTo(engine, w, i0, i1, dst) {
      engine.parallel(`decode_${kernel}_f32`, [(w.data + i0 * w.cols * bytes) as Ptr, dst], (i1 - i0) * w.cols, 65536);
    },
    multiply(engine, _s, w, { m, x, y }) {
      const { rows, cols: n } = w;
      if (m === 1) engine.parallel(`gemv_${kernel}_f32`, [n, w.data, n, x, y], rows, GRAIN);
      else engine.parallel(`gemm_${kernel}_f32`, [m, n, w.data, n, x, n, y, rows], rows, GRAIN);
    },
  };
}

const nearest = "to nearest, ties to even";

export const smallFloatTypes: readonly QuantType[] = [
  floats("F16", "f16", 16, "1 sign, 5 exponent, 10 fraction bits", `${nearest}; too large becomes ±Inf`, "IEEE 754"),
  floats(
    "BF16",
    "bf16",
    16,
    "1 sign, 8 exponent, 7 fraction bits",
    `${nearest}; too large becomes ±Inf`,
    "the upper half of an F32",
  ),
  floats(
    "F8_E4M3",
    "f8_e4m3",
    8,
    "1 sign, 4 exponent, 3 fraction bits",
    `${nearest}; beyond 448 becomes NaN`,
    "arXiv 2209.05433",
  ),
  floats(
    "F8_E5M2",
    "f8_e5m2",
    8,
    "1 sign, 5 exponent, 2 fraction bits",
    `${nearest}; beyond 57344 becomes ±Inf`,
    "arXiv 2209.05433",
  ),
];
