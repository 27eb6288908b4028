// How results are checked: each function returns the error in units of its bound, so that more than 1, or NaN, is wrong.
//
// A product is multiplied with a vector x of ±1: with e the errors of a row, its e·x is compared with six standard deviations
// of what rounding does to random operands, and elements chosen by a seed are compared one by one with the proved bound. So a
// check costs n² where the product costs n³, and sees a tile that was left out as well as one element with a missing term.
import { rng } from "../tests/support/rng.ts";
import { bytesOf, decode } from "../tests/support/stored.ts";
import type { FloatDtype } from "../ts-wrapper/engine/engine.ts";
import type {
  EighData,
  EighResult,
  GemmData,
  GemvData,
  ProductSvdData,
  SvdBatchData,
  SvdData,
  SvdResult,
  SyrkData,
  SystemData,
  UpdateData,
} from "./operations.ts";

type Values = ArrayLike<number>;

/** Unit roundoff. */
const u32 = 2 ** -24;
const u64 = 2 ** -53;

/** γₙ = nu/(1 − nu): what n roundings in a row can do, relative.   Higham, ASNA 2e, §3.1 */
function gamma(n: number, u: number): number {
  return (n * u) / (1 - n * u);
}

const DEVIATIONS = 6;
const SAMPLES = 256;
const ROWS_CHECKED = 16;
/** A backward stable decomposition's error in units of n·u·‖A‖, with room for the constant that no proof gives tightly. */
const SVD_CONSTANT = 16;

/** The same for factorisations and systems; sums are off by √n·u rather than n·u, and pivots do not grow on random matrices. */
const SOLVE_CONSTANT = 1;

const unit = (dtype: FloatDtype): number => (dtype === "f32" ? u32 : u64);

/** n numbers ±1. */
function signs(n: number, seed: number): Float64Array {
  const next = rng(seed);
  return Float64Array.from({ length: n }, () => (next() < 0.5 ? -1 : 1));
}

/** A·x in float64, A rows × cols row-major. */
export function times(a: Values, rows: number, cols: number, x: Values): Float64Array {
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0, at = i * cols; j < cols; j++, at++) sum += a[at]! * x[j]!;
    y[i] = sum;
  }
  return y;
}

/** Aᵀ·x in float64. */
export function transposedTimes(a: Values, rows: number, cols: number, x: Values): Float64Array {
  const y = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    const xi = x[i]!;
    for (let j = 0, at = i * cols; j < cols; j++, at++) y[j]! += a[at]! * xi;
  }
  return y;
}

export function norm(values: Values, from = 0, to = values.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
}

/** The worse of two errors; NaN is worse than all. */
function worse(a: number, b: number): number {
  return a >= b || Number.isNaN(a) ? a : b;
}

function relative(error: number, bound: number): number {
  return error === 0 ? 0 : error / bound;
}

export function gemmError({ dtype, m, n, k, transB, a, b }: GemmData, c: Values): number {
  if (c.length !== m * n) return Number.NaN;
  const x = signs(n, 1);
  const bx = transB ? transposedTimes(b, n, k, x) : times(b, k, n, x);
  const want = times(a, m, k, bx);
  const got = times(c, m, n, x);
  const normB = norm(b);
  let error = 0;
  for (let i = 0; i < m; i++) {
    const deviation = unit(dtype) * norm(a, i * k, (i + 1) * k) * normB;
    error = worse(error, relative(Math.abs(got[i]! - want[i]!), DEVIATIONS * deviation));
  }
  const next = rng(2);
  for (let s = 0; s < SAMPLES; s++) {
    const [i, j] = [Math.floor(next() * m), Math.floor(next() * n)];
    const [sum, size] = dot(k, a, i * k, 1, b, transB ? j * k : j, transB ? 1 : n);
    error = worse(error, relative(Math.abs(c[i * n + j]! - sum), gamma(k + k / 256 + 4, unit(dtype)) * size));
  }
  return error;
}

export function gemvError({ dtype, m, n, a, x }: GemvData, y: Values): number {
  if (y.length !== m) return Number.NaN;
  let error = 0;
  for (let i = 0; i < m; i++) {
    const [sum, size] = dot(n, a, i * n, 1, x, 0, 1);
    error = worse(error, relative(Math.abs(y[i]! - sum), gamma(n + 3, unit(dtype)) * size));
  }
  return error;
}

