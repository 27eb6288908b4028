// A pool worker: one more instance of each module on the shared memory. It sleeps in Atomics.wait until a job is written.
// Plain JavaScript, so that the same file starts as a worker from the sources and from the package, in every runtime.
// Layout of the control block and the meaning of its slots: pool.ts.

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

/** @param {{ modules: WebAssembly.Module[], memory: WebAssembly.Memory, control: SharedArrayBuffer, generation: number }} start
 *  @param {(message: string) => void} post */
function serve({ modules, memory, control, generation: first }, post) {
  const kernels = modules.flatMap((module) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return WebAssembly.Module.exports(module)
      .filter((e) => e.kind === "function")
      .map((e) => /** @type {(...args: number[]) => number} */ (exports[e.name]));
  });
  const slots = new Int32Array(control);
  const numbers = new Float64Array(control);
  post("ready");
  for (let seen = first; ; ) {
    Atomics.wait(slots, GENERATION, seen);
    // The wake-up for a job can come when this worker has done it already: without a new generation there is no new job.
    const generation = Atomics.load(slots, GENERATION);
    if (generation === seen) continue;
    seen = generation;
    if (Atomics.load(slots, STOP)) return;
    try {
      const args = Array.from(numbers.subarray(ARGS, ARGS + Atomics.load(slots, COUNT)));
      const kernel = kernels[Atomics.load(slots, KERNEL)];
      const rows = Atomics.load(slots, ROWS);
      const grain = Atomics.load(slots, GRAIN);
      for (;;) {
        const i = Atomics.add(slots, NEXT, grain);
        if (i >= rows || Atomics.load(slots, FAILED)) break;
        kernel?.(...args, i, Math.min(rows, i + grain));
      }
    } catch {
      Atomics.store(slots, FAILED, 1);
    }
    if (Atomics.sub(slots, PENDING, 1) === 1) Atomics.notify(slots, PENDING);
  }
}

if (typeof process !== "undefined" && process.versions?.node) {
  const name = "node:worker_threads"; // not a literal: bundlers for the web must not follow it
  import(/* @vite-ignore */ /* webpackIgnore: true */ name).then(({ workerData, parentPort }) =>
    serve(workerData, (message) => parentPort.postMessage(message)),
  );
} else {
  self.onmessage = (event) => serve(event.data, (message) => self.postMessage(message));
}
