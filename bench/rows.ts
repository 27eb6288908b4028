import type { Spread } from "../ts-wrapper/cli/measuring.ts";
import type { Needs, Point } from "./bench.ts";

/** The bench of the whole program on a disk, which runs only when it is named. */
export const MERGE = "merge of a checkpoint";

/** Who did the work. */
export interface Who {
  /** `lowrank`, or the name of a package. */
  readonly name: string;
  readonly version: string;
  /** The build of the library, the back end of a peer; empty where there is one only. */
  readonly build: string;
  readonly threads: number;
  readonly note: string;
}

/** One line of results. A wrong result has no time. */
export interface Row {
  readonly bench: string;
  readonly point: Point;
  readonly who: Who;
  readonly needs: Needs;
  /** Error in units of its bound; above 1 the result is wrong. `null` stands for what is no number. */
  readonly error: number | null;
  /** Seconds of one step; missing where the result is wrong. */
  readonly seconds?: Spread;
  /** Samples left out because something else had the processor. */
  readonly disturbed?: number;
  /** What the yardstick reached beside it, medians, and the share of it that was used; for the library only. */
  readonly limit?: {
    readonly flops: number;
    readonly bytes?: number;
    readonly share: number;
    readonly by: "arithmetic" | "memory";
  };
  /** Most memory that the process had, in bytes. */
  readonly peakBytes?: number;
}

/** Something that was not measured, and why. */
export interface Skip {
  readonly what: string;
  readonly why: string;
}

/** What a run in one runtime tells as it goes. */
export type Event =
  | { readonly type: "start"; readonly runtime: RuntimeFacts }
  | { readonly type: "at"; readonly bench: string; readonly point: Point }
  | { readonly type: "row"; readonly row: Row }
  | { readonly type: "skip"; readonly skip: Skip }
  | { readonly type: "fail"; readonly text: string }
  | { readonly type: "end" };

export interface RuntimeFacts {
  readonly name: string;
  readonly version: string;
  readonly cores: number;
}

/** What tells one row from every other of the same machine and runtime. */
export function rowKey({ bench, point, who }: Pick<Row, "bench" | "point" | "who">): string {
  return JSON.stringify([bench, point, who.name, who.build, who.threads, who.note]);
}
