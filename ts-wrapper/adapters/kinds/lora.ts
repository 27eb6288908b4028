// LoRA, with rsLoRA and DoRA: what PEFT stores under peft_type LORA.
//
//   W′ = W + s·B·A                      s = alpha / r, or alpha / √r (rsLoRA)
//   W′ = m·V / ‖V‖, V = W + s·B·A       DoRA
//
// Source: E. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021; D. Kalajdzievski, "A Rank Stabilization Scaling Factor
// for Fine-Tuning with LoRA", 2023; S.-Y. Liu et al., "DoRA: Weight-Decomposed Low-Rank Adaptation", 2024; PEFT, `src/peft/tuners/lora`.
import { LowrankError } from "../../engine/errors.ts";
import type { TensorInfo } from "../../io/model.ts";
import { show } from "../../io/show.ts";
import type { Adapter, AdapterKind, Base, Binding, Edit, StoredTensor } from "../adapter.ts";
import { bindBias } from "../layers/bias.ts";
import { type BindContext, misfit, takePair } from "../layers/bind-context.ts";
import { bindConv } from "../layers/conv.ts";
import { bindEmbedding } from "../layers/embedding.ts";
import { bindLinear } from "../layers/linear.ts";
import { bindParameters, targetedParameters, unmatchedParameters } from "../layers/parameters.ts";
import { bindTokens } from "../layers/tokens.ts";
import { bindWholes } from "../layers/wholes.ts";
import { loraSample } from "../lora-sample.ts";
import { readLoraConfig } from "../peft-config.ts";
import { nearestName, PEFT_PREFIX, type PeftTensors, type Slots, sortTensors } from "../peft-keys.ts";
import { layerRules, packedAttentionOf, type Targets, targetsOf } from "../peft-matching.ts";
import { missingModules, unmatchedEntries } from "../peft-missing.ts";
import { vocabularyRole } from "../vocabulary.ts";

export const lora: AdapterKind = {
  name: "lora",
  peftType: "LORA",
  title: "LoRA, rsLoRA, DoRA",
  paper: "https://arxiv.org/abs/2106.09685",
  formula: "ΔW = s·B·A, s = alpha/r or alpha/√r (rsLoRA); DoRA: W′ = m·V/‖V‖, V = W + s·B·A",
  checkConfig: (config, adapter) => readLoraConfig(config, adapter).warnings,
  bind: bindLora,
  sample: (rows, cols, next) => loraSample(lora, rows, cols, next),
};

function bindLora(adapter: Adapter, base: Base, take: (name: string) => StoredTensor | undefined): Binding {
  const config = readLoraConfig(adapter.config, adapter.name);
  const tensors = sortTensors(adapter, base.tensors.keys());
  const warnings: string[] = [];
  const context: BindContext = {
    adapter: adapter.name,
    config,
    base,
    take: (tensor) => takeFloats(adapter.name, tensor, take),
    warn: (text) => warnings.push(text),
  };
  for (const tensor of tensors.training) take(tensor.name);

  const parameters = targetedParameters(context);
  const held = heldModules(tensors, base, new Set(parameters.keys()));
  const targets = chooseTargets(context, held);
  const edits: Edit[] = [];
  for (const [module, list] of parameters) edits.push(...bindParameters(context, module, list, tensors));
  const bound = new Set<string>();
  for (const layer of held) {
    if (!isTargeted(layer, config.targetModules === undefined, targets)) continue;
    edits.push(...bindLayer(context, layer));
    bound.add(layer.module);
  }
  edits.push(...bindTokens(context, tensors));
  const wholes = bindWholes(context, tensors.wholes, bound, targets);
  if (edits.length + wholes.edits.length === 0) throw nothingFits(adapter, base, tensors);
  missingModules(context, targets, bound, new Set(parameters.keys()));
  return {
    // Replacements first: what is added, is added to them.
    edits: [...wholes.edits, ...edits],
    copies: wholes.copies,
    unmatched: [
      ...unmatchedEntries(context, targets),
      ...unmatchedParameters(context).map((name) => `target_parameters has ${show(name)}, which is no tensor of ${base.name}`),
    ],
    warnings,
    residualInit: config.residualInit,
    keepsTied: config.ensureWeightTying,
  };
}

/** A module that has factors in the adapter and a weight in the base. */
interface HeldLayer {
  readonly module: string;
  readonly slots: Slots;
  readonly weight: TensorInfo;
  /** The module of packed attention that this one is the output of, and targeted along with it. */
  readonly within: string | undefined;
}

