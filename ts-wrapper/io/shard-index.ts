// model.safetensors.index.json: which tensor is in which file.
//
//   { "metadata": { "total_size": bytes }, "weight_map": { tensor: "model-00001-of-00002.safetensors", … } }
import { LowrankError } from "../engine/errors.ts";
import { isPlainFileName } from "./file-name.ts";
import { type JsonObject, kindOf, parseJsonObject } from "./json.ts";
import { limits } from "./limits.ts";
import type { Shard } from "./model.ts";
import { show } from "./show.ts";

export interface ShardIndex {
  readonly metadata: JsonObject;
  /** Files, sorted by name, which is the order of their numbers. */
  readonly files: readonly string[];
  readonly weightMap: ReadonlyMap<string, string>;
}

/** Reads an index. Files are plain names that end in `.safetensors`: an index cannot point outside its folder. */
export function parseIndex(bytes: Uint8Array, file: string): ShardIndex {
  const json = parseJsonObject(bytes, { file, maxLength: limits.indexBytes });
  const metadata = json.get("metadata") ?? new Map();
  if (!(metadata instanceof Map)) throw bad(file, `metadata is ${kindOf(metadata)}, an object was needed`);
  const map = json.get("weight_map");
  if (!(map instanceof Map)) throw bad(file, `weight_map is ${kindOf(map)}, an object was needed`);
  if (map.size === 0) throw bad(file, "weight_map is empty, at least one tensor was needed");
  const weightMap = new Map<string, string>();
  for (const [tensor, shard] of map) {
    if (typeof shard !== "string" || !isPlainFileName(shard) || !shard.endsWith(".safetensors")) {
      const text = `weight_map puts tensor ${show(tensor)} into ${kindOf(shard)}, a plain file name ending in .safetensors was needed`;
      throw bad(file, text, tensor);
    }
    weightMap.set(tensor, shard);
  }
  const files = [...new Set(weightMap.values())].sort();
  if (files.length > limits.shards) {
    const text = `weight_map names ${files.length} files, at most ${limits.shards} are read`;
    throw new LowrankError("LIMIT", file, text, { file });
  }
  return { metadata, files, weightMap };
}

/** The index and the shards say the same: every tensor is where the index has it, and the index has every tensor. */
export function checkIndex(index: ShardIndex, shards: readonly Shard[], file: string): void {
  const found = new Map(shards.flatMap((s) => s.tensors.map((t) => [t.name, s.file] as const)));
  for (const [tensor, shard] of index.weightMap) {
    const there = found.get(tensor);
    if (there === shard) continue;
    const where = there === undefined ? "no shard has it" : `it is in ${there}`;
    throw bad(file, `weight_map puts tensor ${show(tensor)} into ${shard}, but ${where}`, tensor);
  }
  for (const [tensor, shard] of found) {
    if (!index.weightMap.has(tensor))
      throw bad(file, `tensor ${show(tensor)} of ${shard} is not in weight_map; the index is incomplete`, tensor);
  }
}

function bad(file: string, text: string, tensor?: string): LowrankError {
  return new LowrankError("FORMAT", file, text, tensor === undefined ? { file } : { file, tensor });
}
