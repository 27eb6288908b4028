/** The number types of tensors in plain TypeScript: the readable twins of assembly/core/stored.ts. */
export type Stored = "f64" | "f32" | "f16" | "bf16";

export const storedTypes = ["f64", "f32", "f16", "bf16"] as const;
export const bytesOf: Readonly<Record<Stored, number>> = { f64: 8, f32: 4, f16: 2, bf16: 2 };

const word = new DataView(new ArrayBuffer(8));

export function bitsOfF32(x: number): number {
  word.setFloat32(0, x);
  return word.getUint32(0);
}

export function f32OfBits(bits: number): number {
  word.setUint32(0, bits);
  return word.getFloat32(0);
}

export function decodeBf16(bits: number): number {
  return f32OfBits((bits << 16) >>> 0);
}

export function decodeF16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -14 * (fraction / 1024);
}

/** x in units of the last place, to nearest, ties to even; exact, since |x/unit| < 2^52. */
function roundToUnit(x: number, unit: number): number {
  const q = x / unit;
  const floor = Math.floor(q);
  const rest = q - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return (floor + (up ? 1 : 0)) * unit;
}

/** The exponent e of 2^e ≤ x < 2^(e+1), x > 0. */
function exponentOf(x: number): number {
  let e = Math.floor(Math.log2(x));
  while (2 ** e > x) e--;
  while (2 ** (e + 1) <= x) e++;
  return e;
}

/** An f32 value (or NaN, Inf) rounded to a format with `fraction` bits, smallest normal exponent and largest value. */
function round(x: number, fraction: number, lowest: number, largest: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const a = Math.abs(x);
  const rounded = roundToUnit(a, 2 ** (Math.max(exponentOf(a), lowest) - fraction));
  return Math.sign(x) * (rounded > largest ? Number.POSITIVE_INFINITY : rounded);
}

export const roundF16 = (x: number): number => round(Math.fround(x), 10, -14, 65504);
export const roundBf16 = (x: number): number => round(Math.fround(x), 7, -126, f32OfBits(0x7f7f0000));

/** x as the type holds it; 16-bit types by way of f32. */
export function roundTo(type: Stored, x: number): number {
  switch (type) {
    case "f64":
      return x;
    case "f32":
      return Math.fround(x);
    case "f16":
      return roundF16(x);
    case "bf16":
      return roundBf16(x);
  }
}

/** Bits of a value that f16 can hold. */
function encodeF16(x: number): number {
  if (Number.isNaN(x)) return 0x7e00;
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const a = Math.abs(x);
  if (a === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (a < 2 ** -14) return sign | (a * 2 ** 24);
  const e = exponentOf(a);
  return sign | ((e + 15) << 10) | ((a / 2 ** e - 1) * 1024);
}

/** Values as the type's bytes. */
export function encode(type: Stored, values: ArrayLike<number>): Uint8Array {
  const n = values.length;
  if (type === "f64") return new Uint8Array(Float64Array.from(values).buffer);
  if (type === "f32") return new Uint8Array(Float32Array.from(values).buffer);
  const out = new Uint16Array(n);
  for (let i = 0; i < n; i++) {
    const x = roundTo(type, values[i]!);
    out[i] = type === "f16" ? encodeF16(x) : Number.isNaN(x) ? 0x7fc0 : bitsOfF32(x) >>> 16;
  }
  return new Uint8Array(out.buffer);
}

/** The type's bytes as values. */
export function decode(type: Stored, bytes: Uint8Array): Float64Array {
  const copy = bytes.slice().buffer;
  if (type === "f64") return new Float64Array(copy);
  if (type === "f32") return Float64Array.from(new Float32Array(copy));
  return Float64Array.from(new Uint16Array(copy), type === "f16" ? decodeF16 : decodeBf16);
}
