// `lora_bias`: the second factor has a bias of its own.
//
//   b ← b + s·c        c: out, the bias of lora_B
//
// as a change of rank 1: c as the one row of a 1 × out matrix.
//
// Source: PEFT, `src/peft/tuners/lora/layer.py`, `Linear.merge`.
import type { LowRankEdit, StoredTensor } from "../adapter.ts";
import type { Slots } from "../peft-keys.ts";
import { type BindContext, misfit, type Pair, sameShape, view } from "./bind-context.ts";

/** The number 1 as a stored tensor: the left factor. */
const one: StoredTensor = {
  name: "1",
  dtype: "F32",
  shape: [1],
  byteLength: 4,
  read: async (offset = 0, length = 4) => new Uint8Array(Float32Array.of(1).buffer).slice(offset, offset + length),
};

/** Binds the bias of the second factor, where there is one. MISMATCH where file and configuration disagree or the base has no bias. */
export function bindBias(context: BindContext, pair: Pair, slots: Slots): LowRankEdit | undefined {
  const { config, base } = context;
  const bias = slots.get("B.bias");
  if (!config.loraBias) {
    if (bias) throw misfit(context, bias.name, `tensor ${bias.name} is there, but lora_bias in ${config.file} is false`);
    return undefined;
  }
  if (!bias) throw misfit(context, pair.b.name, `${pair.b.name} has no bias beside it, which lora_bias in ${config.file} needs`);
  const target = base.tensors.get(`${pair.module}.bias`);
  if (!target) {
    const text = `tensor ${bias.name} has nothing to be added to: the base has no ${pair.module}.bias, so PEFT does not merge it either`;
    throw misfit(context, bias.name, text);
  }
  if (!sameShape(bias.shape, target.shape) || bias.shape.length !== 1) {
    throw misfit(
      context,
      bias.name,
      `tensor ${bias.name} is [${bias.shape}], [${target.shape}] was needed, as ${target.name} is`,
    );
  }
  const [outputs = 0] = bias.shape;
  return {
    op: "low-rank",
    target: target.name,
    rows: 1,
    cols: outputs,
    rank: 1,
    left: [view(one, 1, 1)],
    right: [view(context.take(bias), 1, outputs)],
    scale: pair.scale,
    scaleWhy: pair.scaleWhy,
  };
}
