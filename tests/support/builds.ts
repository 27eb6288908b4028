import { createEngine } from "../../ts-wrapper/engine/create.ts";
import type { Build, Engine } from "../../ts-wrapper/engine/engine.ts";
import { probe } from "../../ts-wrapper/engine/features.ts";

/** The engines that a kernel test runs on: one of each build that this runtime has. */
export const builds: readonly { readonly name: string; readonly engine: Engine }[] = await start();

async function start(): Promise<{ name: string; engine: Engine }[]> {
  const found = probe();
  const wanted: { build: Build; threads: number; why: string | undefined }[] = [
    { build: "debug", threads: 1, why: undefined },
    { build: "simd", threads: 1, why: undefined },
    { build: "simd-threads", threads: 3, why: found.threads.available ? undefined : found.threads.why },
    { build: "relaxed", threads: 1, why: found.relaxedSimd.available ? undefined : found.relaxedSimd.why },
    {
      build: "relaxed-threads",
      threads: 3,
      why: [found.relaxedSimd, found.threads].find((f) => !f.available)?.why,
    },
  ];
  const engines: { name: string; engine: Engine }[] = [];
  // A suite for builds that the others could not load names them, so that it repeats nothing.
  const only = globalThis.process?.env?.TEST_BUILDS ?? "";
  for (const { build, threads, why } of wanted.filter(({ build }) => build.startsWith(only))) {
    if (why) console.log(`# skipped: build ${build} (${why})`);
    else engines.push({ name: build, engine: await createEngine({ build, threads, quant: true }) });
  }
  return engines;
}

/** Whether a build rounds after every multiply and add, as JavaScript does. */
export function isDeterministic(name: string): boolean {
  return !name.startsWith("relaxed");
}
