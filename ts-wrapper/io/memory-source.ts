import type { ByteSource } from "./byte-source.ts";
import { checkRange } from "./range.ts";

/** A source over bytes that are in memory already. The bytes are borrowed: they must not change while the source is used. */
export function memorySource(bytes: Uint8Array | ArrayBuffer, name = "bytes"): ByteSource {
  const all = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  return {
    name,
    byteLength: all.length,
    async read(offset, length) {
      checkRange(name, offset, length, all.length);
      return all.slice(offset, offset + length);
    },
    async readInto(offset, into) {
      checkRange(name, offset, into.length, all.length);
      into.set(all.subarray(offset, offset + into.length));
    },
  };
}
