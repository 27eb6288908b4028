// `adapter_config.json` of a PEFT LoRA adapter: every field that changes what a merge gives, with its type.
//
// Source: PEFT, `src/peft/tuners/lora/config.py` (fields and defaults), `src/peft/utils/other.py`, `get_pattern_key` (patterns).
import { LowrankError } from "../engine/errors.ts";
import { type JsonObject, type JsonValue, kindOf } from "../io/json.ts";
import { show } from "../io/show.ts";
import { ConfigFields } from "./config-fields.ts";
import { type PythonRegex, pythonRegex } from "./python-regex.ts";

export const CONFIG_FILE = "adapter_config.json";

/** Which modules a field names: by a pattern for the whole name, by names or endings of names, or all linear layers. */
export type ModuleNames =
  | { readonly by: "pattern"; readonly regex: PythonRegex }
  | { readonly by: "names"; readonly names: readonly string[] }
  | { readonly by: "all-linear" };

/** A value for the modules whose name matches. The first that matches, in the order of the file, is the one that counts. */
export interface Pattern {
  readonly key: string;
  readonly value: number;
  readonly regex: PythonRegex;
}

/** `trainable_token_indices`: rows of the input embedding, or rows by module. */
export type TrainableTokens = readonly number[] | ReadonlyMap<string, readonly number[]>;

/** Configuration of a LoRA adapter, checked. */
export interface LoraConfig {
  /** How messages name the file. */
  readonly file: string;
  readonly rank: number;
  readonly alpha: number;
  readonly rankStabilized: boolean;
  readonly rankPattern: readonly Pattern[];
  readonly alphaPattern: readonly Pattern[];
  readonly fanInFanOut: boolean;
  readonly dora: boolean;
  readonly loraBias: boolean;
  readonly bias: "none" | "all" | "lora_only";
  /** `undefined` where the file names none: then the tensors tell. */
  readonly targetModules: ModuleNames | undefined;
  readonly excludeModules: ModuleNames | undefined;
  readonly modulesToSave: readonly string[];
  readonly layersToTransform: readonly number[];
  readonly layersPattern: readonly string[];
  readonly targetParameters: readonly string[];
  readonly trainableTokens: TrainableTokens | undefined;
  readonly ensureWeightTying: boolean;
  /** Initialisation that took its start out of the base weights, so that the adapter belongs to what was left; else `undefined`. */
  readonly residualInit: string | undefined;
  /** Version of PEFT that wrote the file; versions before 0.18 do not say. */
  readonly peftVersion: readonly [major: number, minor: number, patch: number] | undefined;
  /** What the reader should know: fields that are not known here and say something. */
  readonly warnings: readonly string[];
}

/** Options whose merge is another one, or none at all. */
const refused: Readonly<Record<string, string>> = {
  use_qalora: "QA-LoRA pools the inputs in groups and belongs to a quantized base",
  alora_invocation_tokens: "activated LoRA applies only after its invocation tokens, so no single set of weights is equal to it",
  layer_replication: "the adapter belongs to a model with some layers stacked twice, which the base is not",
  use_bdlora: "block-diagonal LoRA stores its factors in another form",
  kasa_config: "KaSA cuts the base weights by a singular value decomposition before the adapter is added",
  arrow_config: "an Arrow router chooses among adapters for every token, so no single set of weights is equal to it",
};

/** Options of training alone: PEFT merges the adapter as plain LoRA, and so does this. */
const plainMerge: Readonly<Record<string, string>> = {
  velora_config: "VeLoRA changes how training stores activations",
  monteclora_config: "MonteCLoRA samples around the factors in training",
};

/** Fields that do not change the merge. */
const harmless = new Set([
  ...["peft_type", "auto_mapping", "base_model_name_or_path", "revision", "task_type", "inference_mode", "peft_version"],
  ...["lora_dropout", "megatron_config", "megatron_core", "loftq_config", "eva_config", "corda_config", "lora_ga_config"],
  ...["qalora_group_size", "runtime_config"],
]);

const known = new Set([
  ...["r", "lora_alpha", "use_rslora", "rank_pattern", "alpha_pattern", "fan_in_fan_out", "use_dora", "lora_bias", "bias"],
  ...["target_modules", "exclude_modules", "modules_to_save", "layers_to_transform", "layers_pattern", "target_parameters"],
  ...["trainable_token_indices", "init_lora_weights", "ensure_weight_tying"],
  ...harmless,
  ...Object.keys(refused),
  ...Object.keys(plainMerge),
]);

/**
 * Reads the configuration of a LoRA adapter. FORMAT for fields of the wrong type and patterns that are none, KIND for options that
 * are not supported and for pairs of options that PEFT does not take, each by name.
 */
