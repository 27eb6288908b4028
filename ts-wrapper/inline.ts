/**
 * The library in one file, the simd build of kernels and decompositions inside: for bundlers and hosts that cannot serve a .wasm or a worker beside the code.
 * It runs on one thread with deterministic math; the main entry has the other builds.
 */
import { type EngineOptions, instantiate } from "./engine/create.ts";
import { Engine } from "./engine/engine.ts";
import { LowrankError } from "./engine/errors.ts";
import { type Finding, probe } from "./engine/features.ts";
import factor from "./wasm/factor-simd.wasm";
import core from "./wasm/simd.wasm";

export * from "./index.ts";

const here: Finding = {
  available: false,
  why: 'the entry "lowrank/inline" carries the simd build alone; "lowrank" has the others',
};

/** An engine from the modules inside this file. Throws `UNSUPPORTED` when more threads or another build are asked for. */
export async function createEngine(options: Omit<EngineOptions, "wasm" | "factor" | "quant"> = {}): Promise<Engine> {
  const { threads = 1, math = "deterministic", build = "simd" } = options;
  const found = probe();
  if (!found.simd.available) throw new LowrankError("UNSUPPORTED", "createEngine", found.simd.why);
  if (threads !== 1) throw new LowrankError("UNSUPPORTED", "createEngine", `${threads} threads asked, 1 can be had: ${here.why}`);
  if (build !== "simd")
    throw new LowrankError("UNSUPPORTED", "createEngine", `build ${build} asked, simd can be had: ${here.why}`);
  const chosen = { math: math === "fast" ? here : { available: false, why: "deterministic math was chosen" }, threads: here };
  const { exports, memory, maximumBytes } = await instantiate(
    await Promise.all([core, factor].map((bytes) => WebAssembly.compile(bytes))),
    options.memory,
    false,
  );
  return new Engine({
    exports,
    memory,
    pool: undefined,
    maximumBytes,
    features: { ...found, build, threadsUsed: 1, math: "deterministic", chosen },
  });
}
