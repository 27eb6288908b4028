/** What this runtime can run: probed once, by validating tiny modules and never by parsing a user agent. */

// (module (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt))
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
// (module (func (result v128) i32.const 1 i8x16.splat i32.const 2 i8x16.splat i8x16.relaxed_swizzle))
const RELAXED = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2,
  11,
];

export type Runtime = "node" | "deno" | "bun" | "browser" | "other";

/** One thing that was looked for, whether it is there, and how to get it where it is not. */
export interface Finding {
  readonly available: boolean;
  readonly why: string;
}

export interface Features {
  readonly runtime: Runtime;
  readonly version: string;
  readonly simd: Finding;
  readonly relaxedSimd: Finding;
  readonly threads: Finding;
  /** Logical processors the runtime reports. */
  readonly cores: number;
}

interface HostGlobals {
  readonly Deno?: { readonly version: { readonly deno: string } };
  readonly Bun?: { readonly version: string };
  readonly process?: { readonly versions?: { readonly node?: string } };
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: { readonly hardwareConcurrency?: number; readonly userAgent?: string };
  readonly document?: unknown;
  readonly WorkerGlobalScope?: unknown;
}

const host: HostGlobals = globalThis as HostGlobals;

export function runtime(): Runtime {
  if (host.Deno) return "deno";
  if (host.Bun) return "bun";
  if (host.process?.versions?.node) return "node";
  return host.document !== undefined || host.WorkerGlobalScope !== undefined ? "browser" : "other";
}

function runtimeVersion(): string {
  return host.Deno?.version.deno ?? host.Bun?.version ?? host.process?.versions?.node ?? host.navigator?.userAgent ?? "";
}

function validates(bytes: readonly number[]): boolean {
  return typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(bytes));
}

function probeThreads(): Finding {
  if (typeof SharedArrayBuffer === "undefined") {
    return { available: false, why: needsIsolation };
  }
  // A browser lets pages construct shared memory and refuses only to post it: ask the flag, not the constructor.
  if (runtime() === "browser" && host.crossOriginIsolated !== true) return { available: false, why: needsIsolation };
  return { available: true, why: "shared memory and workers are there" };
}

const needsIsolation =
  "this page is not cross-origin isolated, so memory cannot be shared with workers; serve it with the headers " +
  "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";

function probeRelaxed(): Finding {
  if (validates(RELAXED)) return { available: true, why: "relaxed SIMD validates" };
  const flag = runtime() === "node" ? "; start Node 20 with --experimental-wasm-relaxed-simd, or use Node 22 or newer" : "";
  return { available: false, why: `this runtime does not know relaxed SIMD${flag}` };
}

let found: Features | undefined;

/** Probes the runtime; the answer is kept. */
export function probe(): Features {
  found ??= {
    runtime: runtime(),
    version: runtimeVersion(),
    simd: validates(SIMD)
      ? { available: true, why: "fixed-width SIMD validates" }
      : { available: false, why: "this runtime has no WebAssembly SIMD; a browser or Node from 2021 or later has it" },
    relaxedSimd: probeRelaxed(),
    threads: probeThreads(),
    cores: Math.max(1, host.navigator?.hardwareConcurrency ?? nodeCores()),
  };
  return found;
}

function nodeCores(): number {
  const os = (globalThis as { process?: { getBuiltinModule?(name: "node:os"): { availableParallelism(): number } } }).process;
  return os?.getBuiltinModule?.("node:os").availableParallelism() ?? 1;
}
