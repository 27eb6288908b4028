/**
 * The module of the yardstick, written byte by byte: loops that do nothing but what limits a kernel, so that they stay
 * the same whatever becomes of the kernels.
 *
 *   heap_base()                       first free byte of the memory
 *   mul_f32, mul_f64(k, a, b, c, i0, i1)   for each i: a tile of 4 rows × 2 vectors times k steps, from a panel [k][4] and a
 *                                     panel [k][two vectors] that stay in the first-level cache; the sums of one call go to
 *                                     c + i0·128. The same loads, multiplications and additions as a kernel's inner loop.
 *   read(p, n, out, i0, i1)           for each i: loads n bytes at p + i·n, a multiple of 128, in four streams; their xor goes to out + i0·16
 *
 * Encoding: WebAssembly Core Specification, chapter 5; opcodes of vector instructions are behind the prefix 0xfd.
 */
export interface YardstickKind {
  /** Fused multiply–add instead of a multiplication and an addition. */
  readonly relaxed: boolean;
  /** On shared memory. */
  readonly shared: boolean;
}

const I32 = 0x7f;
const V128 = 0x7b;
const ROWS = 4;
const VECTORS = 2;
const HEAP_BASE = 1024;

/** Bytes that one call of a tile writes. */
export const TILE_BYTES = ROWS * VECTORS * 16;
/** Bytes that `read` takes at a time. */
export const READ_STEP = 128;

/** Floating-point operations of one tile of `k` steps. */
export function tileFlops(k: number, dtype: "f32" | "f64"): number {
  return 2 * k * ROWS * VECTORS * (dtype === "f32" ? 4 : 2);
}

/** Bytes of the two panels of one tile of `k` steps. */
export function panelBytes(k: number, dtype: "f32" | "f64"): { readonly a: number; readonly b: number } {
  return { a: k * ROWS * (dtype === "f32" ? 4 : 8), b: k * VECTORS * 16 };
}

type Code = readonly number[];

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  do {
    const low = rest & 127;
    rest >>>= 7;
    out.push(rest === 0 ? low : low | 128);
  } while (rest !== 0);
  return out;
}

/** Signed LEB128 of a number from 0 up. */
function signed(value: number): number[] {
  const out = unsigned(value);
  if ((out.at(-1)! & 64) === 0) return out;
  out[out.length - 1]! |= 128;
  return [...out, 0];
}

const get = (local: number): Code => [0x20, ...unsigned(local)];
const set = (local: number): Code => [0x21, ...unsigned(local)];
const constant = (value: number): Code => [0x41, ...signed(value)];
const simd = (opcode: number, ...rest: Code): Code => [0xfd, ...unsigned(opcode), ...rest];
const at = (align: number, offset: number): Code => [align, ...unsigned(offset)];
const load = (offset: number): Code => simd(0x00, ...at(4, offset));
const store = (offset: number): Code => simd(0x0b, ...at(4, offset));
const add: Code = [0x6a];
const multiply: Code = [0x6c];
const shiftRight: Code = [0x76];
const lessThan: Code = [0x49];
const atLeast: Code = [0x4f];
const end: Code = [0x0b];
const branch = (depth: number): Code => [0x0c, depth];
const branchIf = (depth: number): Code => [0x0d, depth];
const xor = simd(0x51);
/** `local += value` */
const advance = (local: number, value: number): Code => [...get(local), ...constant(value), ...add, ...set(local)];

/** `for (i = i0; i < i1; i++) body`, with i in the local `i`. */
function rows(i: number, i0: number, i1: number, body: Code): Code {
  const test: Code = [...get(i), ...get(i1), ...atLeast, ...branchIf(1)];
  return [...get(i0), ...set(i), 0x02, 0x40, 0x03, 0x40, ...test, ...body, ...advance(i, 1), ...branch(0), ...end, ...end];
}

/** `do body while (local < limit)` */
function repeat(local: number, limit: number, body: Code): Code {
  return [0x03, 0x40, ...body, ...get(local), ...get(limit), ...lessThan, ...branchIf(0), ...end];
}

/** A function's body with its locals behind the parameters: first those of i32, then those of v128. */
function body(i32s: number, v128s: number, code: Code): Code {
  const content = [2, i32s, I32, v128s, V128, ...code, ...end];
  return [...unsigned(content.length), ...content];
}

interface Arithmetic {
  readonly size: number;
  readonly splat: number;
  /** The sum x + a·b of the vectors in three locals, left on the stack. */
  fused(a: number, b: number, x: number): Code;
}

