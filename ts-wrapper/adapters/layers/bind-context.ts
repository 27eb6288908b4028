import { LowrankError } from "../../engine/errors.ts";
import type { TensorInfo } from "../../io/model.ts";
import type { Base, FactorView, LowRankEdit, StoredTensor } from "../adapter.ts";
import { type LoraConfig, patternValue } from "../peft-config.ts";
import type { Slots } from "../peft-keys.ts";

/** What binding one adapter to one base needs at every layer. */
export interface BindContext {
  /** Name of the adapter, for messages. */
  readonly adapter: string;
  readonly config: LoraConfig;
  readonly base: Base;
  /** Takes a tensor of the adapter; MISMATCH unless it holds floating-point numbers. */
  take(tensor: StoredTensor): StoredTensor;
  warn(text: string): void;
}

/** The pair of factors of one module, with the rank and scale that the configuration gives it. */
export interface Pair {
  readonly module: string;
  readonly a: StoredTensor;
  readonly b: StoredTensor;
  readonly magnitude: StoredTensor | undefined;
  readonly rank: number;
  /** Where the rank comes from: `r`, or the pattern. */
  readonly rankWhy: string;
  readonly scale: number;
  readonly scaleWhy: string;
}

/** A refusal that names the tensor. */
export function misfit(context: BindContext, tensor: string, text: string): LowrankError {
  return new LowrankError("MISMATCH", context.adapter, text, { file: context.adapter, tensor });
}

/**
 * Takes both factors of a module, and its magnitude vector where the configuration says DoRA. `name` is what patterns are matched
 * with: the module, or the parameter for `target_parameters`. MISMATCH where one of them is missing, or a magnitude is not asked for.
 */
export function takePair(
  context: BindContext,
  module: string,
  slots: Slots,
  kind: "" | "embedding ",
  name: string = module,
): Pair {
  const { config } = context;
  const a = slots.get(`${kind}A`);
  const b = slots.get(`${kind}B`);
  if (!a || !b) {
    const [there, letter] = a ? [a, "B"] : [b!, "A"];
    const text = `tensor ${there.name} has no partner: lora_${kind === "" ? "" : "embedding_"}${letter} of ${module} is missing`;
    throw misfit(context, there.name, `${text}; the file may be cut short or wrongly converted`);
  }
  const magnitude = slots.get("magnitude");
  if (config.dora && !magnitude) {
    throw misfit(
      context,
      a.name,
      `${module} has no lora_magnitude_vector, which use_dora in ${config.file} needs beside ${a.name}`,
    );
  }
  if (!config.dora && magnitude) {
    throw misfit(
      context,
      magnitude.name,
      `tensor ${magnitude.name} is a magnitude of DoRA, but use_dora in ${config.file} is false`,
    );
  }
  return {
    module,
    a: context.take(a),
    b: context.take(b),
    magnitude: magnitude && context.take(magnitude),
    ...scaleOf(config, name),
  };
}

/** Rank and scale of a module: alpha / r, or alpha / √r for rsLoRA, each from the first pattern that matches or from the default. */
export function scaleOf(config: LoraConfig, name: string): Pick<Pair, "rank" | "rankWhy" | "scale" | "scaleWhy"> {
  const byRank = patternValue(config.rankPattern, name);
  const byAlpha = patternValue(config.alphaPattern, name);
  const rank = byRank?.value ?? config.rank;
  const alpha = byAlpha?.value ?? config.alpha;
  const rankWhy = byRank ? `rank_pattern ${JSON.stringify(byRank.key)}` : "r";
  const alphaNote = byAlpha ? ` (alpha_pattern ${JSON.stringify(byAlpha.key)})` : "";
  const rankNote = byRank ? ` (${rankWhy})` : "";
  return {
    rank,
    rankWhy,
    scale: config.rankStabilized ? alpha / Math.sqrt(rank) : alpha / rank,
    scaleWhy: `alpha ${alpha}${alphaNote} / ${config.rankStabilized ? "√r" : "r"} ${rank}${rankNote}${config.rankStabilized ? " (rsLoRA)" : ""}`,
  };
}

/** Refuses a factor whose shape is another one, and says what would fit: the other way round, or another rank. */
export function checkFactor(
  context: BindContext,
  tensor: StoredTensor,
  wanted: readonly number[],
  pair: Pair,
  target: TensorInfo,
): void {
  const { shape } = tensor;
  if (sameShape(shape, wanted)) return;
  const of = `rank ${pair.rank} by ${pair.rankWhy} of ${context.config.file}, ${target.name} is [${target.shape}]`;
  const text = `tensor ${tensor.name} is [${shape}], [${wanted}] was needed (${of})`;
  const isTransposed = wanted.length === 2 && sameShape([...shape].reverse(), wanted);
  if (isTransposed) throw misfit(context, tensor.name, `${text}; it is transposed: [${wanted}] is what PEFT stores`);
  const otherRank = shape.find((d, i) => d !== wanted[i]);
  const onlyRank = shape.length === wanted.length && shape.every((d, i) => d === wanted[i] || wanted[i] === pair.rank);
  if (onlyRank)
    throw misfit(context, tensor.name, `${text}; the file has rank ${otherRank}, the configuration rank ${pair.rank}`);
  throw misfit(context, tensor.name, `${text}; the adapter belongs to a base with other shapes`);
}

/** The magnitude of DoRA: one number for each output, in whatever dimensions. */
export function checkMagnitude(context: BindContext, tensor: StoredTensor, length: number, target: TensorInfo): void {
  const long = tensor.shape.filter((d) => d !== 1);
  const elements = tensor.shape.reduce((n, d) => n * d, 1);
  if (elements === length && long.length <= 1) return;
  const text = `tensor ${tensor.name} is [${tensor.shape}], one magnitude for each of the ${length} outputs of ${target.name} was needed`;
  throw misfit(context, tensor.name, text);
}

/** A matrix of a stored tensor; by default row by row from its first element. */
export function view(
  tensor: StoredTensor,
  rows: number,
  cols: number,
  place: { readonly offset?: number; readonly rowStride?: number; readonly colStride?: number } = {},
): FactorView {
  return { tensor, rows, cols, offset: place.offset ?? 0, rowStride: place.rowStride ?? cols, colStride: place.colStride ?? 1 };
}

/** ΔW = s·B·A for a target seen as one rows × cols matrix, or its transpose. A: rank × in, B: out × rank. */
export function productEdit(target: TensorInfo, pair: Pair, inputs: number, outputs: number, isTransposed: boolean): LowRankEdit {
  const { a, b, rank, magnitude } = pair;
  const [left, right] = isTransposed
    ? [view(a, inputs, rank, { rowStride: 1, colStride: inputs }), view(b, rank, outputs, { rowStride: 1, colStride: rank })]
    : [view(b, outputs, rank), view(a, rank, inputs)];
  return {
    op: "low-rank",
    target: target.name,
    rows: left.rows,
    cols: right.cols,
    rank,
    left: [left],
    right: [right],
    scale: pair.scale,
    scaleWhy: pair.scaleWhy,
    ...(magnitude ? { magnitude: { tensor: magnitude, along: isTransposed ? ("columns" as const) : ("rows" as const) } } : {}),
  };
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}
