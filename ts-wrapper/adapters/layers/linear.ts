// LoRA on a linear layer.
//
//   A: r × in · B: out × r                    as stored
//   W: out × in        ΔW = s·B·A             torch.nn.Linear, MultiheadAttention.in_proj_weight
//   W: in × out        ΔW = s·(B·A)ᵀ          transformers' Conv1D (`fan_in_fan_out`)
//   DoRA               one magnitude for each output: rows of W, or its columns where W is in × out
//
// Source: PEFT, `src/peft/tuners/lora/layer.py`, `Linear.get_delta_weight`, `dispatch_default`; `variants.py`, `DoraLinearVariant`.
import type { TensorInfo } from "../../io/model.ts";
import type { LowRankEdit } from "../adapter.ts";
import { type BindContext, checkFactor, checkMagnitude, misfit, type Pair, productEdit } from "./bind-context.ts";

/** Models of transformers whose layers are Conv1D, which stores in × out, whatever the flag in the file says. */
const conv1dModels = new Set(["gpt2", "openai-gpt", "imagegpt", "decision_transformer", "clvp"]);

/** Binds the factors of one linear layer. MISMATCH, with what would fit, for every shape that does not. */
export function bindLinear(context: BindContext, pair: Pair, weight: TensorInfo): LowRankEdit {
  const { a, b, rank } = pair;
  const [d0 = 0, d1 = 0] = weight.shape;
  const isTransposed = storesInputsFirst(context, pair, weight);
  const [outputs, inputs] = isTransposed ? [d1, d0] : [d0, d1];
  checkFactor(context, a, [rank, inputs], pair, weight);
  checkFactor(context, b, [outputs, rank], pair, weight);
  if (pair.magnitude) checkMagnitude(context, pair.magnitude, outputs, weight);
  return productEdit(weight, pair, inputs, outputs, isTransposed);
}

/**
 * Whether the weight is in × out. PEFT knows from the class of the layer, a file of weights does not have it: where only one way fits,
 * that is the way; where both do, in a square layer, `fan_in_fan_out` or the type of the model decides.
 */
function storesInputsFirst(context: BindContext, { a, b }: Pair, weight: TensorInfo): boolean {
  const { config, base } = context;
  const [d0, d1] = weight.shape;
  const asLinear = a.shape[1] === d1 && b.shape[0] === d0;
  const asConv1d = a.shape[1] === d0 && b.shape[0] === d1;
  const isConv1dModel = conv1dModels.has(String(base.config?.get("model_type")));
  if (!asConv1d) return !asLinear && config.fanInFanOut;
  if (asLinear) return config.fanInFanOut || isConv1dModel;
  if (config.fanInFanOut || isConv1dModel) return true;
  const text = `tensors ${a.name} [${a.shape}] and ${b.name} [${b.shape}] fit the transpose of ${weight.name} [${weight.shape}] only`;
  throw misfit(context, a.name, `${text}; if the layer is a Conv1D, set fan_in_fan_out in ${config.file}`);
}
