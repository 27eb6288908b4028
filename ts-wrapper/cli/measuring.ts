/** What samples of a time came to, in the unit of the samples. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
}

/** Median, least and most. Throws for no samples. */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError("spread: no samples");
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)!, samples: sorted.length };
}

/** One sample: seconds that one of `count` runs took, and whether the thread was kept from running meanwhile. */
export interface Sample {
  readonly seconds: number;
  /** The processor time of the process fell short of the time that passed. `false` where the runtime does not tell it. */
  readonly disturbed: boolean;
}

/** A sample that ran for less than this share of its time is disturbed. */
const LEAST_SHARE = 0.95;

const cpuUsage = (globalThis as { process?: { cpuUsage?(): { user: number; system: number } } }).process?.cpuUsage;

function cpuSeconds(): number | undefined {
  if (!cpuUsage) return undefined;
  const { user, system } = cpuUsage();
  return (user + system) / 1e6;
}

/** Runs `step` `count` times. A promise that it returns is waited for within the time. */
export async function sample(step: () => unknown, count: number): Promise<Sample> {
  const cpu = cpuSeconds();
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    const pending = step();
    if (pending instanceof Promise) await pending;
  }
  const passed = (performance.now() - start) / 1000;
  const worked = cpu === undefined ? passed : (cpuSeconds() ?? 0) - cpu;
  return { seconds: passed / count, disturbed: worked < LEAST_SHARE * passed };
}

/** Samples that nothing disturbed, or all of them where those are fewer than `enough`. */
export function quiet(samples: readonly Sample[], enough: number): readonly Sample[] {
  const calm = samples.filter((s) => !s.disturbed);
  return calm.length >= enough ? calm : samples;
}

/** Disturbed samples in a row after which one is believed all the same. */
const PATIENCE = 8;

/** How many runs of `step` make a sample of at least `seconds`. Runs it until that is known, so it also warms up. */
export async function countFor(step: () => unknown, seconds: number, warmUp = 0): Promise<number> {
  const start = performance.now();
  for (let count = 1, disturbances = 0; ; ) {
    const { seconds: each, disturbed } = await sample(step, count);
    disturbances = disturbed ? disturbances + 1 : 0;
    const believed = !disturbed || each >= seconds || disturbances > PATIENCE;
    const warm = (performance.now() - start) / 1000 >= warmUp;
    const enough = each * count >= seconds / 2 || count >= 1 << 24;
    if (warm && believed && enough) return Math.max(1, Math.ceil(seconds / Math.max(each, 1e-9)));
    if (!enough) count *= 2;
  }
}
