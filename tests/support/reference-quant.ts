/** Quantized types in plain TypeScript: the readable twins of assembly/quant. Decoding rounds to f32 where the kernels do. */
import { decodeF16, encode as encodeStored, roundF16 } from "./stored.ts";

const f = Math.fround;

export type Legacy = "q8_0" | "q4_0" | "q4_1" | "q5_0" | "q5_1";
export type KType = "q4_k" | "q5_k" | "q6_k";
export type Blocked = Legacy | KType;

export interface BlockType {
  readonly size: number;
  readonly bytes: number;
  /** Weights under one scale. */
  readonly run: number;
  /** Byte offsets of the f16 numbers. */
  readonly halves: readonly number[];
}

export const legacyTypes = ["q8_0", "q4_0", "q4_1", "q5_0", "q5_1"] as const;
export const kTypes = ["q4_k", "q5_k", "q6_k"] as const;
export const blockedTypes: readonly Blocked[] = [...legacyTypes, ...kTypes];

export const blockTypes: Readonly<Record<Blocked, BlockType>> = {
  q8_0: { size: 32, bytes: 34, run: 32, halves: [0] },
  q4_0: { size: 32, bytes: 18, run: 32, halves: [0] },
  q4_1: { size: 32, bytes: 20, run: 32, halves: [0, 2] },
  q5_0: { size: 32, bytes: 22, run: 32, halves: [0] },
  q5_1: { size: 32, bytes: 24, run: 32, halves: [0, 2] },
  q4_k: { size: 256, bytes: 144, run: 32, halves: [0, 2] },
  q5_k: { size: 256, bytes: 176, run: 32, halves: [0, 2] },
  q6_k: { size: 256, bytes: 210, run: 16, halves: [208] },
};

/** A block taken apart: weight i is scale[i]·code[i] + shift[i], where scale and shift are what the run of i has. */
export interface Parts {
  readonly codes: readonly number[];
  /** f16 numbers, exact. */
  readonly d: number;
  readonly dm: number;
  /** Integer scale and minimum of each run; 1 and −1 where the type has none. */
  readonly scales: readonly number[];
  readonly minima: readonly number[];
}

const half = (b: Uint8Array, at: number): number => decodeF16(b[at]! | (b[at + 1]! << 8));
const signed = (x: number): number => (x << 24) >> 24;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Element i of 16 bytes of nibbles, 0 … 15 below and 16 … 31 above. */
const nibble = (b: Uint8Array, at: number, i: number): number => (i < 16 ? b[at + i]! & 15 : b[at + i - 16]! >> 4);
const bit = (b: Uint8Array, at: number, i: number): number => (b[at + (i >> 3)]! >> (i & 7)) & 1;

export function parts(type: Blocked, b: Uint8Array): Parts {
  const d = half(b, blockTypes[type].halves[0]!);
  const plain = { d, dm: 0, scales: [1], minima: [0] };
  switch (type) {
    case "q8_0":
      return { ...plain, codes: range(32).map((i) => signed(b[2 + i]!)) };
    case "q4_0":
      return { ...plain, codes: range(32).map((i) => nibble(b, 2, i) - 8) };
    case "q4_1":
      return { ...plain, dm: half(b, 2), minima: [-1], codes: range(32).map((i) => nibble(b, 4, i)) };
    case "q5_0":
      return { ...plain, codes: range(32).map((i) => nibble(b, 6, i) + 16 * bit(b, 2, i) - 16) };
    case "q5_1":
      return { ...plain, dm: half(b, 2), minima: [-1], codes: range(32).map((i) => nibble(b, 8, i) + 16 * bit(b, 4, i)) };
    case "q4_k":
    case "q5_k":
      return { d, dm: half(b, 2), ...sixBits(b.subarray(4, 16)), codes: range(256).map((i) => kCode(type, b, i)) };
    case "q6_k":
      return {
        ...plain,
        scales: range(16).map((r) => signed(b[192 + r]!)),
        minima: range(16).fill(0),
        codes: range(256).map((i) => q6Code(b, i)),
      };
  }
}

