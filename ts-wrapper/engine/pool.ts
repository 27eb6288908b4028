import { LowrankError } from "./errors.ts";
import type { WasmExports } from "./exports.gen.ts";
import { runtime } from "./features.ts";

/**
 * Workers on one shared memory.
 *
 * The caller writes a job into the control block, wakes the workers, takes chunks of rows itself and waits for the rest.
 * A chunk is a range of rows; chunks are handed out by one atomic counter, so a slow core takes fewer of them. Kernels that
 * are run this way compute each row on its own, therefore who computed it cannot be seen in the result.
 *
 *   control   i32[0] generation, the futex the workers sleep on    i32[1] first row not handed out    i32[2] workers not done
 *             i32[3] kernel   i32[4] arguments   i32[5] rows   i32[6] rows in a chunk   i32[7] failed   i32[8] stop
 *             f64[8 …] the arguments before the row range
 */
const GENERATION = 0;
const NEXT = 1;
const PENDING = 2;
const KERNEL = 3;
const COUNT = 4;
const ROWS = 5;
const GRAIN = 6;
const FAILED = 7;
const STOP = 8;
const ARGS = 8;
/** More arguments than any kernel has. */
const MAX_ARGS = 24;

type Kernel = (...args: number[]) => unknown;

interface PoolWorker {
  terminate(): unknown;
}

export class Pool {
  readonly #slots: Int32Array;
  readonly #numbers: Float64Array;
  readonly #kernels: ReadonlyMap<string, { index: number; run: Kernel }>;
  readonly #workers: PoolWorker[];
  /** A browser's main thread may not sleep, so there the caller spins. */
  readonly #maySleep: boolean;
  #busy = false;
  #stopped = false;

  private constructor(
    control: SharedArrayBuffer,
    exports: WasmExports,
    modules: readonly WebAssembly.Module[],
    workers: PoolWorker[],
  ) {
    this.#slots = new Int32Array(control);
    this.#numbers = new Float64Array(control);
    this.#workers = workers;
    this.#kernels = new Map(
      modules
        .flatMap((module) => WebAssembly.Module.exports(module))
        .filter((e) => e.kind === "function")
        .map((e, index) => [e.name, { index, run: exports[e.name as keyof WasmExports] as Kernel }]),
    );
    this.#maySleep = runtime() !== "browser" || (globalThis as { document?: unknown }).document === undefined;
  }

  /** Starts `threads − 1` workers; the caller is the last one. */
  static async start(
    threads: number,
    modules: readonly WebAssembly.Module[],
    memory: WebAssembly.Memory,
    exports: WasmExports,
  ): Promise<Pool> {
    const control = new SharedArrayBuffer((ARGS + MAX_ARGS) * 8);
    const start = { modules, memory, control, generation: 0 };
    const workers = await Promise.all(Array.from({ length: threads - 1 }, () => startWorker(start)));
    return new Pool(control, exports, modules, workers);
  }

  get threads(): number {
    return this.#workers.length + 1;
  }

  /** Runs `kernel(...args, i0, i1)` over [0, rows) in chunks of `grain` rows, on all threads. */
  run(kernel: string, args: readonly number[], rows: number, grain: number): void {
    if (this.#stopped) throw new LowrankError("BROKEN", kernel, "the engine was disposed; create another");
    if (this.#busy) throw new LowrankError("BROKEN", kernel, "the pool is at work already; a kernel cannot start another");
    if (args.length > MAX_ARGS) throw new LowrankError("BROKEN", kernel, `${args.length} arguments, at most ${MAX_ARGS} fit`);
    const k = this.#kernels.get(kernel);
    if (!k) throw new LowrankError("BROKEN", kernel, "no such kernel in this build");
    const slots = this.#slots;
    this.#busy = true;
    try {
      this.#numbers.set(args, ARGS);
      slots[KERNEL] = k.index;
      slots[COUNT] = args.length;
      slots[ROWS] = rows;
      slots[GRAIN] = grain;
      slots[FAILED] = 0;
      slots[NEXT] = 0;
      Atomics.store(slots, PENDING, this.#workers.length);
      Atomics.add(slots, GENERATION, 1);
      Atomics.notify(slots, GENERATION);
      try {
        for (;;) {
          const i = Atomics.add(slots, NEXT, grain);
          if (i >= rows || Atomics.load(slots, FAILED)) break;
          k.run(...args, i, Math.min(rows, i + grain));
        }
      } catch (cause) {
        Atomics.store(slots, FAILED, 1);
        this.#join();
        throw cause;
      }
      this.#join();
      if (slots[FAILED]) throw new WebAssembly.RuntimeError(`${kernel} trapped in a worker`);
    } finally {
      this.#busy = false;
    }
  }

  #join(): void {
    for (;;) {
      const left = Atomics.load(this.#slots, PENDING);
      if (left === 0) return;
      if (this.#maySleep) Atomics.wait(this.#slots, PENDING, left);
    }
  }

  /** Wakes every worker to end; idempotent. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    Atomics.store(this.#slots, STOP, 1);
    Atomics.add(this.#slots, GENERATION, 1);
    Atomics.notify(this.#slots, GENERATION);
    for (const w of this.#workers) w.terminate();
  }
}

async function startWorker(data: unknown): Promise<PoolWorker> {
  const process = (globalThis as { process?: NodeJS.Process }).process;
  if (runtime() !== "browser" && process?.getBuiltinModule) {
    const { Worker: NodeWorker } = process.getBuiltinModule("node:worker_threads");
    const worker = new NodeWorker(new URL("./worker.js", import.meta.url), { workerData: data });
    await new Promise<void>((done, fail) => {
      worker.once("message", () => done());
      worker.once("error", fail);
    });
    worker.unref();
    return worker;
  }
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  await new Promise<void>((done, fail) => {
    worker.onmessage = () => done();
    worker.onerror = (e) => fail(new LowrankError("UNSUPPORTED", "worker", `did not start: ${e.message}`));
    worker.postMessage(data);
  });
  return worker;
}
