import { LowrankError } from "../engine/errors.ts";
import { show } from "./show.ts";

/**
 * The element types of safetensors, by the names the format uses, with their size. Sub-byte elements are packed without padding
 * between them. Which of them can be computed with is not decided here: every one can be copied.
 *
 * Source: safetensors, `safetensors/src/tensor.rs`, `Dtype::bitsize`.
 */
export const dtypes = {
  BOOL: { bits: 8 },
  F4: { bits: 4 },
  F6_E2M3: { bits: 6 },
  F6_E3M2: { bits: 6 },
  U8: { bits: 8 },
  I8: { bits: 8 },
  F8_E5M2: { bits: 8 },
  F8_E4M3: { bits: 8 },
  F8_E8M0: { bits: 8 },
  F8_E4M3FNUZ: { bits: 8 },
  F8_E5M2FNUZ: { bits: 8 },
  I16: { bits: 16 },
  U16: { bits: 16 },
  F16: { bits: 16 },
  BF16: { bits: 16 },
  I32: { bits: 32 },
  U32: { bits: 32 },
  F32: { bits: 32 },
  C64: { bits: 64 },
  F64: { bits: 64 },
  I64: { bits: 64 },
  U64: { bits: 64 },
} as const;

export type Dtype = keyof typeof dtypes;

export function isDtype(name: string): name is Dtype {
  return Object.hasOwn(dtypes, name);
}

/**
 * Bytes of a tensor. FORMAT where the count is not exact in a double (more than 2⁵³ − 1 bits) or the bits do not fill whole bytes.
 */
export function tensorBytes(
  dtype: Dtype,
  shape: readonly number[],
  where: { readonly file: string; readonly tensor: string },
): number {
  if (shape.includes(0)) return 0;
  let elements = 1;
  for (const n of shape) elements = checkedProduct(elements, n, dtype, shape, where);
  const bits = checkedProduct(elements, dtypes[dtype].bits, dtype, shape, where);
  if (bits % 8 !== 0) {
    const text = `tensor ${show(where.tensor)} is ${dtype} [${shape}], ${bits} bits, which do not fill whole bytes`;
    throw new LowrankError("FORMAT", where.file, text, where);
  }
  return bits / 8;
}

function checkedProduct(
  a: number,
  b: number,
  dtype: Dtype,
  shape: readonly number[],
  where: { file: string; tensor: string },
): number {
  const product = a * b;
  if (Number.isSafeInteger(product)) return product;
  const text = `tensor ${show(where.tensor)} is ${dtype} [${shape}], more bits than 2^53 - 1; no file holds that`;
  throw new LowrankError("FORMAT", where.file, text, where);
}