function sixBits(p: Uint8Array): { scales: number[]; minima: number[] } {
  const low = (r: number): number => p[r]! & 63;
  const high = (r: number, four: number): number => four | ((p[r]! >> 6) << 4);
  return {
    scales: range(8).map((r) => (r < 4 ? low(r) : high(r - 4, p[r + 4]! & 15))),
    minima: range(8).map((r) => (r < 4 ? low(r + 4) : high(r, p[r + 4]! >> 4))),
  };
}

function kCode(type: "q4_k" | "q5_k", b: Uint8Array, i: number): number {
  const r = i >> 5;
  const l = i & 31;
  const byte = b[(type === "q4_k" ? 16 : 48) + 32 * (r >> 1) + l]!;
  const four = r & 1 ? byte >> 4 : byte & 15;
  return type === "q4_k" ? four : four + 16 * ((b[16 + l]! >> r) & 1);
}

function q6Code(b: Uint8Array, i: number): number {
  const n = i >> 7;
  const quarter = (i >> 5) & 3;
  const l = i & 31;
  const byte = b[64 * n + 32 * (quarter & 1) + l]!;
  const four = quarter >> 1 ? byte >> 4 : byte & 15;
  return four + 16 * ((b[128 + 32 * n + l]! >> (2 * quarter)) & 3) - 32;
}

/** What a block decodes to, each operation rounded to f32. */
export function decodeBlock(type: Blocked, b: Uint8Array): number[] {
  const { codes, d, dm, scales, minima } = parts(type, b);
  const { run } = blockTypes[type];
  const affine = blockTypes[type].halves.length === 2;
  return codes.map((q, i) => {
    const r = Math.floor(i / run);
    const x = f(f(d * scales[r]!) * q);
    return affine ? f(x - f(dm * minima[r]!)) : x;
  });
}

/** Whole blocks, one after the other. */
export function decodeBlocks(type: Blocked, bytes: Uint8Array): Float32Array {
  const { bytes: width } = blockTypes[type];
  const blocks = range(bytes.length / width).map((k) => decodeBlock(type, bytes.subarray(k * width, (k + 1) * width)));
  return Float32Array.from(blocks.flat());
}

/** 1/d, or 0 where that is no number. */
function inverse(d: number): number {
  const r = f(1 / d);
  return Number.isFinite(r) ? r : 0;
}

const halfBytes = (x: number): Uint8Array => encodeStored("f16", [roundF16(x)]);

function nibbleBytes(q: readonly number[]): Uint8Array {
  return Uint8Array.from(range(16), (i) => (q[i]! & 15) | ((q[i + 16]! & 15) << 4));
}

function fifthBytes(q: readonly number[]): Uint8Array {
  return Uint8Array.from(range(4), (k) => range(8).reduce((byte, i) => byte | ((q[8 * k + i]! >> 4) << i), 0));
}

const awayFromZero = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

/** A block of 32 finite weights, as the C reference of ggml rounds them. */
export function encodeLegacy(type: Legacy, x: Float32Array): Uint8Array {
  const list = [...x];
  const join = (...p: Uint8Array[]): Uint8Array => Uint8Array.from(p.flatMap((b) => [...b]));
  if (type === "q8_0") {
    const d = f(Math.max(...list.map(Math.abs)) / 127);
    const r = inverse(d);
    return join(
      halfBytes(d),
      Uint8Array.from(list, (w) => awayFromZero(f(w * r)) & 255),
    );
  }
  const bits = type[1] === "4" ? 4 : 5;
  const top = 2 ** bits - 1;
  if (type.endsWith("_0")) {
    const peak = list.reduce((p, w) => (Math.abs(w) > Math.abs(p) ? w : p), 0);
    const d = f(peak / -(2 ** (bits - 1)));
    const r = inverse(d);
    const q = list.map((w) => Math.min(top, Math.trunc(f(f(w * r) + 2 ** (bits - 1) + 0.5))));
    return bits === 4 ? join(halfBytes(d), nibbleBytes(q)) : join(halfBytes(d), fifthBytes(q), nibbleBytes(q));
  }
  const low = list.reduce((m, w) => (w < m ? w : m));
  const d = f(f(list.reduce((m, w) => (w > m ? w : m)) - low) / top);
  const r = inverse(d);
  const q = list.map((w) => Math.min(top, Math.trunc(f(f(f(w - low) * r) + 0.5))));
  const scales = join(halfBytes(d), halfBytes(low));
  return bits === 4 ? join(scales, nibbleBytes(q)) : join(scales, fifthBytes(q), nibbleBytes(q));
}