/**
 * A quantized matrix, whose values repeat after `rows`, times x that was rounded to signed bytes, `group` elements under one scale
 * max|x|/127: off by half a step of x for each weight. What float32 adds to that is far below the hundredth that is allowed for it.
 */
export function quantizedGemvError(rows: Values, n: number, x: Values, y: Values, group: number): number {
  const halfStep = new Float64Array(n);
  for (let g = 0; g < n; g += group) {
    let peak = 0;
    for (let j = g; j < g + group; j++) peak = Math.max(peak, Math.abs(x[j]!));
    halfStep.fill(peak / 254, g, g + group);
  }
  let error = 0;
  for (let i = 0; i < y.length; i++) {
    const at = (i * n) % rows.length;
    let sum = 0;
    let bound = 0;
    for (let j = 0; j < n; j++) {
      sum += rows[at + j]! * x[j]!;
      bound += Math.abs(rows[at + j]!) * halfStep[j]!;
    }
    error = worse(error, relative(Math.abs(y[i]! - sum), 1.01 * bound));
  }
  return error;
}

/** Σ aₖ·bₖ and Σ |aₖ·bₖ| in float64. */
function dot(n: number, a: Values, at: number, step: number, b: Values, bt: number, stepB: number): [number, number] {
  let sum = 0;
  let size = 0;
  for (let k = 0; k < n; k++) {
    const p = a[at + k * step]! * b[bt + k * stepB]!;
    sum += p;
    size += Math.abs(p);
  }
  return [sum, size];
}

/** Unit roundoff of a type that weights are stored in. */
const storedUnit = { f32: 2 ** -24, f16: 2 ** -11, bf16: 2 ** -8 } as const;

export function updateError({ stored, m, n, r, scale, w, a, b }: UpdateData, out: Uint8Array): number {
  if (out.byteLength !== w.byteLength) return Number.NaN;
  const x = signs(n, 1);
  const product = times(b, m, r, times(a, r, n, x));
  const rowBytes = n * bytesOf[stored];
  const u = storedUnit[stored];
  const next = rng(2);
  const perRow = Math.ceil(SAMPLES / m);
  let error = 0;
  for (let i = 0; i < m; i++) {
    const before = decode(stored, w.subarray(i * rowBytes, (i + 1) * rowBytes));
    const after = decode(stored, out.subarray(i * rowBytes, (i + 1) * rowBytes));
    const want = times(before, 1, n, x)[0]! + scale * product[i]!;
    const got = times(after, 1, n, x)[0]!;
    error = worse(error, relative(Math.abs(got - want), DEVIATIONS * (u + 2 * u32) * (norm(after) + norm(before))));
    for (let s = 0; s < perRow; s++) {
      const j = Math.floor(next() * n);
      const [sum, size] = dot(r, b, i * r, 1, a, j, n);
      const v = before[j]! + scale * sum;
      const bound = u * Math.abs(v) + gamma(r + 3, u32) * (Math.abs(scale) * size + Math.abs(before[j]!)) + 2 ** -25;
      error = worse(error, relative(Math.abs(after[j]! - v), 1.01 * bound));
    }
  }
  return error;
}

/** The lower triangle, completed by symmetry, as gemmError does; zeros above it. */
export function syrkError({ dtype, n, k, a }: SyrkData, c: Values): number {
  if (c.length !== n * n) return Number.NaN;
  const whole = Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return c[Math.max(i, j) * n + Math.min(i, j)]!;
  });
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) if (c[i * n + j] !== 0) return Number.NaN;
  return gemmError({ dtype, m: n, n, k, transB: true, a, b: a }, whole);
}

/** ‖(A − L·Lᵀ)·x‖ in units of n·u·‖A‖‖x‖, with zeros above the diagonal of L. */
export function choleskyError({ dtype, n, a }: SystemData, l: Values): number {
  if (l.length !== n * n) return Number.NaN;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) if (l[i * n + j] !== 0) return Number.NaN;
  const x = signs(n, 1);
  const rest = times(l, n, n, transposedTimes(l, n, n, x));
  const want = times(a, n, n, x);
  for (let i = 0; i < n; i++) rest[i]! -= want[i]!;
  return relative(norm(rest), SOLVE_CONSTANT * n * unit(dtype) * norm(a) * norm(x));
}

