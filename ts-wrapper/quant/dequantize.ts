import type { Engine } from "../engine/engine.ts";
import { copyMatrixOut, type Matrix, place } from "../linalg/matrix.ts";
import type { QuantizedMatrix } from "./quant-type.ts";
import { placeQuantized, type ResidentQuantized } from "./resident.ts";

/** What quantized weights stand for, as f32; exact but for the products with scales, which are rounded. Throws as `uploadQuantized` does. */
export function dequantize(engine: Engine, q: QuantizedMatrix | ResidentQuantized): Matrix<Float32Array<ArrayBuffer>> {
  return engine.scope((s) => {
    const { type, placed } = placeQuantized(engine, s, "dequantize", q);
    const out = place(s, q.rows, q.cols, 4);
    type.decodeTo(engine, placed, 0, q.rows, out.ptr);
    return copyMatrixOut<Float32Array>(s, out, "f32");
  });
}
