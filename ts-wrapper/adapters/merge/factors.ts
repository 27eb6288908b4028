import type { Engine, Ptr } from "../../engine/engine.ts";
import { LowrankError } from "../../engine/errors.ts";
import type { FactorView, LowRankEdit, StoredTensor } from "../adapter.ts";
import type { Arena } from "./arena.ts";
import { type Codec, codecOf, decodeKernel, PANEL_ROWS, panelColumns, type Sum, sumBytes } from "./codec.ts";
import type { PlannedEdit, PlannedTensor } from "./plan.ts";

/** A low-rank change and the factor before it. */
export interface ScaledEdit {
  readonly edit: LowRankEdit;
  readonly factor: number;
}

/** Packed factors of Σ factorᵢ·leftᵢ·rightᵢ, one pair of panels for each matrix of the tensor. */
export interface PackedFactors {
  readonly rank: number;
  readonly left: readonly Ptr[];
  readonly right: readonly Ptr[];
}

/** The low-rank edits of a tensor, in the order their sums are added. */
export function lowRankEdits(tensor: PlannedTensor): LowRankPlanned[] {
  return tensor.edits.filter((e): e is LowRankPlanned => e.edit.op === "low-rank");
}

export type LowRankPlanned = PlannedEdit & { readonly edit: LowRankEdit };

export function scaled({ edit, weight }: LowRankPlanned): ScaledEdit {
  return { edit, factor: weight * edit.scale };
}

/** Elements decoded in one call of a worker. */
const DECODE_GRAIN = 1 << 16;

/** Reads a stored tensor and decodes it into the arena. */
export async function decodeTensor(engine: Engine, arena: Arena, tensor: StoredTensor, sum: Sum): Promise<Ptr> {
  const elements = tensor.shape.reduce((n, d) => n * d, 1);
  const bytes = await tensor.read();
  const decoded = arena.alloc(elements * sumBytes[sum]);
  const raw = arena.alloc(bytes.byteLength);
  engine.u8(raw, bytes.byteLength).set(bytes);
  decodeInto(engine, tensor, raw, decoded, elements, sum);
  return decoded;
}

/** Decodes `elements` values that lie at `raw` as `tensor` stores them. */
export function decodeInto(engine: Engine, tensor: StoredTensor, raw: Ptr, to: Ptr, elements: number, sum: Sum): void {
  const codec: Codec | "f64" | undefined = tensor.dtype === "F64" ? "f64" : codecOf(tensor.dtype);
  if (codec === undefined) {
    const text = `${tensor.name} is ${tensor.dtype}, F32, F16, BF16 or F64 was needed`;
    throw new LowrankError("MISMATCH", "adapter", text, { tensor: tensor.name });
  }
  if (codec === sum) engine.u8(to, elements * sumBytes[sum]).set(engine.u8(raw, elements * sumBytes[sum]));
  else engine.parallel(decodeKernel(codec, sum), [raw, to], elements, DECODE_GRAIN);
}

/**
 * Packs the factors of a sum of changes, stacked along the rank: the sum is then one product of inner length Σ rᵢ, added up
 * in the order of the list.
 */
export async function packFactors(engine: Engine, arena: Arena, edits: readonly ScaledEdit[], sum: Sum): Promise<PackedFactors> {
  const { rows, cols, left } = edits[0]!.edit;
  const count = left.length;
  const rank = edits.reduce((n, e) => n + e.edit.rank, 0);
  const leftBytes = Math.ceil(rows / PANEL_ROWS) * PANEL_ROWS * rank * sumBytes[sum];
  const rightBytes = Math.ceil(cols / panelColumns[sum]) * panelColumns[sum] * rank * sumBytes[sum];
  const packed = {
    rank,
    left: Array.from({ length: count }, () => arena.alloc(leftBytes)),
    right: Array.from({ length: count }, () => arena.alloc(rightBytes)),
  };
  const mark = arena.mark();
  let k0 = 0;
  for (const { edit, factor } of edits) {
    await eachView(engine, arena, edit.left, sum, (view, src, b) => {
      const args = [edit.rows, edit.rank, rank, k0, src, view.rowStride, view.colStride, factor, packed.left[b]!] as const;
      if (sum === "f32") engine.wasm.pack_left_f32(...args);
      else engine.wasm.pack_left_f64(...args);
    });
    await eachView(engine, arena, edit.right, sum, (view, src, b) => {
      const args = [edit.rank, edit.cols, rank, k0, src, view.rowStride, view.colStride, packed.right[b]!] as const;
      if (sum === "f32") engine.wasm.pack_right_f32(...args);
      else engine.wasm.pack_right_f64(...args);
    });
    k0 += edit.rank;
    arena.reset(mark);
  }
  return packed;
}

/** Calls `use` with each view's first element; a tensor that several views share is decoded once. */
async function eachView(
  engine: Engine,
  arena: Arena,
  views: readonly FactorView[],
  sum: Sum,
  use: (view: FactorView, src: Ptr, index: number) => void,
): Promise<void> {
  const decoded = new Map<StoredTensor, Ptr>();
  for (const [i, view] of views.entries()) {
    let at = decoded.get(view.tensor);
    if (at === undefined) {
      at = await decodeTensor(engine, arena, view.tensor, sum);
      decoded.set(view.tensor, at);
    }
    use(view, (at + view.offset * sumBytes[sum]) as Ptr, i);
  }
}
