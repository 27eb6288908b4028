import type { AsyncHasher } from "../../io/hasher.ts";
import type { Model } from "../../io/model.ts";
import { codecBytes, codecOf } from "./codec.ts";
import { FusedWork } from "./fused-work.ts";
import { GeneralWork } from "./general-work.ts";
import { gridOf, isGeneral } from "./memory-plan.ts";
import type { Step, StepOutput } from "./pipeline.ts";
import { isResized, type PlannedTensor } from "./plan.ts";
import type { Desk, Work } from "./work.ts";

/** The steps of one tensor, and the work that counts its energies. */
export interface TensorSteps {
  readonly work: Work | undefined;
  readonly steps: Iterable<Step>;
}

/** Where a tensor goes, and the hash of the input it came from; none where that is known already. */
interface Place extends Omit<StepOutput, "length"> {
  readonly hashIn?: AsyncHasher;
}

function outputAt(place: Place, at: number, length: number): StepOutput {
  const { hashIn: _, ...output } = place;
  return { ...output, offset: place.offset + at, length };
}

/** Cuts one tensor into steps. */
export function tensorSteps(desk: Desk, base: Model, tensor: PlannedTensor, tileBytes: number, place: Place): TensorSteps {
  if (tensor.action === "copied") return { work: undefined, steps: copySteps(base, tensor, tileBytes, place) };
  const grid = gridOf(tensor, desk.sum, tileBytes);
  const { source } = base.shards[tensor.from.shard]!;
  const work = isGeneral(tensor, desk.sum) ? new GeneralWork(desk, source, tensor, grid) : new FusedWork(desk, tensor, grid);
  return { work, steps: workSteps(desk, base, tensor, tileBytes, place, work) };
}

function* copySteps(base: Model, tensor: PlannedTensor, tileBytes: number, place: Place): Generator<Step> {
  const { source } = base.shards[tensor.from.shard]!;
  for (let at = 0; at < tensor.byteLength; at += tileBytes) {
    const length = Math.min(tileBytes, tensor.byteLength - at);
    yield {
      input: { source, offset: tensor.from.offset + at, length },
      ...(place.hashIn ? { hashIn: place.hashIn } : {}),
      output: outputAt(place, at, length),
    };
  }
}

function* workSteps(
  desk: Desk,
  base: Model,
  tensor: PlannedTensor,
  tileBytes: number,
  place: Place,
  work: Work,
): Generator<Step> {
  const grid = gridOf(tensor, desk.sum, tileBytes);
  const { source } = base.shards[tensor.from.shard]!;
  const from = grid.cols * codecBytes[codecOf(tensor.from.dtype)!];
  const to = grid.cols * codecBytes[codecOf(tensor.dtype)!];
  const resized = isResized(tensor);
  if (resized && place.hashIn)
    yield* hashSteps(base, tensor.from.shard, tensor.from.offset, tensor.from.byteLength, tileBytes, place.hashIn);
  let isFirst = true;
  for (let matrix = 0; matrix < grid.count; matrix++) {
    for (let row = 0; row < grid.rows; row += grid.tileRows) {
      const rows = Math.min(grid.tileRows, grid.rows - row);
      const at = matrix * grid.rows + row;
      const prepares = isFirst;
      isFirst = false;
      yield {
        ...(resized ? {} : { input: { source, offset: tensor.from.offset + at * from, length: rows * from } }),
        ...(place.hashIn && !resized ? { hashIn: place.hashIn } : {}),
        compute: async (input, output) => {
          if (prepares) {
            desk.arena.reset();
            await work.prepare();
          }
          await work.tile({ matrix, row, rows, input, output });
        },
        output: outputAt(place, at * to, rows * to),
      };
    }
  }
}

/** Reads a stretch of an input for its hash alone. */
export function* hashSteps(
  base: Model,
  shard: number,
  offset: number,
  byteLength: number,
  tileBytes: number,
  hashIn: AsyncHasher | undefined,
): Generator<Step> {
  if (!hashIn) return;
  const { source } = base.shards[shard]!;
  for (let at = 0; at < byteLength; at += tileBytes) {
    yield { input: { source, offset: offset + at, length: Math.min(tileBytes, byteLength - at) }, hashIn };
  }
}
