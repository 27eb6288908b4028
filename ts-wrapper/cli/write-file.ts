import { LowrankError } from "../engine/errors.ts";
import type { Dtype } from "../io/dtype.ts";
import type { Model } from "../io/model.ts";
import { openSink } from "../io/open-sink.ts";
import { layoutSafetensors } from "../io/safetensors-write.ts";

/** Throws USAGE where `path` is a file of the model, which a result would replace. */
export async function refuseInput(path: string, model: Model): Promise<void> {
  const { basename, dirname } = process.getBuiltinModule("node:path");
  const { location } = await openSink(dirname(path));
  const files = [...model.shards.map((s) => s.file), ...model.sideFiles.map((f) => f.name)];
  if (location === undefined || location !== model.location || !files.includes(basename(path))) return;
  throw new LowrankError("USAGE", path, `it is a file of ${model.name}, which is read; choose another name`, { file: path });
}

/** Writes a file whole or not at all: under a temporary name, synced, renamed. A file of that name is replaced. */
export async function writeFile(path: string, ...parts: readonly Uint8Array[]): Promise<void> {
  const { basename, dirname } = process.getBuiltinModule("node:path");
  const sink = await openSink(dirname(path));
  const file = await sink.create(
    basename(path),
    parts.reduce((n, p) => n + p.byteLength, 0),
  );
  try {
    let at = 0;
    for (const part of parts) {
      await file.write(at, part);
      at += part.byteLength;
    }
    await file.commit();
  } catch (error) {
    await file.abort();
    throw error;
  }
}

export interface TensorBytes {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Writes one safetensors file, in the way of `writeFile`. */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorBytes[],
  metadata: ReadonlyMap<string, string>,
): Promise<void> {
  const { header } = layoutSafetensors(tensors, metadata, path);
  await writeFile(path, header, ...tensors.map((t) => t.bytes));
}