/** ‖(A·X − B)·y‖ in units of n·u·(‖A‖‖X·y‖ + ‖B·y‖): the backward error of a sum of the systems. */
export function systemError({ dtype, n, count, a, b }: SystemData, x: Values): number {
  if (x.length !== n * count) return Number.NaN;
  const y = signs(count, 1);
  const xy = times(x, n, count, y);
  const by = times(b, n, count, y);
  const rest = times(a, n, n, xy);
  for (let i = 0; i < n; i++) rest[i]! -= by[i]!;
  return relative(norm(rest), SOLVE_CONSTANT * n * unit(dtype) * (norm(a) * norm(xy) + norm(by)));
}

/** ‖(A − U·S·Vᵀ)·x‖, ‖(UᵀU − 1)·y‖, ‖(VᵀV − 1)·y‖ and the order of s. */
export function svdError({ dtype, rows, cols, a }: SvdData, { u, s, vt }: SvdResult): number {
  const rank = Math.min(rows, cols);
  const bound = SVD_CONSTANT * Math.max(rows, cols) * unit(dtype);
  return worse(reconstructionError(rows, cols, a, { u, s, vt }, rank, bound), basesError(rows, cols, { u, s, vt }, rank, bound));
}

/** The largest relative error of a singular value, in units of 64n·u: 64 for the condition that is left when columns are scaled alike. */
export function relativeValuesError({ dtype, rows, cols }: SvdData, { s }: SvdResult, want: Values): number {
  if (s.length !== want.length) return Number.NaN;
  const bound = 64 * Math.max(rows, cols) * unit(dtype);
  let error = 0;
  for (let i = 0; i < want.length; i++) error = worse(error, relative(Math.abs(s[i]! - want[i]!), bound * want[i]!));
  return error;
}

/** `svdError` for a truncated decomposition of a matrix of which `tail` is the norm of what no matrix of this rank can hold. */
export function truncatedSvdError({ dtype, rows, cols, a }: SvdData, result: SvdResult, rank: number, tail: number): number {
  const rounding = SVD_CONSTANT * Math.max(rows, cols) * unit(dtype);
  const bound = rounding + (2 * tail) / norm(a);
  return worse(reconstructionError(rows, cols, a, result, rank, bound), basesError(rows, cols, result, rank, rounding));
}

/** The same for all triplets of B·A, which is not formed: its product with a vector is two products. */
export function productSvdError({ n, rank, b, a }: ProductSvdData, result: SvdResult): number {
  const { u, s, vt } = result;
  if (s.length !== rank || u.length !== n * rank || vt.length !== rank * n) return Number.NaN;
  const bound = SVD_CONSTANT * n * u32;
  for (let i = 1; i < rank; i++) if (!(s[i]! <= s[i - 1]! * (1 + bound))) return Number.NaN;
  const x = signs(n, 1);
  const rest = times(
    u,
    n,
    rank,
    times(vt, rank, n, x).map((y, i) => y * s[i]!),
  );
  const want = times(b, n, rank, times(a, rank, n, x));
  for (let i = 0; i < n; i++) rest[i]! -= want[i]!;
  const error = relative(norm(rest), bound * norm(b) * norm(a));
  return worse(error, basesError(n, n, result, rank, bound));
}

function reconstructionError(
  rows: number,
  cols: number,
  a: Values,
  { u, s, vt }: SvdResult,
  rank: number,
  bound: number,
): number {
  if (s.length < rank || u.length !== rows * rank || vt.length !== rank * cols) return Number.NaN;
  for (let i = 1; i < rank; i++) if (!(s[i]! <= s[i - 1]! * (1 + bound))) return Number.NaN;
  const x = signs(cols, 1);
  const scaled = times(vt, rank, cols, x).map((y, i) => y * s[i]!);
  const rest = times(u, rows, rank, scaled);
  const want = times(a, rows, cols, x);
  for (let i = 0; i < rows; i++) rest[i]! -= want[i]!;
  return relative(norm(rest), bound * norm(a));
}

function basesError(rows: number, cols: number, { u, vt }: SvdResult, rank: number, bound: number): number {
  const y = signs(rank, 2);
  const inU = transposedTimes(u, rows, rank, times(u, rows, rank, y));
  const inV = times(vt, rank, cols, transposedTimes(vt, rank, cols, y));
  for (let i = 0; i < rank; i++) {
    inU[i]! -= y[i]!;
    inV[i]! -= y[i]!;
  }
  return worse(relative(norm(inU), bound * norm(y)), relative(norm(inV), bound * norm(y)));
}

