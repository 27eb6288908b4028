import type { Engine } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { checkMatrix, checkVector, copyMatrixIn, copyMatrixOut, type Matrix, place } from "../linalg/matrix.ts";
import { chooseActivations } from "./check.ts";
import type { Activations, QuantizedMatrix } from "./quant-type.ts";
import { placeQuantized, type ResidentQuantized } from "./resident.ts";

export interface QuantizedProductOptions {
  /**
   * `q8` rounds activations to signed bytes, in blocks of the size that the weights have, as ggml does; the products are then sums of
   * integers. `f32` takes them as they are. Default `q8` for the types of ggml and I8, which is the faster one, and whose error is
   * at most that of 8-bit weights; else `f32`, since nothing else can be had.
   */
  readonly activations?: Activations;
}

/**
 * W·x as a fresh array. Weights that are multiplied more than once should stay: `uploadQuantized`. Split over rows of W on the threads of
 * the engine, to the same bits whatever their number. Throws `SHAPE` where the lengths do not go together, `DTYPE` for elements other
 * than f32, `UNSUPPORTED` where the type has no kernels for what is asked.
 */
export function quantizedGemv(
  engine: Engine,
  w: QuantizedMatrix | ResidentQuantized,
  x: Float32Array,
  options: QuantizedProductOptions = {},
): Float32Array<ArrayBuffer> {
  needF32("quantizedGemv", "x", checkVector("quantizedGemv", "x", x, w.cols, `W is ${w.rows}×${w.cols}`));
  return engine.scope((s) => {
    const { type, placed } = placeQuantized(engine, s, "quantizedGemv", w);
    const activations = chooseActivations("quantizedGemv", type, options.activations);
    const [px, py] = [s.copyIn(x), s.alloc(4 * w.rows)];
    type.multiply(engine, s, placed, { m: 1, x: px, y: py }, activations);
    return s.copyOut(py, w.rows, "f32");
  });
}

/** X·Wᵀ as a fresh matrix: one row for each of X, which holds the activations of a token. As `quantizedGemv` in all else. */
export function quantizedGemm(
  engine: Engine,
  x: Matrix<Float32Array>,
  w: QuantizedMatrix | ResidentQuantized,
  options: QuantizedProductOptions = {},
): Matrix<Float32Array<ArrayBuffer>> {
  needF32("quantizedGemm", "X", checkMatrix("quantizedGemm", "X", x));
  if (x.cols !== w.cols) {
    throw new LowrankError(
      "SHAPE",
      "quantizedGemm",
      `W is ${w.rows}×${w.cols}, so X needs ${w.cols} columns; got ${x.rows}×${x.cols}`,
    );
  }
  return engine.scope((s) => {
    const { type, placed } = placeQuantized(engine, s, "quantizedGemm", w);
    const activations = chooseActivations("quantizedGemm", type, options.activations);
    const px = copyMatrixIn(engine, s, x);
    const y = place(s, x.rows, w.rows, 4);
    type.multiply(engine, s, placed, { m: x.rows, x: px.ptr, y: y.ptr }, activations);
    return copyMatrixOut<Float32Array>(s, y, "f32");
  });
}

function needF32(what: string, name: string, dtype: string): void {
  if (dtype !== "f32")
    throw new LowrankError("DTYPE", what, `${name} is ${dtype}, f32 was needed; convert it with Float32Array.from`);
}
