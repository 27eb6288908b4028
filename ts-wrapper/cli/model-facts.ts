import { type Dtype, dtypes } from "../io/dtype.ts";
import type { JsonObject, JsonValue } from "../io/json.ts";
import type { Model, TensorInfo } from "../io/model.ts";
import { groupByPattern } from "./groups.ts";

/** Tensors of the same place in every layer. */
export interface TensorGroup {
  readonly pattern: string;
  readonly count: number;
  readonly dtypes: readonly Dtype[];
  readonly shapes: readonly (readonly number[])[];
  readonly parameters: number;
  readonly bytes: number;
}

/** What a checkpoint's headers and configuration say. */
export interface ModelFacts {
  readonly name: string;
  readonly files: readonly { readonly file: string; readonly bytes: number; readonly tensors: number }[];
  readonly sideFiles: readonly string[];
  readonly tensors: number;
  readonly parameters: number;
  /** Bytes of the weights, headers apart. */
  readonly bytes: number;
  readonly types: readonly {
    readonly dtype: Dtype;
    readonly tensors: number;
    readonly parameters: number;
    readonly bytes: number;
  }[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly head: Head;
  readonly groups: readonly TensorGroup[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Head {
  /** Whether the output head shares the embedding's tensor. `undefined` where neither configuration nor tensors tell. */
  readonly tied: boolean | undefined;
  readonly why: string;
}

/** Fields of `config.json` that tell what kind of model it is. */
const highlights = [
  ...[
    "architectures",
    "model_type",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
  ],
  ...["intermediate_size", "num_local_experts", "num_experts", "vocab_size", "max_position_embeddings"],
  ...["torch_dtype", "dtype", "tie_word_embeddings", "quantization_config"],
];

export function modelFacts(model: Model): ModelFacts {
  const tensors = model.shards.flatMap((s) => s.tensors);
  return {
    name: model.name,
    files: model.shards.map((s) => ({ file: s.file, bytes: s.source.byteLength, tensors: s.tensors.length })),
    sideFiles: model.sideFiles.map((f) => f.name),
    tensors: tensors.length,
    parameters: sum(tensors, parametersOf),
    bytes: sum(tensors, (t) => t.byteLength),
    types: typesOf(tensors),
    config: model.config ? picked(model.config) : {},
    head: headOf(model),
    groups: [...groupByPattern(tensors)].map(([pattern, members]) => groupOf(pattern, members)),
    metadata: Object.fromEntries(model.shards[0]?.metadata ?? []),
  };
}

/** Elements of a tensor, whatever their type packs into a byte. */
export function parametersOf(tensor: TensorInfo): number {
  return (tensor.byteLength * 8) / dtypes[tensor.dtype].bits;
}

function typesOf(tensors: readonly TensorInfo[]): ModelFacts["types"] {
  return [...new Set(tensors.map((t) => t.dtype))].map((dtype) => {
    const own = tensors.filter((t) => t.dtype === dtype);
    return { dtype, tensors: own.length, parameters: sum(own, parametersOf), bytes: sum(own, (t) => t.byteLength) };
  });
}

function groupOf(pattern: string, members: readonly TensorInfo[]): TensorGroup {
  const shapes = new Map(members.map((t) => [String(t.shape), t.shape]));
  return {
    pattern,
    count: members.length,
    dtypes: [...new Set(members.map((t) => t.dtype))],
    shapes: [...shapes.values()],
    parameters: sum(members, parametersOf),
    bytes: sum(members, (t) => t.byteLength),
  };
}

function headOf(model: Model): Head {
  const asked = model.config?.get("tie_word_embeddings");
  const head = [...model.tensors.keys()].find((name) => /(?:^|\.)(?:lm_head|embed_out|output)\.weight$/.test(name));
  if (asked === true && head) return { tied: true, why: `config.json ties it, and ${head} is stored all the same` };
  if (asked === true) return { tied: true, why: "config.json ties it, and no head is stored" };
  if (head) return { tied: false, why: `${head} is stored` };
  return {
    tied: undefined,
    why:
      asked === false ? "config.json does not tie it, but no head is stored" : "no head is stored, and config.json does not say",
  };
}

function picked(config: JsonObject): Record<string, unknown> {
  const entries = highlights
    .filter((key) => config.has(key) && config.get(key) !== null)
    .map((key) => [key, toPlain(config.get(key)!)]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** JSON values as plain objects, which is how `JSON.stringify` wants them. */
export function toPlain(value: JsonValue): unknown {
  if (value instanceof Map) return Object.fromEntries([...(value as JsonObject)].map(([key, v]) => [key, toPlain(v)]));
  return Array.isArray(value) ? value.map(toPlain) : value;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((n, item) => n + of(item), 0);
}
