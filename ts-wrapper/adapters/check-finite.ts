import { LowrankError } from "../engine/errors.ts";
import { dtypes } from "../io/dtype.ts";
import type { Adapter, StoredTensor } from "./adapter.ts";

/** The exponent bits of a type as little-endian 16- or 32-bit words; a number is NaN or infinite when all of them are set. */
const exponents: Readonly<Record<string, { readonly bits: 16 | 32; readonly mask: number; readonly fraction: number }>> = {
  F32: { bits: 32, mask: 0x7f800000, fraction: 0x007fffff },
  BF16: { bits: 16, mask: 0x7f80, fraction: 0x007f },
  F16: { bits: 16, mask: 0x7c00, fraction: 0x03ff },
};

const CHUNK_BYTES = 4 * 2 ** 20;

/** What is checked, and how it can be stopped. */
export interface FiniteOptions {
  /** Names of tensors to leave out: those that go unused. */
  readonly except?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Reads every tensor of an adapter and refuses NaN and infinities with MISMATCH, with the tensor and the index. Bits are looked at, no
 * number is computed. Types without them, integers among them, are passed over.
 */
export async function checkFinite(adapter: Adapter, options: FiniteOptions = {}): Promise<void> {
  const except = new Set(options.except);
  for (const tensor of adapter.tensors.values()) {
    if (except.has(tensor.name)) continue;
    for (let at = 0; at < tensor.byteLength; at += CHUNK_BYTES) {
      options.signal?.throwIfAborted();
      const bytes = await tensor.read(at, Math.min(CHUNK_BYTES, tensor.byteLength - at));
      const found = findNonFinite(tensor.dtype, bytes);
      if (found) throw notFinite(adapter.name, tensor, found.what, found.index + (at * 8) / dtypes[tensor.dtype].bits);
    }
  }
}

/** The first element that is NaN or infinite; `undefined` where there is none. */
export function findNonFinite(dtype: string, bytes: Uint8Array): { readonly index: number; readonly what: string } | undefined {
  if (dtype === "F64") return findNonFinite64(bytes);
  const form = exponents[dtype];
  if (!form) return undefined;
  const { bits, mask, fraction } = form;
  const words = bits === 32 ? new Uint32Array(...aligned(bytes, 4)) : new Uint16Array(...aligned(bytes, 2));
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if ((word & mask) === mask)
      return { index: i, what: word & fraction ? "NaN" : word >>> (bits - 1) ? "-Infinity" : "Infinity" };
  }
  return undefined;
}

function findNonFinite64(bytes: Uint8Array): { index: number; what: string } | undefined {
  const words = new Uint32Array(...aligned(bytes, 8));
  for (let i = 1; i < words.length; i += 2) {
    const high = words[i]!;
    if ((high & 0x7ff00000) !== 0x7ff00000) continue;
    const isNumberless = (high & 0x000fffff) !== 0 || words[i - 1] !== 0;
    return { index: (i - 1) / 2, what: isNumberless ? "NaN" : high >>> 31 ? "-Infinity" : "Infinity" };
  }
  return undefined;
}

/** Arguments of a typed array over the same bytes, copied where they do not begin on a multiple of the width. */
function aligned(bytes: Uint8Array, width: number): [ArrayBufferLike, number, number] {
  const all = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  const count = width === 2 ? all.length >> 1 : all.length >> 2;
  return [all.buffer, all.byteOffset, count];
}

function notFinite(adapter: string, tensor: StoredTensor, what: string, index: number): LowrankError {
  const text = `tensor ${tensor.name} [${tensor.shape}] holds ${what} at [${indexOf(tensor.shape, index)}], finite numbers were needed`;
  return new LowrankError("MISMATCH", adapter, `${text}; the training that wrote it diverged`, {
    file: adapter,
    tensor: tensor.name,
  });
}

/** Row-major place of an element. */
export function indexOf(shape: readonly number[], element: number): string {
  const place: number[] = [];
  let rest = element;
  for (const d of [...shape].reverse()) {
    place.unshift(rest % d);
    rest = Math.floor(rest / d);
  }
  return place.join(", ");
}
