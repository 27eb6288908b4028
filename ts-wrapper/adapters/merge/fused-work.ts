import type { ParallelKernel } from "../../engine/engine.ts";
import { codecOf } from "./codec.ts";
import { lowRankEdits, type PackedFactors, packFactors, scaled } from "./factors.ts";
import type { Grid } from "./memory-plan.ts";
import type { PlannedTensor } from "./plan.ts";
import { type Energies, noEnergy } from "./report.ts";
import { addRows, type Desk, refuseRow, rowGrain, type Tile, type Work } from "./work.ts";

/** W′ = round(W + Σ factor·left·right) in one pass over the stored tensor, sums in f32. */
export class FusedWork implements Work {
  energies: Energies = noEnergy;
  readonly #kernel: ParallelKernel;
  readonly #desk: Desk;
  readonly #tensor: PlannedTensor;
  readonly #grid: Grid;
  #factors: PackedFactors | undefined;

  constructor(desk: Desk, tensor: PlannedTensor, grid: Grid) {
    this.#desk = desk;
    this.#tensor = tensor;
    this.#grid = grid;
    this.#kernel = `low_rank_update_${codecOf(tensor.from.dtype)!}`;
  }

  async prepare(): Promise<void> {
    this.#factors = await packFactors(this.#desk.engine, this.#desk.arena, lowRankEdits(this.#tensor).map(scaled), "f32");
  }

  tile({ matrix, row, rows, input, output }: Tile): void {
    const { engine, stats, base } = this.#desk;
    const { rank, left, right } = this.#factors!;
    const first = left[matrix]! + row * rank * 4; // row is a multiple of the panel, whose rows lie together
    const args = [this.#grid.cols, rank, first, right[matrix]!, input, output, stats];
    engine.parallel(this.#kernel, args, rows, rowGrain(engine, rows));
    const at = matrix * this.#grid.rows + row;
    this.energies = addRows(engine, stats, rows, this.energies, (i) => refuseRow(base, this.#tensor, at + i));
  }
}
