// safetensors, reading.
//
//   0 ─ 8            N, u64 little endian
//   8 ─ 8+N          header: UTF-8 JSON object, first byte {, may end in spaces
//   8+N ─ end        data: the tensors one behind the other, no hole, no overlap, nothing behind the last
//
//   { "__metadata__": { string: string },  name: { "dtype": …, "shape": […], "data_offsets": [begin, end) }, … }
//
// Source: safetensors README ("Format") and `validate` in safetensors/src/tensor.rs.
import { LowrankError } from "../engine/errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { type Dtype, dtypes, isDtype, tensorBytes } from "./dtype.ts";
import { JsonNumber, type JsonTree, kindOf, parseJsonRaw } from "./json.ts";
import { limits } from "./limits.ts";
import type { Shard, TensorInfo } from "./model.ts";
import { show } from "./show.ts";

type Raw = JsonTree<JsonNumber>;

/** The key of the header that is no tensor. */
export const METADATA_KEY = "__metadata__";
const LENGTH_BYTES = 8;
const FIELDS = ["dtype", "shape", "data_offsets"];

/**
 * Reads and checks the header of a safetensors file; no tensor is read. `shard` is the index that the tensors get.
 * Everything that breaks a rule of the format is FORMAT, what is beyond a limit is LIMIT; messages name file, tensor and both values.
 */
export async function readSafetensors(
  source: ByteSource,
  options: { readonly file: string; readonly shard?: number },
): Promise<Shard> {
  const { file, shard = 0 } = options;
  const header = await readHeader(source, file);
  const dataOffset = header.length;
  const entries = parseHeader(header.subarray(LENGTH_BYTES), file);
  const metadata = readMetadata(entries.get(METADATA_KEY), file);
  const tensors: TensorInfo[] = [];
  for (const [name, entry] of entries) {
    if (name !== METADATA_KEY) tensors.push(readEntry(name, entry, { file, shard, dataOffset }));
  }
  tensors.sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  checkContiguous(tensors, dataOffset, source.byteLength, file);
  return { file, source, dataOffset, header, metadata, tensors };
}

/** The length and the header, as they lie in the file. */
async function readHeader(source: ByteSource, file: string): Promise<Uint8Array> {
  const size = source.byteLength;
  if (size < LENGTH_BYTES) throw bad(file, `the file has ${size} bytes, a safetensors file has at least ${LENGTH_BYTES}`);
  const start = await source.read(0, LENGTH_BYTES);
  const length = new DataView(start.buffer, start.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(limits.headerBytes)) {
    const text = `the header says ${length} bytes, at most ${limits.headerBytes} are read; the file may be no safetensors file`;
    throw new LowrankError("LIMIT", file, text, { file });
  }
  const n = Number(length);
  if (LENGTH_BYTES + n > size) {
    throw bad(file, `the header says ${n} bytes, but the file has ${size - LENGTH_BYTES} after the length; it may be cut short`);
  }
  const header = await source.read(0, LENGTH_BYTES + n);
  const first = header[LENGTH_BYTES];
  if (first !== 0x7b) {
    const found = first === undefined ? "is empty" : `starts with byte 0x${first.toString(16).padStart(2, "0")}`;
    throw bad(file, `the header ${found}, { was needed`);
  }
  return header;
}

function parseHeader(header: Uint8Array, file: string): ReadonlyMap<string, Raw> {
  let end = header.length;
  while (header[end - 1] === 0x20) end--;
  if (header[end - 1] !== 0x7d) throw bad(file, "the header has to end with } and spaces, nothing else behind it");
  const value = parseJsonRaw(header.subarray(0, end), { file, maxLength: limits.headerBytes });
  return value as ReadonlyMap<string, Raw>; // it starts with {, so it is an object
}

function readMetadata(value: Raw | undefined, file: string): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  if (value === undefined) return metadata;
  if (!(value instanceof Map)) throw bad(file, `${METADATA_KEY} is ${kindOf(value)}, an object of strings was needed`);
  for (const [key, text] of value) {
    if (typeof text !== "string") throw bad(file, `${METADATA_KEY} ${show(key)} is ${kindOf(text)}, a string was needed`);
    metadata.set(key, text);
  }
  return metadata;
}

