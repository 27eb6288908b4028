import { LowrankError } from "../../engine/errors.ts";
import type { Dtype } from "../../io/dtype.ts";

/** Stored values as doubles, exactly: what checks compute with, apart from the kernels. */
export function decodeValues(bytes: Uint8Array, dtype: Dtype): Float64Array<ArrayBuffer> {
  const own = bytes.slice().buffer; // aligned, whatever the bytes were
  switch (dtype) {
    case "F64":
      return new Float64Array(own);
    case "F32":
      return Float64Array.from(new Float32Array(own));
    case "BF16":
      return Float64Array.from(new Float32Array(Uint32Array.from(new Uint16Array(own), (bits) => bits << 16).buffer));
    case "F16":
      return Float64Array.from(new Uint16Array(own), f16);
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
  const [fraction, least] = { F32: [23, -149], BF16: [7, -133], F16: [10, -24] }[dtype as "F32" | "BF16" | "F16"] as [
    number,
    number,
  ];
  const exponent = x === 0 ? least : Math.floor(Math.log2(Math.abs(x)));
  return 2 ** (Math.max(exponent - fraction, least) - 1);
}
