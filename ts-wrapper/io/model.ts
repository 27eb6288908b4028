import type { ByteSource } from "./byte-source.ts";
import type { Dtype } from "./dtype.ts";
import type { JsonObject } from "./json.ts";

/** One tensor of a checkpoint. `offset` counts from the start of its shard's file. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly byteLength: number;
  /** Index into `Model.shards`. */
  readonly shard: number;
  readonly offset: number;
}

/** One safetensors file. */
export interface Shard {
  readonly file: string;
  readonly source: ByteSource;
  /** Bytes before the first tensor: 8 for the length, then the header. */
  readonly dataOffset: number;
  /** The first `dataOffset` bytes of the file. */
  readonly header: Uint8Array;
  /** `__metadata__` of the header, in file order. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Tensors in the order of their offsets: contiguous, no hole, no overlap. */
  readonly tensors: readonly TensorInfo[];
}

/** A file that belongs to a checkpoint and is no weight: config, tokenizer, chat template, … */
export interface SideFile {
  readonly name: string;
  readonly source: ByteSource;
}

/** An opened checkpoint: headers are read and checked, no weight is. */
export interface Model {
  /** As the user named it. */
  readonly name: string;
  readonly shards: readonly Shard[];
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** `model.safetensors.index.json`, where there is one. */
  readonly index: { readonly file: string; readonly metadata: JsonObject } | undefined;
  /** `config.json`, where there is one. */
  readonly config: JsonObject | undefined;
  readonly sideFiles: readonly SideFile[];
  /** What else is in its folder and does not go along: weights in other formats, subfolders, hidden files, … */
  readonly leftOut?: readonly { readonly name: string; readonly why: string }[];
  /** A canonical location (real path, URL), where there is one. */
  readonly location?: string;
  close(): Promise<void>;
}
