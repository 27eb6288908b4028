import { LowrankError } from "../../engine/errors.ts";
import type { Model } from "../../io/model.ts";
import type { LowRankEdit } from "../adapter.ts";
import { ARENA_SLACK } from "./arena.ts";
import { type Codec, codecBytes, codecOf, PANEL_ROWS, type Sum, sumBytes } from "./codec.ts";
import type { MergeOptions } from "./options.ts";
import type { PlannedTensor } from "./plan.ts";

const MiB = 2 ** 20;

/** What the runtime takes before a tile is read: the largest seen over Node, Deno and Bun with two hashing threads, rounded up. */
export const RUNTIME_BYTES = 144 * MiB;
/** Parsed headers take this many times their bytes. */
const HEADER_FACTOR = 12;
export const DEFAULT_CEILING = 320 * MiB;
/** Tiles in flight: one being computed, one or two being read, one or two being written and hashed. */
export const SLOTS = 4;
/** Beyond this a larger tile saves no time; below the smallest, calls cost more than work. */
const TILE_SIZES = [8, 4, 2, 1, 0.5, 0.25, 0.125, 0.0625].map((n) => n * MiB);
/** The general path works on three buffers of sums, so it takes smaller tiles than the copy of a tile. */
const SCRATCH_SHARE = 4;
/** Tile buffers of the general path: W, the sum of the changes, one change, a replacement as stored. */
export const SCRATCH_BUFFERS = 4;

/** Bounds the numbers that kernels leave for each row: 32 bytes a row. */
export const MAX_TILE_ROWS = 1 << 15;

/** Bytes a merge takes, part by part. */
export interface MemoryPlan {
  readonly ceiling: number;
  /** runtime + headers + tiles + scratch + factors: at most the ceiling. */
  readonly peak: number;
  /** The JavaScript runtime itself, an allowance. */
  readonly runtime: number;
  readonly headers: number;
  /** Tiles being read, hashed and written. */
  readonly tiles: number;
  /** Sums of one tile, where a tensor needs more than one pass. */
  readonly scratch: number;
  /** Factors of the tensor with the largest ones: as stored, decoded, packed. */
  readonly factors: number;
  readonly tileBytes: number;
}

export function planMemory(
  base: Model,
  tensors: readonly PlannedTensor[],
  options: MergeOptions & { readonly memory?: number },
): MemoryPlan {
  const ceiling = options.memory ?? DEFAULT_CEILING;
  if (!(ceiling > 0)) throw new LowrankError("USAGE", "merge", `memory is ${ceiling}, a positive number of bytes was needed`);
  const sum: Sum = options.accumulate ?? "f32";
  const headers = base.shards.reduce((n, s) => n + s.dataOffset * HEADER_FACTOR, 0);
  const factors = Math.max(0, ...tensors.map((t) => factorBytes(t, sum)));
  const sizes = TILE_SIZES.map((tileBytes) => {
    const tiles = 2 * SLOTS * Math.max(tileBytes, ...tensors.map((t) => storedTile(t, tileBytes)));
    const scratch = Math.max(0, ...tensors.map((t) => scratchTile(t, sum, tileBytes)));
    return { tileBytes, tiles, scratch, peak: RUNTIME_BYTES + headers + tiles + scratch + factors };
  });
  const fit = sizes.find((s) => s.peak <= ceiling);
  if (!fit) {
    const least = Math.min(...sizes.map((s) => s.peak));
    const text = `the ceiling is ${ceiling} bytes, ${least} are needed (${RUNTIME_BYTES} for the runtime, ${factors} for the largest factors); allow more`;
    throw new LowrankError("OUT_OF_MEMORY", "merge", text);
  }
  return { ceiling, runtime: RUNTIME_BYTES, headers, factors, ...fit };
}

/** How a base tensor is cut: `count` matrices of rows × cols, tiles of at most `tileRows` whole rows of one matrix. */
export interface Grid {
  readonly count: number;
  readonly rows: number;
  readonly cols: number;
  readonly tileRows: number;
}

