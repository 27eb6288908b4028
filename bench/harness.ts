import { countFor, quiet, type Sample, sample, spread } from "../ts-wrapper/cli/measuring.ts";
import type { Limit, Yardstick } from "../ts-wrapper/cli/yardstick.ts";
import type { Bench, Contestant, Needs, Point } from "./bench.ts";
import type { Row, Who } from "./rows.ts";

/** How long to measure. */
export interface Pace {
  /** Seconds of samples for each contestant and point. */
  readonly budget: number;
  /** Seconds that each runs before, so that every tier of compilation is behind it. */
  readonly warmUp: number;
}

export const usualPace: Pace = { budget: 1, warmUp: 0.3 };

/** Shorter samples would measure the clock. */
const SAMPLE_SECONDS = 0.002;
const ENOUGH = 5;
const MOST = 51;
/** A step that takes longer, with its check, warms itself up. */
const SLOW_SECONDS = 2;
/** So many samples of a contestant whose budget is used up earlier. */
const LEAST = 3;
/** A block of this size is beyond the caches, so a larger one reads no slower. */
const MOST_READ = 1 << 26;

/** A contestant in one point of a bench. */
export interface Entrant {
  readonly who: Omit<Who, "note">;
  readonly contestant: Contestant;
  /** The library's: an engine of the same build and threads that tells what can be reached. */
  readonly yardstick?: Yardstick;
}

interface Track extends Entrant {
  readonly count: number;
  readonly samples: Sample[];
  readonly limits: Limit[];
  spent: number;
}

/** What came of a point. */
export interface Outcome {
  readonly rows: readonly Row[];
  /** Contestants that threw. */
  readonly thrown: readonly { readonly entrant: Entrant; readonly error: unknown }[];
}

/**
 * Measures one point: every result is checked, then the right ones take turns, one sample each, the order turned around
 * from round to round, the library's with a sample of its yardstick beside it. Afterwards every result is checked again.
 */
export async function measurePoint(
  bench: Pick<Bench, "name" | "dtype" | "check" | "work">,
  point: Point,
  data: unknown,
  entrants: readonly Entrant[],
  pace: Pace,
): Promise<Outcome> {
  const needs = bench.work(point);
  const tracks = new Map<Entrant, Track>();
  const errors = new Map<Entrant, number>();
  const thrown: { entrant: Entrant; error: unknown }[] = [];
  /** Does something with a contestant; one that throws is out. */
  const guard = async (entrant: Entrant, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      thrown.push({ entrant, error });
      tracks.delete(entrant);
      errors.delete(entrant);
    }
  };
  for (const e of entrants) {
    await guard(e, async () => {
      const start = performance.now();
      const error = await errorOf(bench, point, data, e.contestant);
      const slow = performance.now() - start > SLOW_SECONDS * 1000;
      errors.set(e, error);
      if (!(error <= 1)) return;
      tracks.set(e, { ...e, count: slow ? 1 : await warmUp(e.contestant, pace), samples: [], limits: [], spent: 0 });
    });
  }
  for (let round = 0; ; round++) {
    const waiting = [...tracks].filter(([, track]) => wants(track, pace));
    if (waiting.length === 0) break;
    if (round % 2) waiting.reverse();
    for (const [e, track] of waiting) await guard(e, () => turn(track, bench, needs));
  }
  for (const e of tracks.keys()) {
    await guard(e, async () => {
      const again = await errorOf(bench, point, data, e.contestant);
      errors.set(e, again <= 1 ? Math.max(again, errors.get(e)!) : again);
      if (!(again <= 1)) tracks.delete(e);
    });
  }
  const rows = [...errors].map(([e, error]): Row => {
    const track = tracks.get(e);
    return {
      ...{ bench: bench.name, point, who: { ...e.who, note: e.contestant.note ?? "" }, needs },
      error: Number.isFinite(error) ? error : null,
      ...(track ? summary(track, needs) : {}),
    };
  });
  return { rows, thrown };
}

async function errorOf(bench: Pick<Bench, "check">, point: Point, data: unknown, c: Contestant): Promise<number> {
  if (c.error) return c.error();
  await c.reset?.();
  await c.step();
  return bench.check(data, await c.result(), point);
}

/** How many steps make a sample. */
function warmUp(c: Contestant, pace: Pace): Promise<number> {
  if (!c.sample) return countFor(() => c.step(), SAMPLE_SECONDS, pace.warmUp);
  const own = c.sample.bind(c);
  return countFor(() => own(1), SAMPLE_SECONDS, pace.warmUp);
}

function wants({ samples, spent }: Track, { budget }: Pace): boolean {
  return samples.length < LEAST || (samples.length < MOST && spent < budget);
}

async function turn(t: Track, { dtype }: Pick<Bench, "dtype">, { flops, bytes }: Needs): Promise<void> {
  if (t.yardstick && (flops || bytes)) {
    t.limits.push({
      flops: flops ? t.yardstick.flops(dtype) : 0,
      bytes: bytes ? t.yardstick.bytes(Math.min(bytes, MOST_READ)) : 0,
    });
  }
  const start = performance.now();
  if (t.contestant.sample) {
    t.samples.push({ seconds: await t.contestant.sample(t.count), disturbed: false });
  } else {
    // What the others left in the caches is nobody's cost where many steps share them.
    if (t.count > 1) await t.contestant.step();
    t.samples.push(await sample(() => t.contestant.step(), t.count));
  }
  t.spent += (performance.now() - start) / 1000;
}

function summary({ samples, limits }: Track, needs: Needs): Pick<Row, "seconds" | "disturbed" | "limit"> {
  const kept = quiet(samples, ENOUGH);
  const told = { seconds: spread(kept.map((s) => s.seconds)), disturbed: samples.length - kept.length };
  const limit = limitOf(
    kept.map((s) => ({ seconds: s.seconds, limit: limits[samples.indexOf(s)] })),
    needs,
  );
  return limit ? { ...told, limit } : told;
}

/** The share of the limit beside each sample, and which of the two it was. */
export function limitOf(
  pairs: readonly { readonly seconds: number; readonly limit: Limit | undefined }[],
  { flops = 0, bytes = 0 }: Needs,
): Row["limit"] {
  const all = pairs.flatMap(({ seconds, limit }) => {
    if (!limit) return [];
    const arithmetic = flops ? flops / limit.flops : 0;
    const memory = bytes ? bytes / limit.bytes : 0;
    return [{ arithmetic, memory, share: Math.max(arithmetic, memory) / seconds, limit }];
  });
  if (all.length === 0) return undefined;
  const median = (pick: (x: (typeof all)[number]) => number): number => spread(all.map(pick)).median;
  return {
    flops: median((x) => x.limit.flops),
    ...(bytes ? { bytes: median((x) => x.limit.bytes) } : {}),
    share: median((x) => x.share),
    by: median((x) => x.arithmetic) >= median((x) => x.memory) ? "arithmetic" : "memory",
  };
}
