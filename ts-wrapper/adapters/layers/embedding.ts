// LoRA on an embedding.
//
//   A: r × vocabulary · B: dim × r · W: vocabulary × dim        ΔW = s·(B·A)ᵀ
//   DoRA: one magnitude for each dimension, the norm runs over the vocabulary: columns
//
// Source: PEFT, `src/peft/tuners/lora/layer.py`, `Embedding`; `variants.py`, `DoraEmbeddingVariant`.
import type { TensorInfo } from "../../io/model.ts";
import type { LowRankEdit } from "../adapter.ts";
import { type BindContext, checkFactor, checkMagnitude, type Pair, productEdit } from "./bind-context.ts";

/** Binds the factors of one embedding. */
export function bindEmbedding(context: BindContext, pair: Pair, weight: TensorInfo): LowRankEdit {
  const [vocabulary = 0, dim = 0] = weight.shape;
  checkFactor(context, pair.a, [pair.rank, vocabulary], pair, weight);
  checkFactor(context, pair.b, [dim, pair.rank], pair, weight);
  if (pair.magnitude) checkMagnitude(context, pair.magnitude, dim, weight);
  return productEdit(weight, pair, vocabulary, dim, true);
}