export interface Float8 {
  readonly fraction: number;
  readonly bias: number;
  readonly largest: number;
  /** No Inf and no −0; 0x80 is NaN. */
  readonly fnuz: boolean;
}

export const float8Types = {
  f8_e4m3: { fraction: 3, bias: 7, largest: 448, fnuz: false },
  f8_e5m2: { fraction: 2, bias: 15, largest: 57344, fnuz: false },
  f8_e4m3fnuz: { fraction: 3, bias: 8, largest: 240, fnuz: true },
  f8_e5m2fnuz: { fraction: 2, bias: 16, largest: 57344, fnuz: true },
} as const satisfies Record<string, Float8>;

export function decodeF8(t: Float8, bits: number): number {
  if (t.fnuz && bits === 0x80) return Number.NaN;
  const sign = bits & 0x80 ? -1 : 1;
  const e = (bits & 0x7f) >> t.fraction;
  const m = (bits & ((1 << t.fraction) - 1)) / (1 << t.fraction);
  const x = e ? 2 ** (e - t.bias) * (1 + m) : 2 ** (1 - t.bias) * m;
  if (x <= t.largest) return sign * x;
  return t.fraction === 2 && m === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
}

/** The pattern whose value is nearest, of two the even one; beyond the largest as if the values went on. */
export function encodeF8(t: Float8, x: number): number {
  const nan = t.fnuz ? 0x80 : 0x7f;
  const sign = x < 0 || Object.is(x, -0) ? 0x80 : 0;
  if (Number.isNaN(x)) return nan;
  const a = Math.abs(x);
  const e = a === 0 ? 1 - t.bias : Math.max(1 - t.bias, Math.floor(Math.log2(a)));
  const unit = 2 ** (e - t.fraction);
  const rest = a / unit - Math.floor(a / unit);
  const steps = Math.floor(a / unit) + (rest > 0.5 || (rest === 0.5 && Math.floor(a / unit) % 2 === 1) ? 1 : 0);
  const y = steps * unit;
  if (y > t.largest || a === Number.POSITIVE_INFINITY) return t.fnuz ? 0x80 : t.fraction === 2 ? sign | 0x7c : sign | 0x7f;
  for (let bits = 0; bits < 0x80; bits++) if (decodeF8(t, bits) === y) return t.fnuz && bits === 0 ? 0 : sign | bits;
  throw new Error(`${x} rounds to ${y}, which is no value`);
}

export const nf4Levels: readonly number[] = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
  -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
  0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
].map(f);

/** Index of the nearest level, of two the lower, with the middles rounded to f32. */
export function nf4Code(x: number): number {
  let q = 0;
  while (q < 15 && x > f((nf4Levels[q]! + nf4Levels[q + 1]!) / 2)) q++;
  return q;
}

/** A random block: any bytes, with f16 numbers of moderate size. */
export function randomBlock(
  type: Blocked,
  next: () => number,
  exponent: () => number = () => 8 + Math.floor(next() * 6),
): Uint8Array {
  const t = blockTypes[type];
  const b = Uint8Array.from({ length: t.bytes }, () => Math.floor(next() * 256));
  for (const at of t.halves) {
    const h = (next() < 0.5 ? 0x8000 : 0) | (exponent() << 10) | Math.floor(next() * 1024);
    b[at] = h & 255;
    b[at + 1] = h >> 8;
  }
  return b;
}

/** One row of activations as assembly/quant/rows_q8.ts lays it out. */
export function activationRow(
  bytes: Uint8Array,
  n: number,
  group: number,
): { q: Int16Array; narrow: Int8Array; d: Float32Array; sums: Int16Array } {
  const at = (from: number, length: number): ArrayBuffer => bytes.slice(from, from + length).buffer as ArrayBuffer;
  const scales = 3 * n;
  return {
    q: new Int16Array(at(0, 2 * n)),
    narrow: new Int8Array(at(2 * n, n)),
    d: new Float32Array(at(scales, (4 * n) / group)),
    sums: new Int16Array(at(scales + (4 * n) / group, n / 8)),
  };
}
