import { LowrankError } from "../engine/errors.ts";
import { dtypes } from "../io/dtype.ts";
import type { Model, TensorInfo } from "../io/model.ts";
import type { Adapter, Copy, StoredTensor } from "./adapter.ts";
import { indexOf } from "./check-finite.ts";
import { decodeFloats, isFloatDtype, roundTo } from "./float-bits.ts";

/** What was found equal by name and shape, and has to be equal by its numbers. */
export interface Claims {
  readonly copies: readonly Copy[];
  /** Pairs of base tensors that the configuration ties and the file holds twice. */
  readonly twins: readonly (readonly [string, string])[];
}

const CHUNK_ELEMENTS = 2 ** 20;

/**
 * Reads what an adapter repeats, and compares. MISMATCH with the tensor, the index and both values where it is something else: an
 * adapter with another embedding than the base's was trained on another base. Numbers of different types are equal when one of them
 * rounds to the other.
 */
export async function checkCopies(adapter: Adapter, base: Model, claims: Claims, signal?: AbortSignal): Promise<void> {
  const fail = (tensor: string, text: string): never => {
    throw new LowrankError("MISMATCH", adapter.name, text, { file: adapter.name, tensor });
  };
  for (const { tensor, of } of claims.copies) {
    const other = "base" in of ? ofBase(base, of.base) : of.stored;
    const transposed = "stored" in of && of.transposed;
    const found = transposed ? await differsTransposed(tensor, other) : await differs(tensor, other, signal);
    if (!found) continue;
    const what = `tensor ${tensor.name} repeats ${other.name}${transposed ? ", transposed" : ""}, but holds ${found.one} at [${found.at}], where ${other.name}`;
    const why =
      "base" in of ? `in ${base.name} has ${found.other}; the adapter was trained on another base` : `has ${found.other}`;
    fail(tensor.name, `${what} ${why}`);
  }
  for (const [a, b] of claims.twins) {
    const found = await differs(ofBase(base, a), ofBase(base, b), signal);
    if (!found) continue;
    const text = `${base.name} ties ${a} and ${b}, but its file holds ${found.one} and ${found.other} at [${found.at}]; remove one of the two`;
    fail(b, text);
  }
}

function ofBase(base: Model, name: string): StoredTensor {
  const info: TensorInfo = base.tensors.get(name)!;
  const { source } = base.shards[info.shard]!;
  return { ...info, read: (offset = 0, length = info.byteLength - offset) => source.read(info.offset + offset, length) };
}

interface Difference {
  readonly at: string;
  readonly one: string;
  readonly other: string;
}

async function differs(one: StoredTensor, other: StoredTensor, signal?: AbortSignal): Promise<Difference | undefined> {
  const count = one.shape.reduce((n, d) => n * d, 1);
  if (!isFloatDtype(one.dtype) || !isFloatDtype(other.dtype)) {
    return one.dtype === other.dtype ? undefined : { at: "…", one: one.dtype, other: other.dtype };
  }
  for (let at = 0; at < count; at += CHUNK_ELEMENTS) {
    signal?.throwIfAborted();
    const n = Math.min(CHUNK_ELEMENTS, count - at);
    const [x, y] = [await chunk(one, at, n), await chunk(other, at, n)];
    if (one.dtype === other.dtype && sameBytes(x, y)) continue;
    const [p, q] = [decodeFloats(one.dtype, x), decodeFloats(other.dtype, y)];
    for (let i = 0; i < n; i++) {
      const [a, b] = [p[i]!, q[i]!];
      if (a === b || roundTo(other.dtype, a) === b || roundTo(one.dtype, b) === a) continue;
      return { at: indexOf(one.shape, at + i), one: String(a), other: String(b) };
    }
  }
  return undefined;
}

/** Of two matrices, one the transpose of the other. */
async function differsTransposed(one: StoredTensor, other: StoredTensor): Promise<Difference | undefined> {
  const [rows = 0, cols = 0] = one.shape;
  if (other.shape[0] !== cols || other.shape[1] !== rows || !isFloatDtype(one.dtype) || !isFloatDtype(other.dtype)) {
    return { at: "…", one: `[${one.shape}]`, other: `[${other.shape}]` };
  }
  const [p, q] = [decodeFloats(one.dtype, await one.read()), decodeFloats(other.dtype, await other.read())];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const [a, b] = [p[i * cols + j]!, q[j * rows + i]!];
      if (a !== b) return { at: `${i}, ${j}`, one: String(a), other: String(b) };
    }
  }
  return undefined;
}

function chunk({ dtype, read }: StoredTensor, at: number, elements: number): Promise<Uint8Array> {
  const width = dtypes[dtype].bits / 8;
  return read(at * width, elements * width);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