/** The grid of a tensor whose edits need decoding. Tiles end on whole panels of rows, so that the cut cannot be seen in the result. */
export function gridOf(tensor: PlannedTensor, sum: Sum, tileBytes: number): Grid {
  const shape = matrixShape(tensor);
  const bytesPerElement = Math.max(codecBytes[codecOf(tensor.from.dtype) as Codec], codecBytes[codecOf(tensor.dtype) as Codec]);
  const limit = isGeneral(tensor, sum) ? tileBytes / SCRATCH_SHARE : tileBytes;
  const rows = Math.floor(limit / Math.max(1, shape.cols * bytesPerElement));
  return { ...shape, tileRows: Math.min(MAX_TILE_ROWS, Math.max(PANEL_ROWS, Math.floor(rows / PANEL_ROWS) * PANEL_ROWS)) };
}

/** Whether a tensor is decoded, summed and encoded in separate passes; a sum of plain low-rank changes is one fused pass. */
export function isGeneral(tensor: PlannedTensor, sum: Sum): boolean {
  if (tensor.action === "copied") return false;
  if (sum === "f64" || tensor.dtype !== tensor.from.dtype) return true;
  return !tensor.edits.every((e) => e.edit.op === "low-rank" && e.edit.magnitude === undefined);
}

function matrixShape(tensor: PlannedTensor): { count: number; rows: number; cols: number } {
  const edit = tensor.edits.find((e): e is typeof e & { edit: LowRankEdit } => e.edit.op === "low-rank")?.edit;
  if (edit) return { count: edit.left.length, rows: edit.rows, cols: edit.cols };
  const shape = tensor.shape;
  const cols = shape.length > 1 ? shape.slice(1).reduce((n, d) => n * d, 1) : (shape[0] ?? 1);
  return { count: 1, rows: shape.length > 1 ? shape[0]! : 1, cols };
}

/** Bytes of one tile as stored, in or out, when rows are too long for the tile that was wished. */
function storedTile(tensor: PlannedTensor, tileBytes: number): number {
  if (tensor.action === "copied") return 0;
  const grid = gridOf(tensor, "f32", tileBytes);
  const from = codecBytes[codecOf(tensor.from.dtype) as Codec];
  const to = codecBytes[codecOf(tensor.dtype) as Codec];
  return Math.min(grid.tileRows, grid.rows) * grid.cols * Math.max(from, to);
}

function scratchTile(tensor: PlannedTensor, sum: Sum, tileBytes: number): number {
  if (!isGeneral(tensor, sum)) return 0;
  const grid = gridOf(tensor, sum, tileBytes);
  return SCRATCH_BUFFERS * Math.min(grid.tileRows, grid.rows) * grid.cols * sumBytes[sum];
}

/** Factors as stored, decoded and packed, and the vectors beside them. */
function factorBytes(tensor: PlannedTensor, sum: Sum): number {
  let bytes = 0;
  for (const { edit } of tensor.edits) {
    if (edit.op === "rows") bytes += edit.tensor.byteLength;
    if (edit.op !== "low-rank") continue;
    const stored = new Set([...edit.left, ...edit.right].map((v) => v.tensor));
    // Read into a buffer of the runtime, copied into wasm memory, decoded there.
    for (const t of stored) bytes += 2 * t.byteLength + elementsOf(t.shape) * sumBytes[sum];
    const panels = edit.left.length * edit.rank * (edit.rows + PANEL_ROWS + edit.cols + 8);
    bytes += panels * sumBytes[sum] + ARENA_SLACK * (2 * edit.left.length + 2 * stored.size + 4);
    if (edit.magnitude) bytes += edit.magnitude.tensor.byteLength + elementsOf(edit.magnitude.tensor.shape) * 3 * 8;
  }
  return bytes;
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}
