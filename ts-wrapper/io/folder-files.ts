import { LowrankError } from "../engine/errors.ts";
import { blobSource } from "./blob-source.ts";
import type { ByteSource } from "./byte-source.ts";
import { isPlainFileName } from "./file-name.ts";
import type { FileInput, Folder } from "./folder.ts";
import { memorySource } from "./memory-source.ts";
import { show } from "./show.ts";

/** The name that a single file without a name gets. */
const UNNAMED = "model.safetensors";

/** Files by name, as they are at hand. A name with a path is a file in a subfolder: it is listed by its folder and cannot be opened. */
export function openFiles(files: ReadonlyMap<string, FileInput>, name: string, picked?: string): Folder {
  const sources = new Map<string, ByteSource>();
  const listed = new Set<string>();
  for (const [file, input] of files) {
    const folder = file.includes("/") ? file.slice(0, file.indexOf("/") + 1) : undefined;
    listed.add(folder ?? file);
    if (folder !== undefined) continue;
    if (!isPlainFileName(file))
      throw new LowrankError("USAGE", name, `${show(file)} was given, a plain file name was needed`, { file });
    sources.set(file, toSource(input, file));
  }
  return {
    name,
    ...(picked === undefined ? {} : { picked }),
    list: async () => [...listed].sort(),
    open: async (file) => sources.get(file),
    close: async () => {},
  };
}

/** A single file; it is the one that was named. */
export function openOne(input: FileInput, name: string): Folder {
  const file = isPlainFileName(name) && name.includes(".") ? name : UNNAMED;
  return openFiles(new Map([[file, input]]), name, file);
}

export function isByteSource(input: object): input is ByteSource {
  return "byteLength" in input && typeof input.byteLength === "number" && "read" in input && typeof input.read === "function";
}

function toSource(input: FileInput, file: string): ByteSource {
  if (input instanceof Uint8Array || input instanceof ArrayBuffer) return memorySource(input, file);
  if (input instanceof Blob) return blobSource(input, file);
  if (typeof input === "object" && input !== null && isByteSource(input)) return input;
  throw new LowrankError("USAGE", file, "a ByteSource, Blob, Uint8Array or ArrayBuffer was needed under this name", { file });
}
