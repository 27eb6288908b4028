import type { Ptr } from "../engine/engine.ts";
import { decodedProduct } from "./decoded-product.ts";
import type { QuantType } from "./quant-type.ts";

const GRAIN = 64;

/** Rows of signed bytes under one f32 each. Activations are rounded the same way unless f32 is asked for. */
export const int8Rows: QuantType = {
  name: "I8",
  bits: 8,
  block: "a row under one f32",
  encode: "scale by the largest weight of the row, codes to nearest, ties to even",
  source: "assembly/quant/i8.ts",
  multiple: 1,
  mostCols: 2 ** 17 - 1,
  activations: ["q8", "f32"],
  kernels: ["gemm_i8_i8"],
  bytes: (rows, cols) => rows * cols,
  scales: (rows) => rows,
  rowStep: () => 1,
  encodeTo(engine, src, { rows, cols: n, data, scales }) {
    engine.parallel("encode_i8_f32", [n, src, n, data, scales], rows, GRAIN);
  },
  decodeTo(engine, { cols: n, data, scales }, i0, i1, dst) {
    engine.parallel("decode_i8_f32", [n, data + i0 * n, scales + 4 * i0, dst, n], i1 - i0, GRAIN);
  },
  multiply(engine, s, w, product, activations) {
    if (activations === "f32") {
      decodedProduct(engine, s, int8Rows, w, product);
      return;
    }
    const { rows, cols: n, data, scales } = w;
    const { m, x, y } = product;
    const rounded: Ptr = s.alloc(m * n);
    const factors: Ptr = s.alloc(m * 4);
    engine.parallel("encode_i8_f32", [n, x, n, rounded, factors], m, 4);
    if (m === 1) engine.parallel("gemv_i8_i8", [n, data, scales, rounded, factors, y], rows, GRAIN);
    else engine.parallel("gemm_i8_i8", [m, n, data, scales, rounded, factors, y, rows], rows, GRAIN);
  },
};
