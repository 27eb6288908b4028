import {
  add,
  advance,
  body,
  type Code,
  constant,
  end,
  get,
  lanes,
  load,
  moduleOf,
  multiply,
  repeat,
  rows,
  set,
  shiftRight,
  store,
  unsigned,
  xor,
} from "./wasm-encode.ts";

/**
 * The module of the yardstick, written byte by byte: loops that do nothing but what limits a kernel, so that they stay
 * the same whatever becomes of the kernels.
 *
 *   heap_base()                       first free byte of the memory
 *   mul_f32, mul_f64(k, a, b, c, i0, i1)   for each i: a tile of 4 rows × 2 vectors times k steps, from a panel [k][4] and a
 *                                     panel [k][two vectors] that stay in the first-level cache; the sums of one call go to
 *                                     c + i0·128. A step loads 2 vectors and 4 broadcasts. Where a load costs more
 *                                     than itself, as where bounds are checked in code, a loop with fewer can be faster.
 *   read(p, n, out, i0, i1)           for each i: loads n bytes at p + i·n, a multiple of 128, in four streams; their xor goes to out + i0·16
 */
export interface YardstickKind {
  /** Fused multiply–add instead of a multiplication and an addition. */
  readonly relaxed: boolean;
  /** On shared memory. */
  readonly shared: boolean;
}

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

function tile(dtype: "f32" | "f64", relaxed: boolean): Code {
  const [k, a, b, c, i0, i1, i, p, q, stop] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const left = 10;
  const right = left + ROWS;
  const sums = right + VECTORS;
  const { size, loadSplat, fused } = lanes(dtype, relaxed);
  const range = (n: number): number[] => Array.from({ length: n }, (_, x) => x);
  const tiles = range(ROWS * VECTORS);
  const step: Code = [
    ...range(VECTORS).flatMap((v) => [...get(q), ...load(16 * v), ...set(right + v)]),
    ...range(ROWS).flatMap((r) => [...get(p), ...loadSplat(size * r), ...set(left + r)]),
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

/** The bytes of the module. */
export function yardstickModule({ relaxed, shared }: YardstickKind): Uint8Array<ArrayBuffer> {
  const heapBase: Code = [...unsigned(constant(HEAP_BASE).length + 2), 0, ...constant(HEAP_BASE), ...end];
  return moduleOf(
    [
      { name: "heap_base", parameters: 0, result: true, body: heapBase },
      { name: "mul_f32", parameters: 6, body: tile("f32", relaxed) },
      { name: "mul_f64", parameters: 6, body: tile("f64", relaxed) },
      { name: "read", parameters: 5, body: read() },
    ],
    shared,
  );
}