export function readLoraConfig(config: JsonObject, adapter: string): LoraConfig {
  const file = `${adapter}/${CONFIG_FILE}`;
  const fields = new ConfigFields(config, file);
  refuseOptions(config, file);
  const format = (text: string): LowrankError => new LowrankError("FORMAT", file, text, { file });
  const rank = fields.count("r");
  const alpha = fields.number("lora_alpha");
  if (rank === undefined) throw format("r is missing, the rank was needed");
  if (alpha === undefined)
    throw format("lora_alpha is missing, a number was needed; the scale depends on it, so it is not guessed");
  const bias = fields.text("bias") ?? "none";
  if (bias !== "none" && bias !== "all" && bias !== "lora_only")
    throw format(`bias is ${show(bias)}, "none", "all" or "lora_only" was needed`);
  const dora = fields.flag("use_dora");
  const loraBias = fields.flag("lora_bias");
  if (dora && loraBias) throw kind(file, "use_dora and lora_bias are both set, PEFT takes one of them");
  return {
    file,
    rank,
    alpha,
    rankStabilized: fields.flag("use_rslora"),
    rankPattern: patterns(fields, "rank_pattern", "count", file),
    alphaPattern: patterns(fields, "alpha_pattern", "finite", file),
    fanInFanOut: fields.flag("fan_in_fan_out"),
    dora,
    loraBias,
    bias,
    targetModules: moduleNames(fields, "target_modules", file),
    excludeModules: moduleNames(fields, "exclude_modules", file),
    modulesToSave: fields.texts("modules_to_save"),
    layersToTransform: fields.indices("layers_to_transform"),
    layersPattern: fields.texts("layers_pattern"),
    targetParameters: fields.texts("target_parameters"),
    trainableTokens: trainableTokens(fields),
    ensureWeightTying: fields.flag("ensure_weight_tying"),
    residualInit: residualInit(fields, file),
    peftVersion: version(fields.text("peft_version")),
    warnings: warnings(config),
  };
}

/** The value for a module: the first pattern that matches it, or the name itself as a key, or none. */
export function patternValue(list: readonly Pattern[], module: string): Pattern | undefined {
  return list.find((p) => p.regex.matchesStart(module)) ?? list.find((p) => p.key === module);
}

function refuseOptions(config: JsonObject, file: string): void {
  for (const [key, value] of config) {
    if (!says(value)) continue;
    if (Object.hasOwn(refused, key)) throw kind(file, `${key} is set, which cannot be merged: ${refused[key]}`);
    if (key.startsWith("use_") && !known.has(key)) {
      throw kind(file, `${key} is ${kindOf(value)}, an option that is not known here; it may change the merge, so it is refused`);
    }
  }
}

function warnings(config: JsonObject): string[] {
  const list: string[] = [];
  for (const [key, value] of config) {
    if (!says(value)) continue;
    if (Object.hasOwn(plainMerge, key))
      list.push(`${key} is set: ${plainMerge[key]}; the merge is that of plain LoRA, as in PEFT`);
    else if (!known.has(key))
      list.push(`${CONFIG_FILE} has the field ${show(key)}, which is not known here and has no part in the merge`);
  }
  return list;
}

/** Whether a value asks for something: not null, false, or empty. */
function says(value: JsonValue): boolean {
  if (value === null || value === false || value === "") return false;
  if (value instanceof Map) return value.size > 0;
  return !Array.isArray(value) || value.length > 0;
}

function patterns(fields: ConfigFields, key: string, each: "finite" | "count", file: string): Pattern[] {
  return fields.numbers(key, each).map(([name, value]) => ({ key: name, value, regex: pythonRegex(`(.*\\.)?(${name})$`, file) }));
}

function moduleNames(fields: ConfigFields, key: string, file: string): ModuleNames | undefined {
  const value = fields.raw(key);
  if (value === undefined) return undefined;
  if (typeof value !== "string") return { by: "names", names: fields.texts(key) };
  if (key === "target_modules" && value.toLowerCase() === "all-linear") return { by: "all-linear" };
  return { by: "pattern", regex: pythonRegex(value, file) };
}

function trainableTokens(fields: ConfigFields): TrainableTokens | undefined {
  const value = fields.raw("trainable_token_indices");
  if (value === undefined) return undefined;
  return value instanceof Map ? fields.indicesByName("trainable_token_indices") : fields.indices("trainable_token_indices");
}

/** Initialisations that leave the base as it is, among them those that begin with A or B at zero. */
const gentle = new Set(["gaussian", "eva", "orthogonal", "mica", "true", "false"]);

function residualInit(fields: ConfigFields, file: string): string | undefined {
  const value = fields.raw("init_lora_weights");
  if (value === undefined || typeof value === "boolean") return undefined;
  if (typeof value !== "string")
    throw new LowrankError("FORMAT", file, `init_lora_weights is ${kindOf(value)}, a name was needed`, { file });
  const name = value.toLowerCase();
  if (gentle.has(name)) return undefined;
  if (/^pissa(_niter_\d+)?$|^(olora|corda|lora_ga|loftq)$/.test(name)) return name;
  throw kind(
    file,
    `init_lora_weights is ${show(value)}, which is not known here; it may have changed the base, so it is refused`,
  );
}

function version(text: string | undefined): LoraConfig["peftVersion"] {
  const found = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(text ?? "");
  return found ? [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] : undefined;
}

function kind(file: string, text: string): LowrankError {
  return new LowrankError("KIND", file, text, { file });
}
