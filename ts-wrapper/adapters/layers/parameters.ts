// LoRA on parameters (`target_parameters`): the 3-D weights of experts, and 2-D ones.
//
//   W: E × p × q · A: (E·r) × in · B: out × (E·r)
//   A as [E, r, in]: expert first · B as [out, r, E]: expert last
//
//   (e, o, i)   p = out, q = in    ΔW[e] = s·Bₑ·Aₑ
//   (e, i, o)   p = in, q = out    ΔW[e] = s·(Bₑ·Aₑ)ᵀ
//
// PEFT before 0.19 wrote (e, i, o) for every module; 0.19.0 (e, o, i) for modules that are `is_transposed`; from 0.19.1 on (e, o, i)
// for all others. The shapes of A and B tell which it is unless p = q; then the version does, and a warning says so.
//
// Several parameters of one module lie under wrappers inside each other: `<module>.lora_A`, `<module>.base_layer.lora_A`, … Which is
// whose depends on the order in which the model's code made them, so it is found by shape.
//
// Source: PEFT, `src/peft/tuners/lora/layer.py`, `ParamWrapper`; `src/peft/tuners/tuners_utils.py`, `_inject_parameters`.
import { LowrankError } from "../../engine/errors.ts";
import type { TensorInfo } from "../../io/model.ts";
import type { LowRankEdit } from "../adapter.ts";
import { type PeftTensors, parentOf, type Slots } from "../peft-keys.ts";
import { type BindContext, misfit, type Pair, productEdit, sameShape, scaleOf, takePair, view } from "./bind-context.ts";

type Layout = "eoi" | "eio";

/** Models of transformers whose experts are stored as (e, i, o) by a class that says so (`is_transposed`). */
const transposedModels = new Set(["gpt_oss"]);

/** Parameters of the base that the configuration targets, by module. */
export function targetedParameters(context: BindContext): ReadonlyMap<string, readonly TensorInfo[]> {
  const { config, base } = context;
  const found = new Map<string, TensorInfo[]>();
  if (config.targetParameters.length === 0) return found;
  for (const info of base.tensors.values()) {
    if (!config.targetParameters.some((name) => matches(info.name, name))) continue;
    const module = parentOf(info.name);
    const list = found.get(module) ?? [];
    list.push(info);
    found.set(module, list);
  }
  if (found.size > 0 && (config.dora || config.loraBias || config.fanInFanOut)) {
    const option = config.dora ? "use_dora" : config.loraBias ? "lora_bias" : "fan_in_fan_out";
    const text = `${option} is set along with target_parameters, which PEFT does not take`;
    throw new LowrankError("KIND", config.file, text, { file: config.file });
  }
  return found;
}

/** Entries of `target_parameters` that no tensor of the base answers. */
export function unmatchedParameters({ config, base }: BindContext): string[] {
  return config.targetParameters.filter((name) => ![...base.tensors.keys()].some((tensor) => matches(tensor, name)));
}

function matches(tensor: string, entry: string): boolean {
  return tensor === entry || tensor.endsWith(`.${entry}`);
}

/** Binds the parameters of one module. */
export function bindParameters(
  context: BindContext,
  module: string,
  parameters: readonly TensorInfo[],
  tensors: PeftTensors,
): LowRankEdit[] {
  const levels = tensors.modules.get(module) ?? new Map<number, Slots>();
  for (const [depth, parameter] of parameters.entries()) {
    const slots = levels.get(depth);
    if (slots?.has("A") || slots?.has("B")) continue;
    const path = `${module}${".base_layer".repeat(depth)}`;
    const text = `${parameters.length} parameters of ${module} are targeted by target_parameters, but ${path} has no lora_A and lora_B`;
    throw misfit(context, parameter.name, `${text}; the file may be cut short`);
  }
  const pairs = parameters.map((_, depth) => takePair(context, module, levels.get(depth)!, ""));
  return assign(context, pairs, parameters).map((parameter, depth) => {
    const pair = { ...pairs[depth]!, ...scaleOf(context.config, parameter.name) };
    const layout = layoutOf(context, pair, parameter);
    return parameter.shape.length === 2 ? plainEdit(pair, parameter) : expertsEdit(pair, parameter, layout);
  });
}