function arithmetic(dtype: "f32" | "f64", relaxed: boolean): Arithmetic {
  const [size, splat, mul, plus, fma] = dtype === "f32" ? [4, 0x09, 0xe6, 0xe4, 0x105] : [8, 0x0a, 0xf2, 0xf0, 0x107];
  return {
    size,
    splat,
    fused: (a, b, x) =>
      relaxed ? [...get(a), ...get(b), ...get(x), ...simd(fma)] : [...get(a), ...get(b), ...simd(mul), ...get(x), ...simd(plus)],
  };
}

function tile(dtype: "f32" | "f64", relaxed: boolean): Code {
  const [k, a, b, c, i0, i1, i, p, q, stop] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const left = 10;
  const right = left + ROWS;
  const sums = right + VECTORS;
  const { size, splat, fused } = arithmetic(dtype, relaxed);
  const range = (n: number): number[] => Array.from({ length: n }, (_, x) => x);
  const tiles = range(ROWS * VECTORS);
  const step: Code = [
    ...range(VECTORS).flatMap((v) => [...get(q), ...load(16 * v), ...set(right + v)]),
    ...range(ROWS).flatMap((r) => [...get(p), ...simd(splat, ...at(size === 4 ? 2 : 3, size * r)), ...set(left + r)]),
    ...tiles.flatMap((t) => [...fused(left + Math.floor(t / VECTORS), right + (t % VECTORS), sums + t), ...set(sums + t)]),
    ...advance(p, ROWS * size),
    ...advance(q, VECTORS * 16),
  ];
  const start: Code = [
    ...[...get(a), ...set(p), ...get(b), ...set(q)],
    ...[...get(b), ...get(k), ...constant(VECTORS * 16), ...multiply, ...add, ...set(stop)],
  ];
  const target: Code = [...get(c), ...get(i0), ...constant(TILE_BYTES), ...multiply, ...add, ...set(p)];
  const write = tiles.flatMap((t) => [...get(p), ...get(sums + t), ...store(16 * t)]);
  return body(4, ROWS + VECTORS + tiles.length, [...rows(i, i0, i1, [...start, ...repeat(q, stop, step)]), ...target, ...write]);
}

/** One stream for each sum: what a processor fetches ahead on its own grows with the number of streams, up to a few. */
function read(): Code {
  const [p, n, out, i0, i1, i] = [0, 1, 2, 3, 4, 5];
  const [quarter, stop] = [6, 7];
  const streams = [8, 9, 10, 11];
  const sums = [12, 13, 14, 15];
  const stride = READ_STEP / streams.length;
  const start: Code = [
    ...[...get(n), ...constant(2), ...shiftRight, ...set(quarter)],
    ...[...get(p), ...get(i), ...get(n), ...multiply, ...add, ...set(streams[0]!)],
    ...[1, 2, 3].flatMap((x) => [...get(streams[x - 1]!), ...get(quarter), ...add, ...set(streams[x]!)]),
    ...[...get(streams[1]!), ...set(stop)],
  ];
  const step: number[] = [];
  for (let at = 0; at < stride; at += 16) {
    for (const x of [0, 1, 2, 3]) step.push(...get(streams[x]!), ...load(at), ...get(sums[x]!), ...xor, ...set(sums[x]!));
  }
  for (const stream of streams) step.push(...advance(stream, stride));
  const total = [...get(sums[0]!), ...[1, 2, 3].flatMap((x) => [...get(sums[x]!), ...xor])];
  const write = [...get(out), ...get(i0), ...constant(16), ...multiply, ...add, ...total, ...store(0)];
  return body(3 + streams.length, sums.length, [...rows(i, i0, i1, [...start, ...repeat(streams[0]!, stop, step)]), ...write]);
}

function section(id: number, items: readonly Code[]): Code {
  const content = [...unsigned(items.length), ...items.flat()];
  return [id, ...unsigned(content.length), ...content];
}

const name = (text: string): Code => [text.length, ...new TextEncoder().encode(text)];

/** The bytes of the module. */
export function yardstickModule({ relaxed, shared }: YardstickKind): Uint8Array<ArrayBuffer> {
  const signature = (parameters: number, results: Code): Code => [
    0x60,
    parameters,
    ...new Array<number>(parameters).fill(I32),
    results.length,
    ...results,
  ];
  const limits = shared ? [0x03, 1, ...unsigned(65536)] : [0x00, 1];
  const exported = ["heap_base", "mul_f32", "mul_f64", "read"];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [signature(0, [I32]), signature(6, []), signature(5, [])]),
    ...section(2, [[...name("env"), ...name("memory"), 0x02, ...limits]]),
    ...section(3, [[0], [1], [1], [2]]),
    ...section(
      7,
      exported.map((text, index) => [...name(text), 0x00, index]),
    ),
    ...section(10, [
      [...unsigned(constant(HEAP_BASE).length + 2), 0, ...constant(HEAP_BASE), ...end],
      tile("f32", relaxed),
      tile("f64", relaxed),
      read(),
    ]),
  ]);
}
