import type { MergePhase, MergeProgress } from "../adapters/merge/options.ts";
import type { Step } from "./progress.ts";

/** How long a phase took and what went through it. */
export interface PhaseTiming {
  readonly elapsedMs: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** What a run took: kept apart from its report, which is the same for the same inputs. */
export interface Timings {
  readonly elapsedMs: number;
  readonly phases: { readonly [phase in Exclude<MergePhase, "done">]?: PhaseTiming };
}

/** Collects the last step of each phase. */
export class Stopwatch {
  readonly #start = performance.now();
  readonly #phases = new Map<string, PhaseTiming>();

  see({ phase, elapsedMs, bytesRead, bytesWritten }: MergeProgress): void {
    if (phase !== "done") this.#phases.set(phase, { elapsedMs, bytesRead, bytesWritten });
  }

  timings(): Timings {
    return { elapsedMs: performance.now() - this.#start, phases: Object.fromEntries(this.#phases) };
  }
}

/** A step of a merge as a bar shows it. */
export function stepOf({ phase, item, done, total, bytesRead, bytesWritten, elapsedMs, etaMs }: MergeProgress): Step {
  return { phase, item, done, total, bytes: Math.max(bytesRead, bytesWritten), elapsedMs, etaMs };
}
