import type { Model } from "../../io/model.ts";
import { readInto } from "../../io/read-into.ts";
import type { LowRankEdit, StoredTensor } from "../adapter.ts";
import { codecBytes, codecOf } from "./codec.ts";
import { decodeValues, halfUlp } from "./decode.ts";
import { lowRankEdits } from "./factors.ts";
import { isResized, type PlannedTensor } from "./plan.ts";

/** One row as it should be, and how far each value may be off. */
export interface ExpectedRow {
  readonly values: Float64Array;
  readonly tolerance: Float64Array;
}

/** 2⁻²⁴, the unit roundoff of f32. */
const UNIT = 2 ** -24;

/**
 * Computes rows of a merged tensor again in plain float64, from the definition and by other code than the kernels.
 * Tolerance: γ of the f32 sums, (r + 8)·2⁻²⁴·(|W| + Σ|factor·left·right|), and half an ulp of the stored type.
 */
export class RowOracle {
  readonly #base: Model;
  readonly #tensor: PlannedTensor;
  readonly #values = new Map<StoredTensor, Float64Array>();
  readonly #norms = new Map<LowRankEdit, Float64Array>();
  readonly #rows: number;
  readonly #cols: number;

  constructor(base: Model, tensor: PlannedTensor) {
    this.#base = base;
    this.#tensor = tensor;
    const edit = lowRankEdits(tensor)[0]?.edit;
    this.#cols =
      edit?.cols ?? (tensor.shape.length > 1 ? tensor.shape.slice(1).reduce((n, d) => n * d, 1) : (tensor.shape[0] ?? 1));
    this.#rows = edit?.rows ?? (tensor.shape.length > 1 ? tensor.shape[0]! : 1);
  }

  /** Columns of the rows that `row` counts over all matrices of the tensor. */
  get cols(): number {
    return this.#cols;
  }

  get rows(): number {
    return this.#rows * (lowRankEdits(this.#tensor)[0]?.edit.left.length ?? 1);
  }

  async row(row: number): Promise<ExpectedRow> {
    const n = this.#cols;
    const w = await this.#baseRow(row);
    const values = Float64Array.from(w);
    const tolerance = w.map((x) => Math.abs(x));
    let terms = 0;
    for (const { edit, weight } of this.#tensor.edits) {
      if (edit.op === "replace") {
        const width = edit.tensor.byteLength / edit.tensor.shape.reduce((m, d) => m * d, 1);
        const r = decodeValues(await edit.tensor.read(row * n * width, n * width), edit.tensor.dtype);
        for (let j = 0; j < n; j++) values[j] = values[j]! + weight * (r[j]! - w[j]!);
        for (let j = 0; j < n; j++) tolerance[j] = tolerance[j]! + 2 * Math.abs(weight * r[j]!);
      } else if (edit.op === "rows") {
        const i = edit.indices.indexOf(row);
        if (i < 0) continue;
        const r = (await this.#read(edit.tensor)).subarray(i * n, (i + 1) * n);
        for (let j = 0; j < n; j++) values[j] = w[j]! + weight * (r[j]! - w[j]!);
      } else {
        terms += edit.rank;
        const change = await this.#change(edit, row);
        const gain = await this.#gain(edit, row, w, change.sum);
        for (let j = 0; j < n; j++) {
          const g = gain === undefined ? undefined : gain.length === 1 ? gain[0]! : gain[j]!;
          const delta = g === undefined ? change.sum[j]! : g * (w[j]! + change.sum[j]!) - w[j]!;
          values[j] = values[j]! + weight * delta;
          tolerance[j] =
            tolerance[j]! + Math.abs(weight) * (Math.abs(g ?? 1) * (change.size[j]! + Math.abs(w[j]!)) + Math.abs(w[j]!));
        }
      }
    }
    const narrow = this.#tensor.dtype;
    return { values, tolerance: tolerance.map((size, j) => (terms + 8) * UNIT * size + 1.01 * halfUlp(values[j]!, narrow)) };
  }

  async #baseRow(row: number): Promise<Float64Array> {
    const { from } = this.#tensor;
    if (isResized(this.#tensor)) return new Float64Array(this.#cols);
    const bytes = new Uint8Array(this.#cols * codecBytes[codecOf(from.dtype)!]);
    await readInto(this.#base.shards[from.shard]!.source, from.offset + row * bytes.byteLength, bytes);
    return decodeValues(bytes, from.dtype);
  }

  async #read(tensor: StoredTensor): Promise<Float64Array> {
    let values = this.#values.get(tensor);
    if (!values) {
      values = decodeValues(await tensor.read(), tensor.dtype);
      this.#values.set(tensor, values);
    }
    return values;
  }

  /** Row of scale·left·right, and of the sum of absolute values. */
  async #change(edit: LowRankEdit, row: number): Promise<{ sum: Float64Array; size: Float64Array }> {
    const matrix = Math.floor(row / edit.rows);
    const left = edit.left[matrix]!;
    const right = edit.right[matrix]!;
    const l = await this.#read(left.tensor);
    const r = await this.#read(right.tensor);
    const sum = new Float64Array(edit.cols);
    const size = new Float64Array(edit.cols);
    for (let k = 0; k < edit.rank; k++) {
      const factor = edit.scale * l[left.offset + (row % edit.rows) * left.rowStride + k * left.colStride]!;
      for (let j = 0, at = right.offset + k * right.rowStride; j < edit.cols; j++, at += right.colStride) {
        const product = factor * r[at]!;
        sum[j] = sum[j]! + product;
        size[j] = size[j]! + Math.abs(product);
      }
    }
    return { sum, size };
  }

  /** DoRA: magnitude over norm, one number for the row or one for each column. */
  async #gain(edit: LowRankEdit, row: number, w: Float64Array, change: Float64Array): Promise<Float64Array | undefined> {
    if (edit.magnitude === undefined) return undefined;
    const magnitude = await this.#read(edit.magnitude.tensor);
    if (edit.magnitude.along === "columns") {
      const norms = await this.#columnNorms(edit);
      return norms.map((norm, j) => (norm > 0 ? magnitude[j]! / norm : 0));
    }
    const norm = Math.sqrt(w.reduce((n, x, j) => n + (x + change[j]!) ** 2, 0));
    return Float64Array.of(norm > 0 ? magnitude[row]! / norm : 0);
  }

  async #columnNorms(edit: LowRankEdit): Promise<Float64Array> {
    let norms = this.#norms.get(edit);
    if (norms) return norms;
    const sums = new Float64Array(edit.cols);
    for (let row = 0; row < edit.rows; row++) {
      const w = await this.#baseRow(row);
      const { sum } = await this.#change(edit, row);
      for (let j = 0; j < edit.cols; j++) sums[j] = sums[j]! + (w[j]! + sum[j]!) ** 2;
    }
    norms = sums.map(Math.sqrt);
    this.#norms.set(edit, norms);
    return norms;
  }
}
