// Stored numbers as doubles, and doubles rounded to a stored type. For comparing: kernels do the arithmetic of merges.
import type { Dtype } from "../io/dtype.ts";

/** Floating-point types whose numbers a double holds exactly. */
export type FloatDtype = Extract<Dtype, "F32" | "F16" | "BF16" | "F64">;

export function isFloatDtype(dtype: Dtype): dtype is FloatDtype {
  return dtype === "F32" || dtype === "F16" || dtype === "BF16" || dtype === "F64";
}

/** Little-endian elements as doubles, exactly. */
export function decodeFloats(dtype: FloatDtype, bytes: Uint8Array): Float64Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = dtype === "F64" ? 8 : dtype === "F32" ? 4 : 2;
  const out = new Float64Array(bytes.byteLength / width);
  for (let i = 0; i < out.length; i++) {
    const at = i * width;
    if (dtype === "F64") out[i] = view.getFloat64(at, true);
    else if (dtype === "F32") out[i] = view.getFloat32(at, true);
    else if (dtype === "BF16") out[i] = fromBf16(view.getUint16(at, true));
    else out[i] = fromF16(view.getUint16(at, true));
  }
  return out;
}

/** The nearest number of a type, ties to even; beyond its range infinite. */
export function roundTo(dtype: FloatDtype, x: number): number {
  if (dtype === "F64" || !Number.isFinite(x)) return x;
  if (dtype === "F32") return Math.fround(x);
  // Bits of the fraction, exponent of the smallest normal number, and the first number that rounds to infinity.
  const [fraction, least, limit] = dtype === "BF16" ? [7, -126, (2 - 2 ** -8) * 2 ** 127] : [10, -14, 65520];
  if (Math.abs(x) >= limit) return x < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const step = 2 ** (Math.max(exponentOf(x), least) - fraction);
  const scaled = x / step;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  return rounded === 0 && x < 0 ? -0 : rounded * step;
}

const word = new DataView(new ArrayBuffer(8));

/** e of 2^e ≤ |x| < 2^(e+1); −1023 for what is smaller than all normal doubles. */
function exponentOf(x: number): number {
  word.setFloat64(0, x);
  return ((word.getUint16(0) >> 4) & 0x7ff) - 1023;
}

function fromBf16(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}

function fromF16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
