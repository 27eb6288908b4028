import { LowrankError } from "../../engine/errors.ts";
import type { Dtype } from "../../io/dtype.ts";

/** Stored values as doubles, exactly: what checks compute with, apart from the kernels. */
export function decodeValues(bytes: Uint8Array, dtype: Dtype): Float64Array<ArrayBuffer> {
  const own = bytes.slice().buffer; // aligned, whatever the bytes were
  switch (dtype) {
    case "F64":
      return new Float64Array(own);
    case "F32":
      return new Float64Array(new Float32Array(own));
    case "BF16":
      return new Float64Array(new Float32Array(new Uint32Array(new Uint16Array(own)).map((bits) => bits << 16).buffer));
    case "F16":
      return new Float64Array(new Uint16Array(own)).map(f16);
    default:
      throw new LowrankError("DTYPE", "decode", `${dtype} was given, F64, F32, F16 or BF16 was needed`);
  }
}

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
function f16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Half the distance between neighbours of the type around `x`: what rounding to nearest may change. */
export function halfUlp(x: number, dtype: Dtype): number {
  const [fraction, least] = formats[dtype as keyof typeof formats];
  double[0] = x;
  const exponent = ((word[high]! >>> 20) & 0x7ff) - 1023;
  word[high] = (Math.max(exponent - fraction, least) - 1 + 1023) << 20;
  word[1 - high] = 0;
  return double[0];
}

/** Bits of the fraction, and the exponent of the least number above 0. */
const formats = { F32: [23, -149], BF16: [7, -133], F16: [10, -24] } as const;
/** A double and its two halves. */
const double = new Float64Array(1);
const word = new Uint32Array(double.buffer);
const high = new Uint8Array(Uint32Array.of(1).buffer)[0]!;
