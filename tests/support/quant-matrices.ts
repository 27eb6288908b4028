/** Quantized matrices of every type for tests, and what products with them are, in float64. */
import type { Engine } from "../../ts-wrapper/engine/engine.ts";
import type { Matrix } from "../../ts-wrapper/linalg/matrix.ts";
import { dequantize } from "../../ts-wrapper/quant/dequantize.ts";
import type { QuantizedMatrix, QuantType } from "../../ts-wrapper/quant/quant-type.ts";
import { quantize } from "../../ts-wrapper/quant/quantize.ts";
import { normal, rng } from "./rng.ts";

export function gaussian(rows: number, cols: number, seed: number): Matrix<Float32Array> {
  return { rows, cols, data: Float32Array.from(normal(rows * cols, rng(seed))) };
}

/** Shapes that a type can have: rows and columns, none at all, one of each, blocks that do not end with rows. */
export function shapesOf({ multiple }: QuantType): readonly (readonly [number, number])[] {
  if (multiple === 256) return [[0, 256], [2, 0], [1, 256], [7, 768]]; // biome-ignore format: a table
  if (multiple === 32) return [[0, 32], [2, 0], [1, 32], [5, 96], [9, 288]]; // biome-ignore format: a table
  return [[0, 5], [2, 0], [1, 1], [3, 7], [5, 96], [66, 50], [130, 1030]]; // biome-ignore format: a table
}

export function quantized(engine: Engine, type: QuantType, rows: number, cols: number): QuantizedMatrix {
  return quantize(engine, gaussian(rows, cols, 7 * rows + cols), type.name);
}

/** X·Ŵᵀ and |X|·|Ŵ|ᵀ in float64, with Ŵ what the weights decode to. */
export function exactProduct(engine: Engine, x: Matrix<Float32Array>, w: QuantizedMatrix): { want: number[]; scale: number[] } {
  const back = dequantize(engine, w).data;
  const want: number[] = [];
  const scale: number[] = [];
  for (let r = 0; r < x.rows; r++) {
    for (let i = 0; i < w.rows; i++) {
      let [sum, size] = [0, 0];
      for (let j = 0; j < w.cols; j++) {
        const p = x.data[r * x.cols + j]! * back[i * w.cols + j]!;
        sum += p;
        size += Math.abs(p);
      }
      want.push(sum);
      scale.push(size);
    }
  }
  return { want, scale };
}

/** How far rounding activations to bytes, in groups, may move a product: half a step of each, times the weights. */
export function roundingBound(engine: Engine, x: Matrix<Float32Array>, w: QuantizedMatrix, group: number): number[] {
  const back = dequantize(engine, w).data;
  const out: number[] = [];
  for (let r = 0; r < x.rows; r++) {
    const row = x.data.subarray(r * x.cols, (r + 1) * x.cols);
    for (let i = 0; i < w.rows; i++) {
      let sum = 0;
      for (let at = 0; at < w.cols; at += group) {
        const peak = row.subarray(at, at + group).reduce((p, v) => Math.max(p, Math.abs(v)), 0);
        let weights = 0;
        for (let j = at; j < Math.min(w.cols, at + group); j++) weights += Math.abs(back[i * w.cols + j]!);
        sum += (peak / 127) * (0.5 + 2 ** -12) * weights;
      }
      out.push(sum);
    }
  }
  return out;
}
