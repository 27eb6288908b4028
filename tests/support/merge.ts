import type { Adapter } from "../../ts-wrapper/adapters/adapter.ts";
import { openAdapter } from "../../ts-wrapper/adapters/load.ts";
import type { MergeJob } from "../../ts-wrapper/adapters/merge/options.ts";
import type { MergeReport } from "../../ts-wrapper/adapters/merge/report.ts";
import { runMerge } from "../../ts-wrapper/adapters/merge/run.ts";
import type { FolderSink } from "../../ts-wrapper/io/byte-sink.ts";
import { type MemoryFolder, memoryFolder } from "../../ts-wrapper/io/memory-sink.ts";
import { memorySource } from "../../ts-wrapper/io/memory-source.ts";
import type { Model } from "../../ts-wrapper/io/model.ts";
import { openModel } from "../../ts-wrapper/io/open-model.ts";
import { readSafetensors } from "../../ts-wrapper/io/safetensors.ts";
import { files, fixture } from "./fixtures.ts";

const BASE = [
  "config.json",
  "generation_config.json",
  "model.safetensors",
  "special_tokens_map.json",
  "tokenizer.json",
  "tokenizer_config.json",
];
const ADAPTER = ["adapter_config.json", "adapter_model.safetensors"];

/** The example model. */
export async function openBase(): Promise<Model> {
  return openModel(await files("kjv-llama/base", BASE));
}

/** One of its adapters. */
export async function openExample(name: string): Promise<Adapter> {
  return openAdapter(await files(`kjv-llama/adapters/${name}`, ADAPTER));
}

/** Tensors of a safetensors file in memory, by name. */
export async function tensorsOf(bytes: Uint8Array, file = "bytes"): Promise<Map<string, { dtype: string; bytes: Uint8Array }>> {
  const shard = await readSafetensors(memorySource(bytes, file), { file, shard: 0 });
  return new Map(
    shard.tensors.map((t) => [t.name, { dtype: t.dtype, bytes: bytes.subarray(t.offset, t.offset + t.byteLength) }]),
  );
}

/** The golden tensors of an example adapter: `f32/<name>`, `bf16/<name>`. */
export async function golden(adapter: string): Promise<Map<string, { dtype: string; bytes: Uint8Array }>> {
  return tensorsOf(await fixture(`kjv-llama/merged/${adapter}.safetensors`), adapter);
}

/** Runs a merge to its end. */
export async function merge(
  job: Omit<MergeJob, "sink"> & { readonly sink?: FolderSink },
): Promise<{ report: MergeReport; out: MemoryFolder }> {
  const out = (job.sink ?? memoryFolder()) as MemoryFolder;
  const steps = runMerge({ ...job, sink: out });
  for (let step = await steps.next(); ; step = await steps.next()) if (step.done) return { report: step.value, out };
}
