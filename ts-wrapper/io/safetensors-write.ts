import { LowrankError } from "../engine/errors.ts";
import { type Dtype, tensorBytes } from "./dtype.ts";
import { limits } from "./limits.ts";
import { METADATA_KEY } from "./safetensors.ts";
import { show } from "./show.ts";
import { encodeUtf8, isText } from "./utf8.ts";

/** A file before it is written. */
export interface SafetensorsLayout {
  /** The 8 bytes of the length and the header, padded with spaces to a multiple of 8: the data starts aligned. */
  readonly header: Uint8Array<ArrayBuffer>;
  /** Where each tensor begins, from the start of the file, in the order given. */
  readonly offsets: readonly number[];
  /** Of the whole file. */
  readonly byteLength: number;
}

/**
 * Lays tensors one behind the other in the order given. The order is the caller's: elements are aligned to their size where wider
 * types come first. Metadata keeps its order and is left out where it is empty. FORMAT for two tensors of one name, a name that is no
 * text or is the one the format keeps for itself; LIMIT for a header that a reader would refuse.
 */
export function layoutSafetensors(
  tensors: readonly { readonly name: string; readonly dtype: Dtype; readonly shape: readonly number[] }[],
  metadata: ReadonlyMap<string, string> = new Map(),
  file = "safetensors",
): SafetensorsLayout {
  const entries: string[] = [];
  if (metadata.size > 0)
    entries.push(`"${METADATA_KEY}":{${Array.from(metadata, ([k, v]) => `${quote(k, file)}:${quote(v, file)}`)}}`);
  const names = new Set<string>();
  const begins: number[] = [];
  let at = 0;
  for (const { name, dtype, shape } of tensors) {
    if (names.has(name)) throw refused(`tensor ${show(name)} is given twice; names in a file are unique`, file, name);
    if (name === METADATA_KEY)
      throw refused(`a tensor is named ${METADATA_KEY}, which the format keeps for itself; rename it`, file, name);
    names.add(name);
    const end = at + tensorBytes(dtype, shape, { file, tensor: name });
    entries.push(`${quote(name, file)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${at},${end}]}`);
    begins.push(at);
    at = end;
  }
  const json = encodeUtf8(`{${entries}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > limits.headerBytes) {
    const text = `the header of ${tensors.length} tensors takes ${length} bytes, readers take at most ${limits.headerBytes}; write more shards`;
    throw new LowrankError("LIMIT", file, text, { file });
  }
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return { header, offsets: begins.map((begin) => header.length + begin), byteLength: header.length + at };
}

function quote(text: string, file: string): string {
  if (isText(text)) return JSON.stringify(text);
  throw refused(`the name ${show(text)} has an unpaired surrogate and cannot be written as UTF-8; rename it`, file, text);
}

function refused(text: string, file: string, tensor: string): LowrankError {
  return new LowrankError("FORMAT", file, text, { file, tensor });
}