function heldModules(tensors: PeftTensors, base: Base, parameters: ReadonlySet<string>): HeldLayer[] {
  const held: HeldLayer[] = [];
  for (const [module, levels] of tensors.modules) {
    const slots = levels.get(0);
    const weight = weightOf(module, tensors, base);
    const isLayer = slots !== undefined && [...slots.keys()].some((slot) => slot !== "tokens");
    if (!isLayer || !weight || parameters.has(module)) continue;
    held.push({ module, slots, weight, within: packedAttentionOf(module, base) });
  }
  return held;
}

/** The weight that the factors are for; of an embedding whose copy in the file has another number of rows, that copy. */
function weightOf(module: string, { wholes }: PeftTensors, base: Base): TensorInfo | undefined {
  const weight = base.tensors.get(`${module}.weight`);
  if (!weight) return base.tensors.get(`${module}.in_proj_weight`);
  if (vocabularyRole(weight.name) === undefined) return weight;
  const copy = wholes.find(({ slot, names }) => slot === "copy" && names[0] === weight.name);
  return copy ? { ...weight, shape: copy.tensor.shape } : weight;
}

function isTargeted({ module, within }: HeldLayer, targetsAll: boolean, targets: Targets): boolean {
  return targetsAll || targets.targets(module) || (within !== undefined && targets.targets(within));
}

/** The targets by the rule that explains the tensors, where PEFT's rules differ between its versions. */
function chooseTargets(context: BindContext, held: readonly HeldLayer[]): Targets {
  const { config } = context;
  const isUnset = config.targetModules === undefined && config.targetParameters.length === 0 && held.length > 0;
  if (isUnset) context.warn(`target_modules in ${config.file} names no modules: those that the file holds factors for are taken`);
  const choices = layerRules(config).map((rule) => targetsOf(config, rule));
  return choices.find((targets) => held.every((layer) => isTargeted(layer, false, targets))) ?? choices[0]!;
}

function bindLayer(context: BindContext, { module, slots, weight }: HeldLayer): Edit[] {
  const isEmbedding = slots.has("embedding A") || slots.has("embedding B");
  const pair = takePair(context, module, slots, isEmbedding ? "embedding " : "");
  if (isEmbedding && weight.shape.length === 2) return [bindEmbedding(context, pair, weight)];
  const dimensions = weight.shape.length;
  if (isEmbedding || dimensions < 2 || dimensions > 5) {
    const what = isEmbedding ? "an embedding" : "a linear layer or a convolution";
    const text = `tensors ${pair.a.name} [${pair.a.shape}] and ${pair.b.name} [${pair.b.shape}] are for ${what}`;
    throw misfit(context, pair.a.name, `${text}, but ${weight.name} is [${weight.shape}]`);
  }
  const edit = dimensions === 2 ? bindLinear(context, pair, weight) : bindConv(context, pair, weight);
  const bias = bindBias(context, pair, slots);
  return bias ? [edit, bias] : [edit];
}

const floats = new Set(["F32", "F16", "BF16", "F64"]);

function takeFloats(adapter: string, tensor: StoredTensor, take: (name: string) => StoredTensor | undefined): StoredTensor {
  if (!floats.has(tensor.dtype)) {
    const text = `tensor ${tensor.name} is ${tensor.dtype}, one of ${[...floats].join(", ")} was needed`;
    throw new LowrankError("MISMATCH", adapter, text, { file: adapter, tensor: tensor.name });
  }
  take(tensor.name);
  return tensor;
}

/** None of the modules is there: most often the path has one part more or less than in the base. */
function nothingFits(adapter: Adapter, base: Base, tensors: PeftTensors): LowrankError {
  const [module] = tensors.modules.keys();
  const name = module === undefined ? (tensors.wholes[0]?.names[0] ?? "") : `${module}.weight`;
  const near = nearestName(name, base.tensors.keys());
  const [tensor = ""] = adapter.tensors.keys();
  const hint =
    near === undefined
      ? ""
      : `; the nearest name in the base is ${show(near)}, which the adapter would call ${show(PEFT_PREFIX + near)}`;
  const targeted = base.tensors.has(name) ? `, though the base has it: target_modules in the configuration does not name it` : "";
  const text = `none of its ${adapter.tensors.size} tensors fits ${base.name}: the first, ${show(tensor)}, is for ${show(name)}${targeted}`;
  return new LowrankError("MISMATCH", adapter.name, `${text}${targeted === "" ? hint : ""}`, { file: adapter.name, tensor });
}