/** W as blocks before and after W ← quantize(W + scale·B·A); `scaleOf` is how far a weight of a block may be off, by its scale. */
export interface QuantizedUpdate {
  readonly m: number;
  readonly n: number;
  readonly r: number;
  readonly scale: number;
  readonly a: Values;
  readonly b: Values;
  /** f32 that row i of blocks stands for, and the bound of what quantizing a weight of it may lose, by column. */
  before(row: number): Values;
  after(row: number): { readonly values: Values; readonly bounds: Values };
}

/** Every element of some rows against float64, in units of the bound that the header of the type gives. */
export function quantizedUpdateError(data: QuantizedUpdate): number {
  const { m, n, r, scale, a, b } = data;
  const next = rng(3);
  let error = 0;
  for (let k = 0; k < Math.min(m, ROWS_CHECKED); k++) {
    const i = k < 2 ? k * (m - 1) : Math.floor(next() * m);
    const before = data.before(i);
    const { values, bounds } = data.after(i);
    for (let j = 0; j < n; j++) {
      const [sum, size] = dot(r, b, i * r, 1, a, j, n);
      const v = before[j]! + scale * sum;
      const bound = bounds[j]! + gamma(r + 3, u32) * (Math.abs(scale) * size + Math.abs(before[j]!));
      error = worse(error, relative(Math.abs(values[j]! - v), 1.01 * bound));
    }
  }
  return error;
}

/** ‖(A·V − V·W)·y‖, ‖(VᵀV − 1)·y‖ and the order of w, the worst of all matrices. */
export function eighError({ dtype, n, count, a }: EighData, { w, v }: EighResult): number {
  if (w.length !== count * n || v.length !== count * n * n) return Number.NaN;
  const bound = SVD_CONSTANT * n * unit(dtype);
  const y = signs(n, 1);
  let error = 0;
  for (let k = 0; k < count; k++) {
    const [matrix, vectors, values] = [slice(a, k, n * n), slice(v, k, n * n), slice(w, k, n)];
    const size = norm(matrix);
    for (let i = 1; i < n; i++) if (!(values[i]! >= values[i - 1]! - bound * size)) return Number.NaN;
    const vy = times(vectors, n, n, y);
    const rest = times(matrix, n, n, vy);
    const want = times(
      vectors,
      n,
      n,
      y.map((x, i) => x * values[i]!),
    );
    for (let i = 0; i < n; i++) rest[i]! -= want[i]!;
    const back = transposedTimes(vectors, n, n, vy);
    for (let i = 0; i < n; i++) back[i]! -= y[i]!;
    error = worse(error, relative(norm(rest), bound * size * norm(y)));
    error = worse(error, relative(norm(back), bound * norm(y)));
  }
  return error;
}

/** X·Wᵀ with quantized W and activations: as `quantizedGemvError`, row by row of X, of which the first and the last are looked at. */
export function quantizedGemmError(rows: Values, n: number, outputs: number, x: Float32Array, y: Float32Array): number {
  const m = x.length / n;
  let error = y.length === m * outputs ? 0 : Number.NaN;
  for (const r of new Set([0, m - 1])) {
    const [row, out] = [x.subarray(r * n, (r + 1) * n), y.subarray(r * outputs, (r + 1) * outputs)];
    error = worse(error, quantizedGemvError(rows, n, row, out, n));
  }
  return error;
}

/** `svdError`, the worst of all matrices. */
export function svdBatchError({ dtype, n, count, a }: SvdBatchData, { u, s, vt }: SvdResult): number {
  if (s.length !== count * n || u.length !== count * n * n || vt.length !== count * n * n) return Number.NaN;
  let error = 0;
  for (let k = 0; k < count; k++) {
    const part = { u: slice(u, k, n * n), s: slice(s, k, n), vt: slice(vt, k, n * n) };
    const one = Float64Array.from(slice(a, k, n * n));
    error = worse(error, svdError({ dtype, rows: n, cols: n, a: one }, part));
  }
  return error;
}

/** Elements k·size … of one matrix of several. */
function slice(values: Values, k: number, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => values[k * size + i]!);
}
