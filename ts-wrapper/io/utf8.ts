import { LowrankError } from "../engine/errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The text of `bytes`, a byte order mark included; FORMAT where they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    // A browser decodes no shared memory.
    return decoder.decode(bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice());
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new LowrankError("FORMAT", file, "the text is not valid UTF-8", { file, cause });
  }
}

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Whether every surrogate of `text` has its pair, so that it can be written as UTF-8. */
export function isText(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
