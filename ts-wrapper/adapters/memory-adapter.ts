import { type Dtype, tensorBytes } from "../io/dtype.ts";
import type { JsonObject } from "../io/json.ts";
import type { Adapter, AdapterKind, StoredTensor } from "./adapter.ts";

/** The base tensor that samples of adapters are for. */
export const SAMPLE_TARGET = "layer.weight";

/** A tensor in memory. */
export interface MemoryTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** An adapter that was made here instead of read: a configuration, checked, and tensors by name. The bytes are borrowed. */
export function memoryAdapter(
  name: string,
  kind: AdapterKind,
  config: JsonObject,
  tensors: Iterable<readonly [string, MemoryTensor]>,
): Adapter {
  const stored = new Map<string, StoredTensor>();
  for (const [tensor, { dtype, shape, bytes }] of tensors) {
    const byteLength = tensorBytes(dtype, shape, { file: name, tensor });
    if (byteLength !== bytes.length)
      throw new RangeError(`${tensor} is ${dtype} [${shape}], ${byteLength} bytes; ${bytes.length} were given`);
    const read = async (offset = 0, length = byteLength - offset): Promise<Uint8Array> => bytes.slice(offset, offset + length);
    stored.set(tensor, { name: tensor, dtype, shape, byteLength, read });
  }
  return { name, kind, config, tensors: stored, files: [], warnings: kind.checkConfig(config, name), close: async () => {} };
}