function readEntry(tensor: string, entry: Raw, at: { file: string; shard: number; dataOffset: number }): TensorInfo {
  const { file } = at;
  if (!(entry instanceof Map)) throw bad(file, `tensor ${show(tensor)} is ${kindOf(entry)}, an object was needed`, tensor);
  for (const field of entry.keys()) {
    if (!FIELDS.includes(field))
      throw bad(file, `tensor ${show(tensor)} has the unknown field ${show(field)}; known are ${FIELDS.join(", ")}`, tensor);
  }
  const dtype = readDtype(entry.get("dtype"), tensor, file);
  const shape = readIntegers(entry.get("shape"), "shape", tensor, file);
  if (shape.length > limits.rank) {
    const text = `tensor ${show(tensor)} has ${shape.length} dimensions, at most ${limits.rank} are read`;
    throw new LowrankError("LIMIT", file, text, { file, tensor });
  }
  const offsets = readIntegers(entry.get("data_offsets"), "data_offsets", tensor, file);
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || offsets.length !== 2) {
    throw bad(file, `tensor ${show(tensor)}: data_offsets has ${offsets.length} numbers, a begin and an end were needed`, tensor);
  }
  if (end < begin) throw bad(file, `tensor ${show(tensor)}: data_offsets [${begin}, ${end}] end before they begin`, tensor);
  const byteLength = tensorBytes(dtype, shape, { file, tensor });
  if (end - begin !== byteLength) {
    const text = `data_offsets [${begin}, ${end}] hold ${end - begin} bytes, but ${dtype} [${shape}] takes ${byteLength}`;
    throw bad(file, `tensor ${show(tensor)}: ${text}`, tensor);
  }
  return { name: tensor, dtype, shape, byteLength, shard: at.shard, offset: at.dataOffset + begin };
}

function readDtype(value: Raw | undefined, tensor: string, file: string): Dtype {
  if (typeof value !== "string")
    throw bad(file, `tensor ${show(tensor)}: dtype is ${kindOf(value)}, a string was needed`, tensor);
  if (isDtype(value)) return value;
  throw bad(
    file,
    `tensor ${show(tensor)} has the unknown dtype ${show(value)}; known are ${Object.keys(dtypes).join(", ")}`,
    tensor,
  );
}

function readIntegers(value: Raw | undefined, field: string, tensor: string, file: string): number[] {
  if (!Array.isArray(value)) throw bad(file, `tensor ${show(tensor)}: ${field} is ${kindOf(value)}, an array was needed`, tensor);
  return value.map((n, i) => {
    const integer = n instanceof JsonNumber ? n.integer : undefined;
    if (integer !== undefined) return integer;
    throw bad(
      file,
      `tensor ${show(tensor)}: ${field}[${i}] is ${kindOf(n)}, an integer from 0 to 2^53 - 1 in plain digits was needed`,
      tensor,
    );
  });
}

/** In the order of their offsets, tensors fill the data from its first byte to its last: no hole, no overlap, nothing behind them. */
function checkContiguous(tensors: readonly TensorInfo[], dataOffset: number, size: number, file: string): void {
  let at = dataOffset;
  let before = "the start of the data";
  for (const t of tensors) {
    if (t.offset !== at) {
      const gap = t.offset > at ? `leaves a hole of ${t.offset - at} bytes after` : `overlaps ${at - t.offset} bytes of`;
      const text = `tensor ${show(t.name)} begins at byte ${t.offset - dataOffset} of the data and ${gap} ${before}; it has to begin at ${at - dataOffset}`;
      throw bad(file, text, t.name);
    }
    at += t.byteLength;
    before = `tensor ${show(t.name)}`;
  }
  if (at === size) return;
  const text =
    at > size
      ? `the tensors take ${at - dataOffset} bytes, but only ${size - dataOffset} follow the header; the file may be cut short`
      : `${size - at} bytes follow the last tensor; a safetensors file ends with it`;
  throw bad(file, text);
}

function bad(file: string, text: string, tensor?: string): LowrankError {
  return new LowrankError("FORMAT", file, text, tensor === undefined ? { file } : { file, tensor });
}
