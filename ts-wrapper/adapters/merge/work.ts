import type { Engine, Ptr } from "../../engine/engine.ts";
import { LowrankError } from "../../engine/errors.ts";
import type { Arena } from "./arena.ts";
import { PANEL_ROWS, type Sum } from "./codec.ts";
import type { PlannedTensor } from "./plan.ts";
import { addEnergies, type Energies } from "./report.ts";

/** Rows [row, row + rows) of one matrix of a tensor: the bytes as stored lie at `input`, the result goes to `output`. */
export interface Tile {
  readonly matrix: number;
  readonly row: number;
  readonly rows: number;
  readonly input: Ptr;
  readonly output: Ptr;
}

/** What is done to the tiles of one tensor. */
export interface Work {
  /** Loads what the tiles need; called once, before the first tile. */
  prepare(): Promise<void>;
  tile(tile: Tile): void | Promise<void>;
  readonly energies: Energies;
}

/** Buffers of one tile on the general path: W, the sum of the changes, one change, a tile as stored. */
export interface Scratch {
  readonly w: Ptr;
  readonly acc: Ptr;
  readonly delta: Ptr;
  readonly stored: Ptr;
}

/** What all tensors of one merge share. */
export interface Desk {
  readonly engine: Engine;
  readonly arena: Arena;
  readonly scratch: Scratch;
  /** Room for the numbers of each row of a tile. */
  readonly stats: Ptr;
  readonly sum: Sum;
  /** The base, as messages name it. */
  readonly base: string;
}

/** Numbers a kernel leaves for each row: ‖Δ‖², ‖w‖², ‖lost‖², how many values are not finite. */
const ROW_STATS = 4;
export const ROW_STATS_BYTES = ROW_STATS * 8;

/** Adds up the rows of a tile, in their order, so that the sum does not depend on how the tensor was cut. */
export function addRows(engine: Engine, stats: Ptr, rows: number, sum: Energies, refuse: (row: number) => never): Energies {
  const values = engine.f64(stats, rows * ROW_STATS);
  let total = sum;
  for (let i = 0; i < rows; i++) {
    const [change, base, lost, bad] = values.subarray(i * ROW_STATS, (i + 1) * ROW_STATS);
    if (bad !== 0) refuse(i);
    total = addEnergies(total, { change: change!, base: base!, lost: lost! });
  }
  return total;
}

/** The refusal for a row whose result is not finite. The adapter was scanned before, so the base or the output type is to blame. */
export function refuseRow(base: string, tensor: PlannedTensor, row: number): never {
  const text =
    `${tensor.name} has a value in row ${row} that is NaN or does not fit into ${tensor.dtype}; ` +
    "check the base, lower the weight or choose a wider --dtype";
  throw new LowrankError("OVERFLOW", base, text, { file: base, tensor: tensor.name });
}

/** Rows handed to a thread at once: whole panels, enough pieces for threads of unlike speed. */
export function rowGrain(engine: Engine, rows: number): number {
  const pieces = engine.threads * 4;
  return Math.max(PANEL_ROWS, Math.ceil(rows / pieces / PANEL_ROWS) * PANEL_ROWS);
}
