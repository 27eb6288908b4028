import * as w from "../../ts-wrapper/cli/wasm-encode.ts";
import type { FloatDtype } from "../../ts-wrapper/engine/engine.ts";

/** One way to write the innermost loop of a product: a tile of `rows` rows and `vectors` vectors whose sums stay in registers. */
export interface Tile {
  readonly rows: number;
  readonly vectors: number;
  /**
   * How numbers of A meet all lanes of B. `splat`: each is loaded into every lane. `shuffle`: a vector of them is loaded and each
   * copied into every lane. `swap`: two are loaded, repeated, and multiplied with B and with B's neighbours swapped (gemm_micro.ts).
   */
  readonly spread: "splat" | "shuffle" | "swap";
  /** When A is loaded: all of a step before it computes, each row's before its products, or everything where it is first used. */
  readonly order: "first" | "row" | "folded";
  /** Whether a load behind the first adds its place to the pointer, or has it as an offset in the instruction. */
  readonly place: "offset" | "added";
  /** Where the loop asks whether it is done: behind a step or before it. */
  readonly loop: "do" | "while";
  /** Steps of k in one turn of the loop. */
  readonly unroll: number;
}

type Code = w.Code;

const SHUFFLE = 0x0d;
const CONST = 0x0c;
const SPLAT64 = 0x0a;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** Locals: parameters, counters, then vectors. */
const [K, A, B, C, I0, I1, I, P, Q, STOP, VECTORS] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/**
 *   tile_<index>(k, a, b, c, i0, i1)   for each i: rows × vectors·lanes sums of k steps, from a panel [k][rows] and a panel
 *                                      [k][vectors], go to c, row after row. k is a multiple of the unrolling, and not 0.
 */
export function tileModule(tiles: readonly Tile[], dtype: FloatDtype, relaxed: boolean): Uint8Array<ArrayBuffer> {
  return w.moduleOf(
    tiles.map((tile, index) => ({ name: `tile_${index}`, parameters: 6, body: new Writer(tile, dtype, relaxed).body() })),
    false,
  );
}

/** Writes one of them. */
class Writer {
  readonly #tile: Tile;
  readonly #swaps: boolean;
  readonly #lanes: w.Lanes;
  /** Lanes of a vector. */
  readonly #count: number;
  /** Locals: numbers of A, vectors of B, the same swapped, sums, whole vectors of A. */
  readonly #left = VECTORS;
  readonly #right: number;
  readonly #swapped: number;
  readonly #sums: number;
  readonly #whole: number;

  constructor(tile: Tile, dtype: FloatDtype, relaxed: boolean) {
    const { rows, vectors, spread } = tile;
    this.#tile = tile;
    this.#swaps = spread === "swap";
    this.#lanes = w.lanes(dtype, relaxed);
    this.#count = 16 / this.#lanes.size;
    this.#right = this.#left + rows;
    this.#swapped = this.#right + vectors;
    this.#sums = this.#swapped + (this.#swaps ? vectors : 0);
    this.#whole = this.#sums + rows * vectors;
  }

