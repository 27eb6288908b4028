import type { Adapter, Base, StoredTensor } from "../adapters/adapter.ts";
import { parseKey, type Slot } from "../adapters/peft-keys.ts";
import type { TensorInfo } from "../io/model.ts";

/**
 * The base that a LoRA adapter's tensors imply: for each pair a weight of the shape of B·A, for each whole tensor one like it.
 * It stands in where no base is at hand, so that ranks and scales can be told; what only a base knows (whether the names exist,
 * whether the head is tied, experts in one tensor) is not checked by it.
 */
export function impliedBase(adapter: Adapter): Base {
  const pairs = new Map<string, Map<Slot, StoredTensor>>();
  const tensors = new Map<string, TensorInfo>();
  for (const tensor of adapter.tensors.values()) {
    const key = parseKey(tensor);
    if (!key) continue;
    if ("names" in key) {
      const name = key.names.at(-1);
      if (name !== undefined) tensors.set(name, info(name, tensor.shape));
      continue;
    }
    if (key.slot === "training") continue;
    const slots = pairs.get(key.module) ?? new Map<Slot, StoredTensor>();
    pairs.set(key.module, slots.set(key.slot, tensor));
  }
  const swapped = adapter.config.get("fan_in_fan_out") === true;
  for (const [module, slots] of pairs) {
    const name = `${module}.weight`;
    const shape = shapeOf(slots, swapped);
    if (shape && !tensors.has(name)) tensors.set(name, info(name, shape));
    const bias = slots.get("B.bias");
    if (bias) tensors.set(`${module}.bias`, info(`${module}.bias`, bias.shape));
  }
  // Untied, so that what an adapter does to the embedding is told of the embedding alone.
  return { name: "the base implied by the adapter", tensors, config: new Map([["tie_word_embeddings", false]]) };
}

/** out × in, then the window of a convolution; in × out where the layer stores it so; tokens × features for an embedding. */
function shapeOf(slots: ReadonlyMap<Slot, StoredTensor>, swapped: boolean): number[] | undefined {
  const [a, b] = [slots.get("A")?.shape, slots.get("B")?.shape];
  if (a && b) {
    const [out, into] = [b[0] ?? 0, a[1] ?? 0];
    return swapped ? [into, out] : [out, into, ...a.slice(2)];
  }
  const [ea, eb] = [slots.get("embedding A")?.shape, slots.get("embedding B")?.shape];
  return ea && eb ? [ea[1] ?? 0, eb[0] ?? 0] : undefined;
}

function info(name: string, shape: readonly number[]): TensorInfo {
  return { name, dtype: "F32", shape, byteLength: 4 * shape.reduce((n, d) => n * d, 1), shard: 0, offset: 0 };
}
