import type { Engine, Ptr } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { checkMatrix, copyMatrixIn, type Matrix } from "../linalg/matrix.ts";
import { checkCols, needQuant, typeNamed } from "./check.ts";
import { nestScales } from "./nf4.ts";
import type { QuantizedMatrix, QuantizeOptions, QuantTypeName } from "./quant-type.ts";

/**
 * A matrix of f32 as quantized weights; what the type does with them stands in the table of the README. Blocks with NaN or Inf become
 * NaN. Throws `SHAPE` where the columns do not fill whole blocks, `DTYPE` for other elements or an unknown type, `UNSUPPORTED` where
 * the engine has no kernels for it.
 */
export function quantize(
  engine: Engine,
  a: Matrix<Float32Array>,
  name: QuantTypeName,
  options: QuantizeOptions = {},
): QuantizedMatrix {
  needQuant(engine, "quantize");
  const type = typeNamed("quantize", name);
  const dtype = checkMatrix("quantize", "W", a);
  if (dtype !== "f32")
    throw new LowrankError("DTYPE", "quantize", `W is ${dtype}, f32 was needed; convert it with Float32Array.from`);
  const { rows, cols } = a;
  checkCols("quantize", type, rows, cols);
  const { doubleQuant = true } = options;
  const count = type.scales(rows, cols);
  const parts = engine.scope((s) => {
    const src = copyMatrixIn(engine, s, a).ptr;
    const length = type.bytes(rows, cols);
    const data = s.alloc(length);
    const scales = count > 0 ? s.alloc(4 * count) : (0 as Ptr);
    type.encodeTo(engine, src, { rows, cols, data, scales });
    return { data: engine.u8(data, length).slice() as Uint8Array<ArrayBuffer>, scales: s.copyOut(scales, count, "f32") };
  });
  const matrix = { type: name, rows, cols, data: parts.data };
  if (count === 0) return matrix;
  if (name === "nf4" && doubleQuant) return { ...matrix, nested: nestScales(engine, parts.scales) };
  return { ...matrix, scales: parts.scales };
}
