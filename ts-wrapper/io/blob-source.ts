import { LowrankError } from "../engine/errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { checkRange, shortRead } from "./range.ts";

/** A source over a `Blob` or `File`; only the ranges asked for are loaded. NOT_FOUND where a picked file has changed or gone since. */
export function blobSource(blob: Blob, name: string = blobName(blob)): ByteSource {
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    checkRange(name, offset, length, blob.size);
    const bytes = await blob
      .slice(offset, offset + length)
      .arrayBuffer()
      .catch((cause: unknown) => {
        const text = "the file cannot be read any more; it has changed or gone since it was picked, so pick it again";
        throw new LowrankError("NOT_FOUND", name, text, { file: name, cause });
      });
    if (bytes.byteLength !== length) throw shortRead(name, offset, bytes.byteLength, length);
    return new Uint8Array(bytes);
  };
  return {
    name,
    byteLength: blob.size,
    ...(isFile(blob) ? { version: `${blob.size}-${blob.lastModified}` } : {}),
    read,
    async readInto(offset, into) {
      into.set(await read(offset, into.length));
    },
  };
}

/** A `Blob` has no name; a `File` has. (Bun gives every `Blob` a `name` member, which is `undefined`.) */
export function isFile(blob: Blob): blob is File {
  return "name" in blob && typeof blob.name === "string";
}

export function blobName(blob: Blob): string {
  return isFile(blob) ? blob.name : "blob";
}
