import type { Engine, Ptr, Scope } from "../engine/engine.ts";
import { decodedProduct } from "./decoded-product.ts";
import { dynamicMap } from "./dynamic-map.ts";
import type { NestedScales, QuantType } from "./quant-type.ts";

const BLOCK = 64;
/** Scales under one scale of their own. */
const NESTED_BLOCK = 256;

/** Blocks of 64 weights as they follow each other in the matrix, whatever its rows; the last may be short. */
export const nf4: QuantType = {
  name: "nf4",
  bits: 4 + 8 / BLOCK + 32 / BLOCK / NESTED_BLOCK,
  block: "64 weights under one scale, 256 scales as bytes under one f32",
  encode: "scale by the largest weight, codes to the nearest of 16 quantiles of the normal distribution",
  source: "QLoRA, arXiv 2305.14314; bitsandbytes",
  multiple: 1,
  activations: ["f32"],
  kernels: ["decode_nf4_f32", "decode_dynamic8_f32"],
  bytes: (rows, cols) => Math.ceil((rows * cols) / 2),
  scales: (rows, cols) => Math.ceil((rows * cols) / BLOCK),
  rowStep(cols) {
    let [a, b] = [cols, BLOCK];
    while (b !== 0) [a, b] = [b, a % b];
    return BLOCK / (a || BLOCK);
  },
  encodeTo(engine, src, { rows, cols, data, scales }) {
    const n = rows * cols;
    engine.parallel("encode_nf4_f32", [n, src, data, scales], Math.ceil(n / BLOCK), 1024);
  },
  decodeTo(engine, { cols, data, scales }, i0, i1, dst) {
    const first = (i0 * cols) / BLOCK;
    const n = (i1 - i0) * cols;
    engine.parallel("decode_nf4_f32", [n, data + (first * BLOCK) / 2, scales + 4 * first, dst], Math.ceil(n / BLOCK), 1024);
  },
  multiply: (engine, s, w, product) => decodedProduct(engine, s, nf4, w, product),
};

/** f32 scales quantized once more, with their mean taken off, as bitsandbytes does it. */
export function nestScales(engine: Engine, scales: Float32Array): NestedScales {
  const n = scales.length;
  const blocks = Math.ceil(n / NESTED_BLOCK);
  const map = dynamicMap();
  const offset = Math.fround(n === 0 ? 0 : scales.reduce((sum, a) => sum + a, 0) / n);
  return engine.scope((s) => {
    const [from, table, codes, absmax] = [s.copyIn(scales), s.copyIn(map), s.alloc(n), s.alloc(4 * blocks)];
    engine.parallel("encode_dynamic8_f32", [n, from, table, offset, codes, absmax], blocks, 64);
    return {
      codes: engine.u8(codes, n).slice() as Uint8Array<ArrayBuffer>,
      absmax: s.copyOut(absmax, blocks, "f32"),
      map,
      offset,
    };
  });
}

/** Writes what nested scales stand for. */
export function unnestScales(engine: Engine, s: Scope, { codes, absmax, map, offset }: NestedScales, dst: Ptr): void {
  const n = codes.length;
  const [from, table, scales] = [s.alloc(n), s.copyIn(map), s.copyIn(absmax)];
  engine.u8(from, n).set(codes);
  engine.parallel("decode_dynamic8_f32", [n, from, table, offset, scales, dst], Math.ceil(n / NESTED_BLOCK), 64);
}
