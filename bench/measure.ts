import { probe } from "../ts-wrapper/engine/features.ts";
import { version } from "../ts-wrapper/engine/version.gen.ts";
import { type Bench, type Contestant, type Point, pointLabel, type Several } from "./bench.ts";
import { benches } from "./benches.ts";
import { describe } from "./describe.ts";
import { available, startEngine, startYardstick, type Variant } from "./engines.ts";
import { type Entrant, measurePoint, type Pace } from "./harness.ts";
import type { Peer } from "./peers/peer.ts";
import type { Event, RuntimeFacts } from "./rows.ts";

/** What to measure; plain data, for it travels to other processes and into pages. */
export interface Plan {
  /** A point is measured when its label has one of these in it; all are when there are none. */
  readonly filters: readonly string[];
  readonly variants: readonly Variant[];
  readonly pace: Pace;
}

/** `gemm f32 512×512×512`: what filters are compared with. */
export function label(bench: Pick<Bench, "name">, point: Point): string {
  return `${bench.name} ${pointLabel(point)}`;
}

/** Whether one of the filters is a part of the text; letters are compared without their case, and x stands for ×. */
export function matches(text: string, filters: readonly string[]): boolean {
  const plain = (s: string): string => s.toLowerCase().replaceAll(/(?<=\d)[x×](?=\d)/g, "×");
  return filters.length === 0 || filters.some((filter) => plain(text).includes(plain(filter)));
}

/** The benches that the filters leave, with their points. */
export function chosen(filters: readonly string[]): { bench: Bench; points: Point[] }[] {
  return benches
    .filter(({ named }) => !named || filters.length > 0)
    .map((bench) => ({ bench, points: bench.grid.filter((point) => matches(label(bench, point), filters)) }))
    .filter(({ points }) => points.length > 0);
}

/** Measures in this process, and says what it finds as it goes. */
export async function measure(
  plan: Plan,
  peers: readonly Peer[],
  facts: Partial<RuntimeFacts>,
  say: (event: Event) => void,
): Promise<void> {
  const found = probe();
  say({ type: "start", runtime: { name: found.runtime, version: found.version, cores: found.cores, ...facts } });
  const { have, lack } = available(plan.variants);
  for (const skip of lack) say({ type: "skip", skip });
  const yardsticks = await Promise.all(have.map(async (variant) => ({ variant, yardstick: await startYardstick(variant) })));
  for (const { bench, points } of chosen(plan.filters)) {
    for (const point of points) {
      say({ type: "at", bench: bench.name, point });
      try {
        await measureOne(bench, point, yardsticks, peers, plan.pace, say);
      } catch (error) {
        say({ type: "fail", text: `${label(bench, point)}: ${describe(error)}` });
      }
    }
  }
  for (const { yardstick } of yardsticks) yardstick[Symbol.dispose]();
  say({ type: "end" });
}

/** Engines live for one point, so that their memory does not add up. */
async function measureOne(
  bench: Bench,
  point: Point,
  yardsticks: readonly { variant: Variant; yardstick: Awaited<ReturnType<typeof startYardstick>> }[],
  peers: readonly Peer[],
  pace: Pace,
  say: (event: Event) => void,
): Promise<void> {
  const data = bench.setup(point);
  const entrants: Entrant[] = [];
  const engines = await Promise.all(yardsticks.map(({ variant }) => startEngine(variant)));
  try {
    for (const [i, { variant, yardstick }] of yardsticks.entries()) {
      const who = { name: "lowrank", version, ...variant };
      for (const contestant of listed(bench.run(engines[i]!, data, point))) entrants.push({ who, contestant, yardstick });
    }
    for (const { name, version, build, threads, operations } of peers) {
      try {
        const made = (await bench.peers?.(operations, data, point)) ?? [];
        for (const contestant of listed(made)) entrants.push({ who: { name, version, build, threads }, contestant });
      } catch (error) {
        say({ type: "skip", skip: { what: `${name}: ${label(bench, point)}`, why: describe(error) } });
      }
    }
    const { rows, thrown } = await measurePoint(bench, point, data, entrants, pace);
    for (const row of rows) say({ type: "row", row });
    for (const { entrant, error } of thrown) {
      const what = `${entrant.who.name}: ${label(bench, point)}`;
      if (entrant.yardstick) say({ type: "fail", text: `${what}: ${describe(error)}` });
      else say({ type: "skip", skip: { what, why: describe(error) } });
    }
  } finally {
    for (const { contestant } of entrants) contestant[Symbol.dispose]?.();
    for (const engine of engines) engine[Symbol.dispose]();
  }
}

function listed(made: Several<unknown>): readonly Contestant[] {
  return Array.isArray(made) ? (made as readonly Contestant[]) : [made as Contestant];
}
