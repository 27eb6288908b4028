import type { Engine } from "../engine/engine.ts";
import { LowrankError } from "../engine/errors.ts";
import type { DeviceCase, PreparedCase } from "./device-cases.ts";
import { countFor, quiet, type Sample, type Spread, sample, spread } from "./measuring.ts";
import type { Limit, Yardstick } from "./yardstick.ts";

/** What was measured of one case. */
export interface CaseResult {
  readonly name: string;
  readonly use: string;
  /** Seconds of one step; missing where it was not measured. */
  readonly seconds?: Spread;
  readonly gflops?: number;
  readonly gigabytes?: number;
  /** What the loops beside it reached, and the share of that. */
  readonly limit?: CaseLimit;
  /** Share of the samples during which something else had the processor. */
  readonly disturbed?: number;
  /** Why there is no time: no memory for it. */
  readonly skipped?: string;
  /** Why there is no time: a wrong result, in words. */
  readonly wrong?: string;
}

export interface CaseLimit {
  readonly by: "arithmetic" | "memory";
  readonly gflops: number;
  readonly gigabytes: number;
  /** Of the time that the limit allows to the time it took. */
  readonly share: number;
}

/** How long each case is measured, in seconds. */
export interface DevicePace {
  readonly warmUp: number;
  readonly budget: number;
}

const SAMPLE_SECONDS = 0.002;
const LEAST = 3;
const MOST = 51;
const ENOUGH = 5;

/** Measures a case: checks it, warms up, samples it beside the yardstick, and checks it again. A wrong result gets no time. */
export async function measureCase(
  engine: Engine,
  yardstick: Yardstick,
  work: DeviceCase,
  pace: DevicePace,
  signal: AbortSignal,
): Promise<CaseResult> {
  const { name, use } = work;
  let prepared: PreparedCase;
  try {
    prepared = work.prepare(engine);
  } catch (error) {
    if (error instanceof LowrankError && error.code === "OUT_OF_MEMORY") return { name, use, skipped: error.message };
    throw error;
  }
  try {
    prepared.step();
    const early = prepared.wrong();
    if (early !== undefined) return { name, use, wrong: early };
    const count = await countFor(() => prepared.step(), SAMPLE_SECONDS, pace.warmUp);
    const pairs: { readonly sample: Sample; readonly limit: Limit }[] = [];
    const start = performance.now();
    while (pairs.length < LEAST || (pairs.length < MOST && performance.now() - start < pace.budget * 1000)) {
      // A turn of the event loop, in which an interruption is heard.
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal.throwIfAborted();
      const limit = { flops: work.flops ? yardstick.flops(work.dtype) : 0, bytes: work.flops ? yardstick.bytes(work.bytes) : 0 };
      pairs.push({ limit, sample: await sample(() => prepared.step(), count) });
    }
    const late = prepared.wrong();
    if (late !== undefined) return { name, use, wrong: late };
    return { name, use, ...summarize(work, pairs) };
  } finally {
    prepared[Symbol.dispose]();
  }
}

/** Medians over the samples that nothing disturbed. */
export function summarize(
  { flops, bytes }: Pick<DeviceCase, "flops" | "bytes">,
  pairs: readonly { readonly sample: Sample; readonly limit: Limit }[],
): Pick<CaseResult, "seconds" | "disturbed" | "gflops" | "gigabytes" | "limit"> {
  const calm = new Set(
    quiet(
      pairs.map((p) => p.sample),
      ENOUGH,
    ),
  );
  const kept = pairs.filter((p) => calm.has(p.sample));
  const seconds = spread(kept.map((p) => p.sample.seconds));
  const disturbed = pairs.filter((p) => p.sample.disturbed).length / pairs.length;
  if (flops === undefined) return { seconds, disturbed };
  const median = (pick: (p: (typeof kept)[number]) => number): number => spread(kept.map(pick)).median;
  const arithmetic = median((p) => flops / p.limit.flops);
  const memory = median((p) => bytes / p.limit.bytes);
  const limit: CaseLimit = {
    by: arithmetic >= memory ? "arithmetic" : "memory",
    gflops: median((p) => p.limit.flops) / 1e9,
    gigabytes: median((p) => p.limit.bytes) / 1e9,
    share: median((p) => Math.max(flops / p.limit.flops, bytes / p.limit.bytes) / p.sample.seconds),
  };
  return { seconds, disturbed, gflops: flops / seconds.median / 1e9, gigabytes: bytes / seconds.median / 1e9, limit };
}

/** What limits this device, in one sentence. */
export function verdict(results: readonly CaseResult[], threads: number): string {
  const by = (kind: CaseLimit["by"]) => results.flatMap((r) => (r.limit?.by === kind ? [{ name: r.name, limit: r.limit }] : []));
  const share = (all: ReturnType<typeof by>): string => {
    const shares = all.map(({ limit }) => Math.round(limit.share * 100));
    const [low, high] = [Math.min(...shares), Math.max(...shares)];
    return low === high ? `${low} %` : `${low} to ${high} %`;
  };
  const names = (all: ReturnType<typeof by>): string => {
    const words = [...new Set(all.map(({ name }) => name.replace(/ .*$/, "")))];
    return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
  };
  const parts: string[] = [];
  const arithmetic = by("arithmetic");
  if (arithmetic.length > 0) {
    const most = Math.max(...arithmetic.map(({ limit }) => limit.gflops));
    const with_ = threads > 1 ? `${threads} threads multiply and add` : "one thread multiplies and adds";
    parts.push(
      `${names(arithmetic)} by arithmetic (${share(arithmetic)} of the up to ${most.toFixed(1)} GFLOP/s that ${with_} here)`,
    );
  }
  const memory = by("memory");
  if (memory.length > 0) {
    const most = Math.max(...memory.map(({ limit }) => limit.gigabytes));
    parts.push(`${names(memory)} by memory (${share(memory)} of the ${most.toFixed(1)} GB/s that can be read)`);
  }
  return parts.length > 0 ? `Limited: ${parts.join(", ")}.` : "Nothing was measured that a limit is known for.";
}