  body(): Code {
    const { rows, vectors, unroll, loop, spread } = this.#tile;
    const turn: Code = [
      ...range(unroll).flatMap((u) => this.#step(u)),
      ...w.advance(P, unroll * rows * this.#lanes.size),
      ...w.advance(Q, unroll * vectors * 16),
    ];
    const zero = w.simd(CONST, ...new Array<number>(16).fill(0));
    const start: Code = [
      ...[...w.get(A), ...w.set(P), ...w.get(B), ...w.set(Q)],
      ...[...w.get(B), ...w.get(K), ...w.constant(vectors * 16), ...w.multiply, ...w.add, ...w.set(STOP)],
      ...range(rows * vectors).flatMap((t) => [...zero, ...w.set(this.#sums + t)]),
    ];
    const whole = loop === "do" ? w.repeat(Q, STOP, turn) : w.loop(Q, STOP, turn);
    const write = this.#each((r, v) => [...w.get(C), ...this.#sum(r, v), ...w.store(16 * (r * vectors + v))]);
    const locals = this.#whole - VECTORS + (spread === "shuffle" ? Math.ceil(rows / this.#count) : 0);
    return w.body(VECTORS - I, locals, w.rows(I, I0, I1, [...start, ...whole, ...write]));
  }

  #each(code: (r: number, v: number) => Code): Code {
    return range(this.#tile.rows).flatMap((r) => range(this.#tile.vectors).flatMap((v) => code(r, v)));
  }

  /** Step `u` of a turn. */
  #step(u: number): Code {
    const { vectors, rows, order } = this.#tile;
    const right = (v: number): Code => this.#loadB(v, 16 * (u * vectors + v));
    const left = (r: number): Code => this.#loadA(r, this.#lanes.size * (u * rows + r));
    const all = range(vectors).flatMap(right);
    if (order === "first") return [...all, ...range(rows).flatMap(left), ...this.#each((r, v) => this.#product(r, v))];
    if (order === "row") return [...all, ...this.#each((r, v) => [...(v === 0 ? left(r) : []), ...this.#product(r, v)])];
    return this.#each((r, v) => [...(v === 0 ? left(r) : []), ...(r === 0 ? right(v) : []), ...this.#product(r, v)]);
  }

  #shuffle(lanes: readonly number[]): Code {
    return w.simd(SHUFFLE, ...lanes.flatMap((lane) => range(this.#lanes.size).map((x) => lane * this.#lanes.size + x)));
  }

  /** What row r multiplies with, from `offset`. */
  #loadA(r: number, offset: number): Code {
    if (this.#tile.spread === "splat") return [...w.get(P), ...this.#lanes.loadSplat(offset), ...w.set(this.#left + r)];
    if (this.#swaps) {
      if (r & 1) return [];
      const added = this.#tile.place === "added" ? offset : 0;
      const pointer: Code = added ? [...w.get(P), ...w.constant(added), ...w.add] : w.get(P);
      const pair = this.#lanes.size === 4 ? w.simd(SPLAT64, ...w.at(3, offset - added)) : w.load(offset - added);
      return [...pointer, ...pair, ...w.set(this.#left + r)];
    }
    const lane = r % this.#count;
    const whole = this.#whole + Math.floor(r / this.#count);
    const vector = lane === 0 ? [...w.get(P), ...w.load(offset), ...w.tee(whole)] : w.get(whole);
    return [...vector, ...w.get(whole), ...this.#shuffle(new Array<number>(this.#count).fill(lane)), ...w.set(this.#left + r)];
  }

  #loadB(v: number, offset: number): Code {
    const vector = [...w.get(Q), ...w.load(offset), ...w.set(this.#right + v)];
    if (!this.#swaps) return vector;
    const neighbours = this.#shuffle(range(this.#count).map((lane) => lane ^ 1));
    return [...vector, ...w.get(this.#right + v), ...w.get(this.#right + v), ...neighbours, ...w.set(this.#swapped + v)];
  }

  #product(r: number, v: number): Code {
    const sum = this.#sums + r * this.#tile.vectors + v;
    const left = this.#left + (this.#swaps ? r & ~1 : r);
    const right = (this.#swaps && r & 1 ? this.#swapped : this.#right) + v;
    return [...this.#lanes.fused(left, right, sum), ...w.set(sum)];
  }

  /** Vector v of row r, on the stack. */
  #sum(r: number, v: number): Code {
    const at = (row: number): Code => w.get(this.#sums + row * this.#tile.vectors + v);
    if (!this.#swaps) return at(r);
    const [same, other] = r & 1 ? [r, r & ~1] : [r, r | 1];
    // Even lanes of row 0 and odd lanes of row 1 stand where they belong, the others in the neighbouring lane of the other sum.
    const first = range(this.#count).map((lane) => (lane & 1 ? this.#count + lane - 1 : lane));
    const second = range(this.#count).map((lane) => (lane & 1 ? this.#count + lane : lane + 1));
    return [...at(same), ...at(other), ...this.#shuffle(r & 1 ? second : first)];
  }
}
