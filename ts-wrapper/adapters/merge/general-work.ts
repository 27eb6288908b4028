import type { Ptr } from "../../engine/engine.ts";
import type { ByteSource } from "../../io/byte-source.ts";
import { readInto } from "../../io/read-into.ts";
import type { LowRankEdit, ReplaceEdit, RowsEdit } from "../adapter.ts";
import { type Codec, codecBytes, codecOf, decodeKernel, finishKernel, PANEL_ROWS, sumBytes } from "./codec.ts";
import { decodeInto, decodeTensor, lowRankEdits, type PackedFactors, packFactors, scaled } from "./factors.ts";
import type { Grid } from "./memory-plan.ts";
import { isResized, type PlannedTensor } from "./plan.ts";
import { type Energies, noEnergy } from "./report.ts";
import { addRows, type Desk, ROW_STATS_BYTES, refuseRow, rowGrain, type Tile, type Work } from "./work.ts";

interface Dora {
  readonly edit: LowRankEdit;
  readonly weight: number;
  readonly factors: PackedFactors;
  readonly magnitude: Ptr;
  /** Magnitude over column norm, where the norm runs along the columns. */
  readonly gain: Ptr | undefined;
}

const GRAIN = 1 << 16;

/**
 * W′ = round(c·W + acc), in passes over one tile: decode, add each change to acc, round.
 *
 *   low-rank    acc += Σ factor·left·right
 *   DoRA        acc += weight·gain·(W + ΔW), c −= weight; the direction comes from W before any change
 *   replace     acc += weight·R, c −= weight; for single rows the same, in that row only
 */
export class GeneralWork implements Work {
  energies: Energies = noEnergy;
  readonly #desk: Desk;
  readonly #source: ByteSource;
  readonly #tensor: PlannedTensor;
  readonly #grid: Grid;
  readonly #dora: Dora[] = [];
  readonly #rows: { readonly edit: RowsEdit; readonly weight: number; readonly values: Ptr }[] = [];
  readonly #codec: Codec;
  readonly #resized: boolean;
  #plain: PackedFactors | undefined;

  constructor(desk: Desk, source: ByteSource, tensor: PlannedTensor, grid: Grid) {
    this.#desk = desk;
    this.#source = source;
    this.#tensor = tensor;
    this.#grid = grid;
    this.#codec = codecOf(tensor.from.dtype)!;
    this.#resized = isResized(tensor);
  }

