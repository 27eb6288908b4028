import { Yardstick } from "../ts-wrapper/cli/yardstick.ts";
import { createEngine } from "../ts-wrapper/engine/create.ts";
import type { Build, Engine } from "../ts-wrapper/engine/engine.ts";
import { probe } from "../ts-wrapper/engine/features.ts";
import type { Skip } from "./rows.ts";

/** One way in which the library runs. */
export interface Variant {
  /** `simd` or `relaxed`: what it does with one thread or several is the same. */
  readonly build: "simd" | "relaxed";
  readonly threads: number;
}

export const allVariants: readonly Variant[] = [1, 2].flatMap((threads) =>
  (["simd", "relaxed"] as const).map((build) => ({ build, threads })),
);

/** Those that this runtime has, and why not the others. */
export function available(variants: readonly Variant[]): { have: Variant[]; lack: Skip[] } {
  const found = probe();
  const have: Variant[] = [];
  const lack: Skip[] = [];
  for (const variant of variants) {
    const { build, threads } = variant;
    const missing = [
      build === "relaxed" && !found.relaxedSimd.available ? found.relaxedSimd.why : undefined,
      threads > 1 && !found.threads.available ? found.threads.why : undefined,
      threads > found.cores ? `${threads} threads asked, this machine has ${found.cores} logical processors` : undefined,
    ].find((why) => why !== undefined);
    if (missing === undefined) have.push(variant);
    else lack.push({ what: `lowrank ${build}, ${threads} threads`, why: missing });
  }
  return { have, lack };
}

const buildOf = ({ build, threads }: Variant): Build => (threads > 1 ? `${build}-threads` : build);

export function startEngine(variant: Variant): Promise<Engine> {
  return createEngine({ build: buildOf(variant), threads: variant.threads, quant: true });
}

export function startYardstick(variant: Variant): Promise<Yardstick> {
  return Yardstick.start(buildOf(variant), variant.threads);
}