/** The parameter of each pair of factors. MISMATCH where the shapes allow none, or more than one way. */
function assign(context: BindContext, pairs: readonly Pair[], parameters: readonly TensorInfo[]): readonly TensorInfo[] {
  const ways: TensorInfo[][] = [];
  const extend = (chosen: readonly TensorInfo[]): void => {
    const pair = pairs[chosen.length];
    if (ways.length > 1) return;
    if (!pair) {
      ways.push([...chosen]);
      return;
    }
    for (const p of parameters) if (!chosen.includes(p) && layouts(context, pair, p).length > 0) extend([...chosen, p]);
  };
  extend([]);
  if (ways.length === 1) return ways[0]!;
  const { a, b } = pairs[0]!;
  const of = parameters.map((p) => `${p.name} [${p.shape}] at rank ${scaleOf(context.config, p.name).rank}`).join(", ");
  if (ways.length === 0) {
    const { a: worst, b: partner } = pairs.find((pair) => parameters.every((p) => layouts(context, pair, p).length === 0)) ?? {
      a,
      b,
    };
    const text = `tensors ${worst.name} [${worst.shape}] and ${partner.name} [${partner.shape}] fit none of the parameters ${of}`;
    throw misfit(
      context,
      worst.name,
      `${text}; for W of E × p × q, [E·r, p] with [q, E·r], or [E·r, q] with [p, E·r] was needed`,
    );
  }
  const text = `tensors ${a.name} [${a.shape}] and ${b.name} [${b.shape}] fit more than one of the parameters ${of}`;
  throw misfit(context, a.name, `${text}; the file does not say which, so this is not guessed`);
}

/** The layouts in which a pair fits a parameter. */
function layouts(context: BindContext, { a, b }: Pair, parameter: TensorInfo): Layout[] {
  const { shape } = parameter;
  const { rank } = scaleOf(context.config, parameter.name);
  const fits = (experts: number, inputs: number, outputs: number): boolean =>
    sameShape(a.shape, [experts * rank, inputs]) && sameShape(b.shape, [outputs, experts * rank]);
  if (shape.length === 2) return fits(1, shape[1]!, shape[0]!) ? ["eoi"] : [];
  if (shape.length !== 3) return [];
  const [experts = 0, p = 0, q = 0] = shape;
  const found: Layout[] = [];
  if (fits(experts, q, p)) found.push("eoi");
  // With one expert PEFT adds B·A as it is, so there is no other layout.
  if (experts > 1 && fits(experts, p, q)) found.push("eio");
  return found;
}

function layoutOf(context: BindContext, pair: Pair, parameter: TensorInfo): Layout {
  const found = layouts(context, pair, parameter);
  if (found.length === 1) return found[0]!;
  const { config, base } = context;
  const [major, minor, patch] = config.peftVersion ?? [0, 0, 0];
  const isTransposed = transposedModels.has(String(base.config?.get("model_type")));
  const isFrom = (m: number, p: number): boolean => major > 0 || minor > m || (minor === m && patch >= p);
  const layout = isFrom(19, 1) ? (isTransposed ? "eio" : "eoi") : isFrom(19, 0) && isTransposed ? "eoi" : "eio";
  const dims = layout === "eoi" ? "experts, out, in" : "experts, in, out";
  const by = config.peftVersion ? `PEFT ${config.peftVersion.join(".")}` : "PEFT before 0.18 (no version is noted)";
  context.warn(`${parameter.name} is [${parameter.shape}], inputs and outputs alike: read as (${dims}), as ${by} writes it`);
  return layout;
}

function plainEdit(pair: Pair, parameter: TensorInfo): LowRankEdit {
  const [outputs = 0, inputs = 0] = parameter.shape;
  return productEdit(parameter, pair, inputs, outputs, false);
}

function expertsEdit({ a, b, rank, scale, scaleWhy }: Pair, parameter: TensorInfo, layout: Layout): LowRankEdit {
  const [experts = 0, p = 0, q = 0] = parameter.shape;
  const each = <T>(make: (e: number) => T): T[] => Array.from({ length: experts }, (_, e) => make(e));
  const inner = experts * rank;
  const [left, right] =
    layout === "eoi"
      ? [
          each((e) => view(b, p, rank, { offset: e, rowStride: inner, colStride: experts })),
          each((e) => view(a, rank, q, { offset: e * rank * q })),
        ]
      : [
          each((e) => view(a, p, rank, { offset: e * rank * p, rowStride: 1, colStride: p })),
          each((e) => view(b, rank, q, { offset: e, rowStride: experts, colStride: inner })),
        ];
  return { op: "low-rank", target: parameter.name, rows: p, cols: q, rank, left, right, scale, scaleWhy };
}
