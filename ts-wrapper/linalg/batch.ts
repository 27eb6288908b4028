import type { Engine, FloatDtype, Floats, Ptr, Scope } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import { dtypeOf } from "./matrix.ts";

/** Matrices of one size, row-major, one behind the other: element (i, j) of matrix k is `data[(k·rows + i)·cols + j]`. */
export interface MatrixBatch<F extends Floats = Floats> {
  readonly count: number;
  readonly rows: number;
  readonly cols: number;
  readonly data: F;
}

/** Matrices that lie side by side in a vector. */
export const lanes = { f32: 4, f64: 2 } as const;

/** Checks counts and length, and answers the element type. Throws `SHAPE` or `DTYPE`. */
export function checkBatch(what: string, name: string, a: MatrixBatch): FloatDtype {
  const { count, rows, cols } = a;
  if (![count, rows, cols].every((x) => Number.isSafeInteger(x) && x >= 0)) {
    throw new LowrankError("SHAPE", what, `${name} is ${count} matrices of ${rows}×${cols}, whole numbers were needed`);
  }
  const dtype = dtypeOf(what, name, a.data);
  if (a.data.length !== count * rows * cols) {
    throw new LowrankError(
      "SHAPE",
      what,
      `${name} is ${count} matrices of ${rows}×${cols}, so its data needs ${count * rows * cols} elements; got ${a.data.length}`,
    );
  }
  return dtype;
}

/**
 * Runs a batched kernel over all groups of matrices, each chunk of groups with its own piece of workspace, and answers the status of each
 * group. Chunks are small enough for every thread to get some, and long enough for their workspace to stay in a cache.
 */
export function runGroups(
  engine: Engine,
  s: Scope,
  kernel: Parameters<Engine["parallel"]>[0],
  args: (work: Ptr, grain: number, status: Ptr) => readonly number[],
  workBytes: number,
  groups: number,
): Int32Array {
  const grain = Math.max(1, Math.min(64, Math.ceil(groups / (8 * engine.threads))));
  const status = s.alloc(groups * 4);
  const work = s.alloc(Math.ceil(groups / grain) * workBytes);
  engine.parallel(kernel, args(work, grain, status), groups, grain);
  return new Int32Array(engine.memory.buffer, status, groups).slice();
}

/** Throws `FORMAT` and names the first element that is NaN or infinite among those that `reads` says are read. */
export function refuseBatch(what: string, name: string, a: MatrixBatch, reads: (i: number, j: number) => boolean): never {
  for (let k = 0, at = 0; k < a.count; k++) {
    for (let i = 0; i < a.rows; i++) {
      for (let j = 0; j < a.cols; j++, at++) {
        if (Number.isFinite(a.data[at]!) || !reads(i, j)) continue;
        throw new LowrankError(
          "FORMAT",
          what,
          `element (${i}, ${j}) of matrix ${k} of ${name} is ${a.data[at]}, finite numbers were needed; find where it comes from`,
        );
      }
    }
  }
  throw new LowrankError("BROKEN", what, `${name} was said to hold a number that is not finite, and holds none; report this`);
}
