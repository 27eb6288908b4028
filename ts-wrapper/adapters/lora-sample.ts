import type { Adapter, AdapterKind } from "./adapter.ts";
import { type MemoryTensor, memoryAdapter, SAMPLE_TARGET } from "./memory-adapter.ts";
import { PEFT_PREFIX, parentOf } from "./peft-keys.ts";

/** A LoRA adapter of small rank for one rows × cols weight, its values uniform in [−1, 1) from `next`. */
export function loraSample(kind: AdapterKind, rows: number, cols: number, next: () => number): Adapter {
  const rank = Math.max(1, Math.min(4, rows, cols));
  const module = parentOf(SAMPLE_TARGET);
  const config = new Map<string, string | number | string[]>([
    ["peft_type", kind.peftType],
    ["r", rank],
    ["lora_alpha", 2 * rank],
    ["target_modules", [module]],
  ]);
  const tensors: [string, MemoryTensor][] = [
    [`${PEFT_PREFIX}${module}.lora_A.weight`, matrix(rank, cols, next)],
    [`${PEFT_PREFIX}${module}.lora_B.weight`, matrix(rows, rank, next)],
  ];
  return memoryAdapter("sample", kind, config, tensors);
}

function matrix(rows: number, cols: number, next: () => number): MemoryTensor {
  const values = Float32Array.from({ length: rows * cols }, () => 2 * next() - 1);
  return { dtype: "F32", shape: [rows, cols], bytes: new Uint8Array(values.buffer) };
}
