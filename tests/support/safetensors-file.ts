import type { Dtype } from "../../ts-wrapper/io/dtype.ts";
import { layoutSafetensors } from "../../ts-wrapper/io/safetensors-write.ts";

/** A file from a header as it is written, right or wrong, and data that counts 0, 1, 2, … */
export function rawSafetensors(header: string | Uint8Array, dataBytes = 0): Uint8Array<ArrayBuffer> {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  for (let i = 0; i < dataBytes; i++) file[8 + json.length + i] = i & 255;
  return file;
}

/** A right file of these tensors, with data that counts. */
export function safetensorsFile(
  tensors: readonly { readonly name: string; readonly dtype?: Dtype; readonly shape?: readonly number[] }[],
  metadata?: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  const layout = layoutSafetensors(
    tensors.map((t) => ({ name: t.name, dtype: t.dtype ?? "F32", shape: t.shape ?? [2] })),
    metadata,
  );
  const file = new Uint8Array(layout.byteLength);
  file.set(layout.header);
  for (let i = layout.header.length; i < file.length; i++) file[i] = (i - layout.header.length) & 255;
  return file;
}