  async prepare(): Promise<void> {
    const { engine, arena, sum } = this.#desk;
    const lowRank = lowRankEdits(this.#tensor);
    const plain = lowRank.filter((e) => e.edit.magnitude === undefined);
    if (plain.length > 0) this.#plain = await packFactors(engine, arena, plain.map(scaled), sum);
    for (const { edit, weight } of lowRank) {
      const magnitude = edit.magnitude;
      if (magnitude === undefined) continue;
      const factors = await packFactors(engine, arena, [{ edit, factor: edit.scale }], sum);
      const at = await decodeTensor(engine, arena, magnitude.tensor, sum);
      const gain = magnitude.along === "columns" ? await this.#columnGain(factors, at) : undefined;
      this.#dora.push({ edit, weight, factors, magnitude: at, gain });
    }
    for (const { edit, weight } of this.#tensor.edits) {
      if (edit.op === "rows") this.#rows.push({ edit, weight, values: await decodeTensor(engine, arena, edit.tensor, sum) });
    }
  }

  async tile({ matrix, row, rows, input, output }: Tile): Promise<void> {
    const { engine, scratch, sum, stats, base } = this.#desk;
    const { cols } = this.#grid;
    const elements = rows * cols;
    const grain = rowGrain(engine, rows);
    const first = matrix * this.#grid.rows + row;
    const w = this.#resized ? this.#zeros(elements) : this.#decode(input, elements);
    engine.u8(scratch.acc, elements * sumBytes[sum]).fill(0);
    let c = 1;
    if (this.#plain) this.#addLowRank(this.#plain, matrix, row, rows, scratch.acc);
    for (const d of this.#dora) {
      this.#addDora(d, w, matrix, row, rows);
      c -= d.weight;
    }
    for (const { edit, weight } of this.#tensor.edits) {
      if (edit.op !== "replace") continue;
      await this.#addReplacement(edit, weight, first, elements);
      c -= weight;
    }
    const finish = finishKernel(sum, codecOf(this.#tensor.dtype)!);
    engine.parallel(finish, [cols, w, c, scratch.acc, output, stats], rows, grain);
    this.#replaceRows(w, output, first, rows);
    this.energies = addRows(engine, stats, rows, this.energies, (i) => refuseRow(base, this.#tensor, first + i));
  }

  #addDora(d: Dora, w: Ptr, matrix: number, row: number, rows: number): void {
    const { engine, scratch, sum } = this.#desk;
    const { cols } = this.#grid;
    const grain = rowGrain(engine, rows);
    engine.u8(scratch.delta, rows * cols * sumBytes[sum]).fill(0);
    this.#addLowRank(d.factors, matrix, row, rows, scratch.delta);
    if (d.gain === undefined) {
      const magnitude = d.magnitude + (matrix * this.#grid.rows + row) * sumBytes[sum];
      engine.parallel(`dora_rows_${sum}`, [cols, w, scratch.delta, scratch.acc, magnitude, d.weight], rows, grain);
    } else {
      engine.parallel(`scale_columns_${sum}`, [cols, w, scratch.delta, scratch.acc, d.gain, d.weight], rows, grain);
    }
  }

  /** Rounds single rows of the tile again, this time from the adapter's values. */
  #replaceRows(w: Ptr, output: Ptr, first: number, rows: number): void {
    const { engine, scratch, sum, stats } = this.#desk;
    const { cols } = this.#grid;
    const bytes = cols * sumBytes[sum];
    const codec = codecOf(this.#tensor.dtype)!;
    for (const { edit, weight, values } of this.#rows) {
      for (const [i, index] of edit.indices.entries()) {
        const at = index - first;
        if (at < 0 || at >= rows) continue;
        const row = (values + i * bytes) as Ptr;
        engine.u8(scratch.acc, bytes).fill(0);
        if (sum === "f32") engine.wasm.axpy_f32(cols, weight, row, scratch.acc);
        else engine.wasm.axpy_f64(cols, weight, row, scratch.acc);
        const out = output + at * cols * codecBytes[codec];
        const args = [cols, w + at * bytes, 1 - weight, scratch.acc, out, stats + at * ROW_STATS_BYTES];
        engine.parallel(finishKernel(sum, codec), args, 1, PANEL_ROWS);
      }
    }
  }

  /** The tile as sums; f32 weights are used where they lie. */
  #decode(input: Ptr, elements: number): Ptr {
    const { engine, scratch, sum } = this.#desk;
    if (this.#codec === sum) return input;
    engine.parallel(decodeKernel(this.#codec, sum), [input, scratch.w], elements, GRAIN);
    return scratch.w;
  }

  /** A replacement of another shape starts from nothing. */
  #zeros(elements: number): Ptr {
    const { engine, scratch, sum } = this.#desk;
    engine.u8(scratch.w, elements * sumBytes[sum]).fill(0);
    return scratch.w;
  }

  #addLowRank({ rank, left, right }: PackedFactors, matrix: number, row: number, rows: number, to: Ptr): void {
    const { engine, sum } = this.#desk;
    const first = left[matrix]! + row * rank * sumBytes[sum];
    engine.parallel(`low_rank_add_${sum}`, [this.#grid.cols, rank, first, right[matrix]!, to], rows, rowGrain(engine, rows));
  }

  async #addReplacement(edit: ReplaceEdit, weight: number, row: number, elements: number): Promise<void> {
    const { engine, scratch, sum } = this.#desk;
    const width = edit.tensor.byteLength / edit.tensor.shape.reduce((n, d) => n * d, 1);
    const bytes = await edit.tensor.read(row * this.#grid.cols * width, elements * width);
    engine.u8(scratch.stored, bytes.byteLength).set(bytes);
    decodeInto(engine, edit.tensor, scratch.stored, scratch.delta, elements, sum);
    if (sum === "f32") engine.wasm.axpy_f32(elements, weight, scratch.delta, scratch.acc);
    else engine.wasm.axpy_f64(elements, weight, scratch.delta, scratch.acc);
  }

  /** magnitude / ‖column of W + ΔW‖, from one more pass over the tensor; a column of zeros keeps its zeros. */
  async #columnGain(factors: PackedFactors, magnitude: Ptr): Promise<Ptr> {
    const { engine, arena, sum, scratch } = this.#desk;
    const grid = this.#grid;
    const sums = arena.alloc(grid.cols * 8);
    const gain = arena.alloc(grid.cols * sumBytes[sum]);
    engine.f64(sums, grid.cols).fill(0);
    const width = codecBytes[this.#codec];
    for (let row = 0; row < grid.rows; row += grid.tileRows) {
      const rows = Math.min(grid.tileRows, grid.rows - row);
      const elements = rows * grid.cols;
      const input = engine.u8(scratch.stored, elements * width);
      await readInto(this.#source, this.#tensor.from.offset + row * grid.cols * width, input);
      const w = this.#decode(scratch.stored, elements);
      engine.u8(scratch.delta, elements * sumBytes[sum]).fill(0);
      this.#addLowRank(factors, 0, row, rows, scratch.delta);
      engine.parallel(`square_columns_${sum}`, [grid.cols, rows, w, scratch.delta, sums], grid.cols, 1024);
    }
    const norms = engine.f64(sums, grid.cols);
    const m = sum === "f32" ? engine.f32(magnitude, grid.cols) : engine.f64(magnitude, grid.cols);
    const g = sum === "f32" ? engine.f32(gain, grid.cols) : engine.f64(gain, grid.cols);
    for (let j = 0; j < grid.cols; j++) g[j] = norms[j]! > 0 ? m[j]! / Math.sqrt(norms[j]!) : 0;
    return gain;
  }
}
