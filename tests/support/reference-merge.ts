// The merge again, in float64 and written to be read: what the engine's results are compared with.
//
//   W′ = c·W + Σ changes        every edit is of the base's W, so their order does not matter
//
//   low-rank   + w·s·left·right, for each matrix of the tensor
//   DoRA       + w·V·(m/‖V‖), V = W + s·left·right;  c −= w
//   replace    + w·R;                                c −= w
//   rows       the same as replace, in the rows named
//
// Results are rounded once to f32; bf16 and f16 are that f32 rounded once more, to the nearest, ties to even.
import type { Edit, FactorView, LowRankEdit, StoredTensor } from "../../ts-wrapper/adapters/adapter.ts";

/** One edit and how much of it goes in; weight 1 where it is left out. */
export interface WeightedEdit {
  readonly edit: Edit;
  readonly weight?: number;
}

/** A base tensor with its bytes. */
export interface BaseTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** The merged tensor in float64, before any rounding, and its shape (a replacement may have more rows). */
export async function referenceMerge(
  base: BaseTensor,
  edits: readonly WeightedEdit[],
): Promise<{ shape: readonly number[]; values: Float64Array<ArrayBuffer> }> {
  const replace = edits.find(({ edit }) => edit.op === "replace")?.edit;
  const shape = replace?.op === "replace" ? replace.tensor.shape : base.shape;
  const isResized = String(shape) !== String(base.shape);
  const n = shape.reduce((product, d) => product * d, 1);
  const w = isResized ? new Float64Array(n) : decode(base.dtype, base.bytes);
  const keep = new Float64Array(n).fill(1);
  const sum = new Float64Array(n);
  for (const { edit, weight = 1 } of edits) {
    if (edit.op === "replace") addReplacement(await values(edit.tensor), 0, weight, sum, keep);
    else if (edit.op === "rows") await addRows(edit, weight, shape, sum, keep);
    else await addLowRank(edit, weight, w, sum, keep);
  }
  return { shape, values: w.map((x, i) => (keep[i] === 0 ? sum[i]! : keep[i]! * x + sum[i]!)) };
}

function addReplacement(values: Float64Array, first: number, weight: number, sum: Float64Array, keep: Float64Array): void {
  values.forEach((x, i) => {
    sum[first + i]! += weight * x;
    keep[first + i]! -= weight;
  });
}

async function addRows(
  edit: Extract<Edit, { op: "rows" }>,
  weight: number,
  shape: readonly number[],
  sum: Float64Array,
  keep: Float64Array,
): Promise<void> {
  const all = await values(edit.tensor);
  const cols = shape.slice(1).reduce((product, d) => product * d, 1);
  edit.indices.forEach((row, i) => {
    addReplacement(all.subarray(i * cols, (i + 1) * cols), row * cols, weight, sum, keep);
  });
}

async function addLowRank(
  edit: LowRankEdit,
  weight: number,
  w: Float64Array,
  sum: Float64Array,
  keep: Float64Array,
): Promise<void> {
  const { rows, cols, scale, magnitude } = edit;
  const delta = await product(edit);
  if (!magnitude) {
    delta.forEach((x, i) => {
      sum[i]! += weight * (scale * x);
    });
    return;
  }
  const m = await values(magnitude.tensor);
  const v = w.map((x, i) => x + scale * delta[i]!);
  const groups = magnitude.along === "rows" ? rows * edit.left.length : cols;
  const group = magnitude.along === "rows" ? (i: number) => Math.floor(i / cols) : (i: number) => i % cols;
  const squares = new Float64Array(groups);
  v.forEach((x, i) => {
    squares[group(i)]! += x * x;
  });
  const gain = squares.map((q, g) => (q > 0 ? m[g]! / Math.sqrt(q) : 0));
  v.forEach((x, i) => {
    sum[i]! += weight * (x * gain[group(i)]!);
    keep[i]! -= weight;
  });
}

/** left·right for each matrix, one behind the other, without the scale. */
export async function product({ rows, cols, rank, left, right }: LowRankEdit): Promise<Float64Array<ArrayBuffer>> {
  const decoded = new Map<StoredTensor, Float64Array>();
  const matrix = async (view: FactorView): Promise<(i: number, j: number) => number> => {
    const all = decoded.get(view.tensor) ?? (await values(view.tensor));
    decoded.set(view.tensor, all);
    return (i, j) => all[view.offset + i * view.rowStride + j * view.colStride]!;
  };
  const out = new Float64Array(left.length * rows * cols);
  for (let e = 0; e < left.length; e++) {
    const l = await matrix(left[e]!);
    const r = await matrix(right[e]!);
    for (let i = 0; i < rows; i++) {
      const row = out.subarray((e * rows + i) * cols, (e * rows + i + 1) * cols);
      for (let k = 0; k < rank; k++) {
        const x = l(i, k);
        for (let j = 0; j < cols; j++) row[j]! += x * r(k, j);
      }
    }
  }
  return out;
}

/** All elements of a stored tensor. */
export async function values(tensor: StoredTensor): Promise<Float64Array<ArrayBuffer>> {
  return decode(tensor.dtype, await tensor.read());
}

/** Elements of a floating-point type as float64, exactly. */
export function decode(dtype: string, bytes: Uint8Array): Float64Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const each = (width: number, get: (at: number) => number): Float64Array<ArrayBuffer> =>
    Float64Array.from({ length: bytes.byteLength / width }, (_, i) => get(i * width));
  if (dtype === "F64") return each(8, (at) => view.getFloat64(at, true));
  if (dtype === "F32") return each(4, (at) => view.getFloat32(at, true));
  if (dtype === "F16") return each(2, (at) => f16(view.getUint16(at, true)));
  if (dtype === "BF16") return each(2, (at) => bf16(view.getUint16(at, true)));
  throw new Error(`${dtype} is no floating-point type of this reference`);
}

const word = new DataView(new ArrayBuffer(4));

function bf16(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}

function f16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** The bytes of float64 values in a type: rounded once to f32, and from there once more where the type is narrower. */
export function encode(dtype: string, values: Float64Array): Uint8Array<ArrayBuffer> {
  const f32 = Float32Array.from(values);
  if (dtype === "F32") return new Uint8Array(f32.buffer);
  if (dtype !== "BF16" && dtype !== "F16") throw new Error(`${dtype} is no output type of this reference`);
  const narrow = dtype === "BF16" ? toBf16 : toF16;
  return new Uint8Array(Uint16Array.from(f32, narrow).buffer);
}

/** Nearest, ties to even. NaN stays NaN. */
export function toBf16(x: number): number {
  word.setFloat32(0, x);
  const bits = word.getUint32(0);
  if (Number.isNaN(x)) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** Nearest, ties to even; beyond 65504 infinite. */
export function toF16(x: number): number {
  const sign = Object.is(x, -0) || x < 0 ? 0x8000 : 0;
  const a = Math.abs(x);
  if (Number.isNaN(x)) return 0x7e00;
  if (a >= 65520) return sign | 0x7c00;
  if (a < 2 ** -14) return sign | even(a * 2 ** 24); // subnormal steps are 2⁻²⁴
  const exponent = Math.floor(Math.log2(a));
  const e = 2 ** exponent > a ? exponent - 1 : exponent;
  return sign | (((e + 15) << 10) + (even((a / 2 ** e) * 1024) - 1024));
}

function even(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
