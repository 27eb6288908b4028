// LoRA on a convolution in one, two or three dimensions.
//
//   A: r × in × k… · B: out × r × 1… · W: out × in × k…        ΔW[o, i, …] = s·Σ B[o, r]·A[r, i, …]
//
// that is s·B·A with the kernel's positions as columns: one out × (in·k…) matrix. DoRA: the norm runs over all of them, along rows.
//
// Source: PEFT, `src/peft/tuners/lora/layer.py`, `_ConvNd`; `dora.py`, `_DoraConvNdLayer`.
import { LowrankError } from "../../engine/errors.ts";
import type { TensorInfo } from "../../io/model.ts";
import type { LowRankEdit } from "../adapter.ts";
import { type BindContext, checkFactor, checkMagnitude, type Pair, productEdit } from "./bind-context.ts";

/** Binds the factors of one convolution. KIND for one with groups, which PEFT does not merge. */
export function bindConv(context: BindContext, pair: Pair, weight: TensorInfo): LowRankEdit {
  const [outputs = 0, inputs = 0, ...kernel] = weight.shape;
  const groups = (pair.a.shape[1] ?? 0) / inputs;
  if (pair.a.shape.length === weight.shape.length && Number.isInteger(groups) && groups > 1) {
    const text = `${pair.module} is a convolution with ${groups} groups (${weight.name} [${weight.shape}], ${pair.a.name} [${pair.a.shape}])`;
    const details = { file: context.adapter, tensor: pair.a.name };
    throw new LowrankError("KIND", context.adapter, `${text}; like PEFT, this merges convolutions with one group only`, details);
  }
  checkFactor(context, pair.a, [pair.rank, inputs, ...kernel], pair, weight);
  checkFactor(context, pair.b, [outputs, pair.rank, ...kernel.map(() => 1)], pair, weight);
  if (pair.magnitude) checkMagnitude(context, pair.magnitude, outputs, weight);
  const columns = [inputs, ...kernel].reduce((n, d) => n * d, 1);
  return productEdit(weight, pair, columns, outputs, false);
}
