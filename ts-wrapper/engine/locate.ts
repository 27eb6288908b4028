import type { Build } from "./engine.ts";

/** The modules an engine may consist of. */
export type ModuleName = "core" | "factor" | "quant";

/** Every path is a literal, so that bundlers follow it; what is not used is not loaded. */
const places: Readonly<Record<ModuleName, Readonly<Record<Build, () => Promise<{ readonly url: URL }>>>>> = {
  core: {
    simd: () => import("../wasm/simd.ts"),
    relaxed: () => import("../wasm/relaxed.ts"),
    "simd-threads": () => import("../wasm/simd-threads.ts"),
    "relaxed-threads": () => import("../wasm/relaxed-threads.ts"),
    debug: () => import("../wasm/debug.ts"),
  },
  factor: {
    simd: () => import("../wasm/factor-simd.ts"),
    relaxed: () => import("../wasm/factor-relaxed.ts"),
    "simd-threads": () => import("../wasm/factor-simd-threads.ts"),
    "relaxed-threads": () => import("../wasm/factor-relaxed-threads.ts"),
    debug: () => import("../wasm/factor-debug.ts"),
  },
  quant: {
    simd: () => import("../wasm/quant-simd.ts"),
    relaxed: () => import("../wasm/quant-relaxed.ts"),
    "simd-threads": () => import("../wasm/quant-simd-threads.ts"),
    "relaxed-threads": () => import("../wasm/quant-relaxed-threads.ts"),
    debug: () => import("../wasm/quant-debug.ts"),
  },
};

/** Where the build of a module lies: beside this library, as a file of its own. */
export async function locate(part: ModuleName, build: Build): Promise<URL> {
  return (await places[part][build]()).url;
}
