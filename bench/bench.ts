import type { Engine, FloatDtype } from "../ts-wrapper/engine/engine.ts";
import type { Operations } from "./operations.ts";

/** Sizes of one line of a bench: `{ m: 512, n: 512, k: 512 }`. */
export type Point = Readonly<Record<string, number>>;

/** One way to do the work of a bench, with its operands where it needs them. */
export interface Contestant<R = unknown> {
  /** Does the work once. A promise is waited for within the time. */
  step(): unknown;
  /** What the last step computed. */
  result(): R | Promise<R>;
  /** Puts operands that a step changes back to what they were. */
  reset?(): void | Promise<void>;
  /** Does the work `count` times by a clock of its own, in another process, and returns the seconds of one. */
  sample?(count: number): Promise<number>;
  /** Does one step from the start and tells its error in units of its bound, where the result stays in another process. */
  error?(): Promise<number>;
  /** What is special: `B packed once`. */
  readonly note?: string;
  [Symbol.dispose]?(): void;
}

/** What one step needs at least. Without numbers only the time is told. */
export interface Needs {
  /** Floating-point operations. */
  readonly flops?: number;
  /** Bytes that have to come from or go to memory. */
  readonly bytes?: number;
}

/** A bench is data. `D` is what `setup` makes, `R` what a step computes. */
export interface Bench<P extends Point = Point, D = unknown, R = unknown> {
  /** The operation and its types: `gemm f32`. */
  readonly name: string;
  /** One sentence for the table: what is measured. */
  readonly title: string;
  /** Runs only when a filter names it. */
  readonly named?: boolean;
  /** What the arithmetic runs in; the yardstick multiplies in it. */
  readonly dtype: FloatDtype;
  readonly grid: readonly P[];
  /** Seeded operands as plain arrays. */
  setup(point: P): D;
  /** The library. Several contestants where there are several ways, each with its note. */
  run(engine: Engine, data: D, point: P): Several<R>;
  /** The error in units of its bound: a result above 1 is wrong, and gets no time. */
  check(data: D, result: R, point: P): number;
  work(point: P): Needs;
  /** The same by a peer; `undefined` where it cannot. */
  peers?(peer: Operations, data: D, point: P): MaybePromise<Several<R> | undefined>;
}

/** One contestant, or several that each have a note. */
export type Several<R> = Contestant<R> | readonly Contestant<R>[];

export type MaybePromise<T> = T | Promise<T>;

/** A bench whose types are checked and then put aside, so that benches of all types stand in one list. */
export function bench<P extends Point, D, R>(definition: Bench<P, D, R>): Bench {
  return definition as unknown as Bench;
}

/** `512×512×512` for a point of m, n, k; `n=512 rank=16` for others. */
export function pointLabel(point: Point): string {
  const names = Object.keys(point);
  const values = Object.values(point);
  if (["mn", "mnk", "mnr", "rowscols"].includes(names.join(""))) return values.join("×");
  return names.map((name, i) => `${name}=${values[i]}`).join(" ");
}
