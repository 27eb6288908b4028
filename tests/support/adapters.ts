import type { Adapter, Base, StoredTensor } from "../../ts-wrapper/adapters/adapter.ts";
import { lora } from "../../ts-wrapper/adapters/kinds/lora.ts";
import { openAdapter } from "../../ts-wrapper/adapters/load.ts";
import { type MemoryTensor, memoryAdapter } from "../../ts-wrapper/adapters/memory-adapter.ts";
import type { JsonObject, JsonValue } from "../../ts-wrapper/io/json.ts";
import { memorySource } from "../../ts-wrapper/io/memory-source.ts";
import type { Model, TensorInfo } from "../../ts-wrapper/io/model.ts";
import { openModel } from "../../ts-wrapper/io/open-model.ts";
import { readSafetensors } from "../../ts-wrapper/io/safetensors.ts";
import { fixture } from "./fixtures.ts";

/** Opens an adapter of the fixtures, in memory. */
export async function fixtureAdapter(folder: string): Promise<Adapter> {
  const names = ["adapter_config.json", "adapter_model.safetensors"];
  const files = await Promise.all(names.map(async (name) => [name, await fixture(`${folder}/${name}`)] as const));
  return openAdapter(new Map(files), { name: folder });
}

/** Opens a checkpoint of the fixtures, in memory. */
export async function fixtureModel(folder: string): Promise<Model> {
  const names = ["config.json", "model.safetensors"];
  const files = await Promise.all(names.map(async (name) => [name, await fixture(`${folder}/${name}`)] as const));
  return openModel(new Map(files), { name: folder });
}

/** Tensors of one safetensors file of the fixtures, with their bytes. */
export async function fixtureTensors(path: string): Promise<ReadonlyMap<string, MemoryTensor>> {
  const source = memorySource(await fixture(path), path);
  const { tensors } = await readSafetensors(source, { file: path });
  const read = async (t: TensorInfo): Promise<[string, MemoryTensor]> => [
    t.name,
    { dtype: t.dtype, shape: t.shape, bytes: await source.read(t.offset, t.byteLength) },
  ];
  return new Map(await Promise.all(tensors.map(read)));
}

/** A base of names and shapes alone. */
export function shapes(tensors: Readonly<Record<string, readonly number[]>>, config?: JsonLike): Base {
  const infos = Object.entries(tensors).map(([name, shape]): [string, TensorInfo] => [
    name,
    { name, dtype: "F32", shape, byteLength: 4 * shape.reduce((n, d) => n * d, 1), shard: 0, offset: 0 },
  ]);
  return { name: "base", tensors: new Map(infos), config: config === undefined ? undefined : (json(config) as JsonObject) };
}

/** A LoRA adapter of names and shapes, its values 1, 2, 3, …; names without the prefix that PEFT writes. */
export function loraOf(config: JsonLike, tensors: Readonly<Record<string, readonly number[]>>): Adapter {
  const entries = Object.entries(tensors).map(([name, shape]): [string, MemoryTensor] => {
    const values = Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => i + 1);
    return [`base_model.model.${name}`, { dtype: "F32", shape, bytes: new Uint8Array(values.buffer) }];
  });
  return memoryAdapter("adapter", lora, json({ peft_type: "LORA", r: 2, lora_alpha: 4, ...config }) as JsonObject, entries);
}

export type JsonLike = { readonly [key: string]: JsonLike | string | number | boolean | null | readonly unknown[] };

/** Plain objects as the maps that JSON is read into. */
export function json(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(json);
  if (typeof value === "object" && value !== null) return new Map(Object.entries(value).map(([k, v]) => [k, json(v)]));
  return value as JsonValue;
}

/** A stored tensor in memory. */
export function stored(name: string, { dtype, shape, bytes }: MemoryTensor): StoredTensor {
  return {
    name,
    dtype,
    shape,
    byteLength: bytes.length,
    read: async (offset = 0, length = bytes.length - offset) => bytes.slice(offset, offset + length),
  };
}
