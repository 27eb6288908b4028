import type { Ptr } from "../engine/engine.ts";
import type { QuantType, QuantTypeName } from "./quant-type.ts";

type Kernel = "q8_0" | "q4_0" | "q4_1" | "q5_0" | "q5_1" | "q4_k" | "q5_k" | "q6_k";

/** Rows of weights that a thread takes at a time. */
const GRAIN = 64;

/**
 * A type of ggml: blocks of `size` weights in `bytes` bytes. Activations are rounded to signed bytes in blocks of that size unless f32
 * is asked for; integer sums are exact, and what rounding adds is small beside what the weights lost (README).
 */
function blocks(name: QuantTypeName & `q${string}`, size: 32 | 256, bytes: number, encode: string): QuantType {
  const kernel = name.toLowerCase() as Kernel;
  const count = (rows: number, cols: number): number => (rows * cols) / size;
  return {
    name,
    bits: (8 * bytes) / size,
    block: `${size} weights in ${bytes} bytes`,
    encode,
    source: "ggml",
    multiple: size,
    activations: ["q8", "f32"],
    kernels: [`gemm_${kernel}_q8`, `gemm_${kernel}_f32`, `low_rank_update_${kernel}`],
    bytes: (rows, cols) => count(rows, cols) * bytes,
    scales: () => 0,
    rowStep: () => 1,
    encodeTo(engine, src, w) {
      engine.parallel(`encode_${kernel}_f32`, [src, w.data], count(w.rows, w.cols), 1024);
    },
    decodeTo(engine, w, i0, i1, dst) {
      engine.parallel(`decode_${kernel}_f32`, [w.data + count(i0, w.cols) * bytes, dst], count(i1 - i0, w.cols), 1024);
    },
    multiply(engine, s, w, { m, x, y }, activations) {
      const { rows, cols: n } = w;
      if (activations === "f32") {
        if (m === 1) engine.parallel(`gemv_${kernel}_f32`, [n, w.data, x, y], rows, GRAIN);
        else engine.parallel(`gemm_${kernel}_f32`, [m, n, w.data, x, n, y, rows], rows, GRAIN);
        return;
      }
      const rounded: Ptr = s.alloc(m * engine.wasm.q8_row_bytes(n, size));
      engine.parallel("quantize_rows_q8", [n, size, x, n, rounded], m, 4);
      if (m === 1) engine.parallel(`gemv_${kernel}_q8`, [n, w.data, rounded, y], rows, GRAIN);
      else engine.parallel(`gemm_${kernel}_q8`, [m, n, w.data, rounded, y, rows], rows, GRAIN);
    },
  };
}

const peak = "scale by the largest weight, codes to nearest: the bytes of ggml's reference";
const range = "scale and minimum span the block, codes to nearest: the bytes of ggml's reference";
const affine = "scale and minimum of each 32 by a search for the least weighted squared error: the values of ggml's reference";
const symmetric = "scale of each 16 by a search for the least weighted squared error: the values of ggml's reference";

export const ggmlTypes: readonly QuantType[] = [
  blocks("q8_0", 32, 34, peak),
  blocks("q6_K", 256, 210, symmetric),
  blocks("q5_K", 256, 176, affine),
  blocks("q5_1", 32, 24, range),
  blocks("q5_0", 32, 22, peak),
  blocks("q4_K", 256, 144, affine),
  blocks("q4_1", 32, 20, range),
  blocks("q4_0", 32, 18, peak),
];
