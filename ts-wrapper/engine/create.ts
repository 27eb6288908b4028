import { type Build, Engine } from "./engine.ts";
import { LowrankError } from "./errors.ts";
import type { WasmExports } from "./exports.gen.ts";
import { type Features, type Finding, probe, runtime } from "./features.ts";
import { joinKernels } from "./kernels.ts";
import { locate, type ModuleName } from "./locate.ts";
import { Pool } from "./pool.ts";

/** The module itself, or where it lies. */
export type WasmInput = string | URL | Response | BufferSource | WebAssembly.Module;

export interface EngineOptions {
  /** Threads that compute, this one included. Default: the logical processors, where memory can be shared. */
  readonly threads?: number;
  /** `deterministic` gives the same bits on every runtime; `fast` may use relaxed SIMD. Default `deterministic`. */
  readonly math?: "deterministic" | "fast";
  /** The module of the build that will be chosen, when it does not lie beside this file. */
  readonly wasm?: WasmInput;
  /**
   * Kernels for decompositions, a module on the same memory: whether they are loaded, or the module where it does not lie beside this
   * file. Default true, or false where `wasm` says that modules lie elsewhere. Merging needs none of them.
   */
  readonly factor?: boolean | WasmInput;
  /** Kernels for quantized weights, in the same way. Default false. */
  readonly quant?: boolean | WasmInput;
  readonly memory?: {
    /** Bytes the memory starts with. Default 1 MiB. */
    readonly initial?: number;
    /** Bytes it may grow to, at most 4 GiB, the default. */
    readonly maximum?: number;
  };
  /** Forces a build; tests use it. */
  readonly build?: Build;
}

const PAGE = 65536;
const MAX_BYTES = 2 ** 32;
/** Beyond this many threads a memory-bound kernel gains nothing and the wake-up costs more than it brings. */
const MAX_DEFAULT_THREADS = 16;

/** The best engine that runs here, or the one that is asked for. Throws `UNSUPPORTED` where what is asked for cannot be had. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const found = probe();
  if (!found.simd.available) throw new LowrankError("UNSUPPORTED", "createEngine", found.simd.why);
  const { build, threads, math, chosen } = choose(found, options);
  const { wasm = true, factor = wasm === true, quant = false } = options;
  const wanted = Object.entries({ core: wasm, factor, quant }).filter(([, input]) => input !== false);
  const parts = await Promise.all(
    wanted.map(async ([part, input]) => compile(input === true ? await locate(part as ModuleName, build) : (input as WasmInput))),
  );
  const { exports, memory, maximumBytes } = await instantiate(parts, options.memory, build.endsWith("-threads"));
  const pool = threads > 1 ? await Pool.start(threads, parts, memory, exports) : undefined;
  return new Engine({
    exports,
    memory,
    pool,
    maximumBytes,
    features: { ...found, build, threadsUsed: threads, math, chosen },
  });
}

/** @internal The kernels of modules that share one memory. Throws `OUT_OF_MEMORY` where there is no room for it. */
export async function instantiate(
  modules: readonly WebAssembly.Module[],
  limits: EngineOptions["memory"],
  shared: boolean,
): Promise<{ exports: WasmExports; memory: WebAssembly.Memory; maximumBytes: number }> {
  const maximumBytes = Math.min(limits?.maximum ?? MAX_BYTES, MAX_BYTES);
  const initial = Math.max(16, Math.ceil((limits?.initial ?? 0) / PAGE));
  const memory = createMemory(initial, Math.max(initial, Math.floor(maximumBytes / PAGE)), shared);
  const instances = await Promise.all(modules.map((module) => WebAssembly.instantiate(module, { env: { memory } })));
  return { exports: joinKernels(instances), memory, maximumBytes };
}

interface Choice {
  readonly build: Build;
  readonly threads: number;
  readonly math: "deterministic" | "fast";
  readonly chosen: { readonly math: Finding; readonly threads: Finding };
}

function choose(found: Features, options: EngineOptions): Choice {
  const threads = chooseThreads(found, options);
  const math = chooseMath(found, options);
  const build = options.build ?? (`${math.available ? "relaxed" : "simd"}${threads.count > 1 ? "-threads" : ""}` as Build);
  if (options.build === undefined)
    return { build, threads: threads.count, math: math.available ? "fast" : "deterministic", chosen: { math, threads } };
  const forced = { available: true, why: `build ${build} was asked for` };
  const count = build.endsWith("-threads") ? Math.max(1, options.threads ?? 2) : 1;
  return {
    build,
    threads: count,
    math: build.startsWith("relaxed") ? "fast" : "deterministic",
    chosen: { math: forced, threads: forced },
  };
}

function chooseThreads(found: Features, options: EngineOptions): Finding & { readonly count: number } {
  const asked = options.threads;
  if (asked !== undefined && (!Number.isInteger(asked) || asked < 1)) {
    throw new LowrankError("USAGE", "createEngine", `threads is ${asked}, a whole number from 1 up was needed`);
  }
  if (!found.threads.available) {
    if (asked !== undefined && asked > 1)
      throw new LowrankError("UNSUPPORTED", "createEngine", `${asked} threads asked, but ${found.threads.why}`);
    return { count: 1, available: false, why: found.threads.why };
  }
  if (asked !== undefined) return { count: asked, available: asked > 1, why: `${asked} asked for` };
  const count = Math.min(found.cores, MAX_DEFAULT_THREADS);
  return { count, available: count > 1, why: `${found.cores} logical processors` };
}

function chooseMath(found: Features, options: EngineOptions): Finding {
  if (options.math !== "fast") return { available: false, why: "deterministic math: the same bits on every runtime" };
  return found.relaxedSimd;
}

function createMemory(initial: number, maximum: number, shared: boolean): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial, maximum, shared });
  } catch (cause) {
    const text = `no memory of ${initial * PAGE} to ${maximum * PAGE} bytes can be had here; set memory.maximum lower`;
    throw new LowrankError("OUT_OF_MEMORY", "createEngine", text, { cause });
  }
}

async function compile(input: WasmInput): Promise<WebAssembly.Module> {
  if (input instanceof WebAssembly.Module) return input;
  if (ArrayBuffer.isView(input) || input instanceof ArrayBuffer) return WebAssembly.compile(input);
  if (typeof Response !== "undefined" && input instanceof Response) return compileResponse(input);
  const url = new URL(input as string | URL, import.meta.url);
  if (url.protocol === "file:" && runtime() !== "browser") {
    const { readFile } = process.getBuiltinModule("node:fs/promises");
    return WebAssembly.compile(await readFile(url));
  }
  const response = await fetch(url).catch((cause: unknown) => {
    throw new LowrankError("NETWORK", url.href, "the module could not be fetched; check where the .wasm files lie", { cause });
  });
  if (!response.ok) throw new LowrankError("NETWORK", url.href, `the server answered ${response.status}, the module was needed`);
  return compileResponse(response);
}

/** Streams where the server names the right type, else compiles the whole. */
async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("application/wasm")) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}
