import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { url } from "../../../ts-wrapper/wasm/simd-threads.ts";

/** Slots of the control block, as pool.ts draws them. */
const [GENERATION, NEXT, PENDING, KERNEL, COUNT, ROWS, GRAIN] = [0, 1, 2, 3, 4, 5, 6];
const STOP = 8;

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (holds()) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  assert.fail(`${what} did not come about`);
}

test("a worker that is woken without a new job does not run the last one again, and takes the next", async () => {
  const module = await WebAssembly.compile(await readFile(url));
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 65536, shared: true });
  const control = new SharedArrayBuffer(32 * 8);
  const slots = new Int32Array(control);
  const numbers = new Float64Array(control);
  const worker = new Worker(new URL("../../../ts-wrapper/engine/worker.js", import.meta.url), {
    workerData: { modules: [module], memory, control, generation: 0 },
  });
  await new Promise((done, fail) => worker.once("message", done).once("error", fail));
  const names = WebAssembly.Module.exports(module)
    .filter((e) => e.kind === "function")
    .map((e) => e.name);
  const [from, to, rows] = [1 << 20, (1 << 20) + 4096, 8];
  const start = (value: number): void => {
    new Float32Array(memory.buffer, from, rows).fill(value);
    numbers.set([from, to], 8);
    slots[KERNEL!] = names.indexOf("decode_f32_f64");
    slots[COUNT!] = 2;
    slots[ROWS!] = rows;
    slots[GRAIN!] = 4;
    slots[NEXT!] = 0;
    Atomics.store(slots, PENDING!, 1);
    Atomics.add(slots, GENERATION!, 1);
  };
  const result = (): number[] => [...new Float64Array(memory.buffer, to, rows)];
  try {
    for (const value of [1, 2, 3]) {
      start(value);
      Atomics.notify(slots, GENERATION!);
      await until("the end of the job", () => Atomics.load(slots, PENDING!) === 0);
      assert.deepEqual(result(), new Array(rows).fill(value));
      // The notification of that job, as a caller gives it who was held up between the new generation and the wake-up.
      const next = Atomics.load(slots, NEXT!);
      await until("a sleeping worker", () => Atomics.notify(slots, GENERATION!) === 1);
      await new Promise((done) => setTimeout(done, 50));
      assert.deepEqual([Atomics.load(slots, PENDING!), Atomics.load(slots, NEXT!)], [0, next], `after job ${value}`);
    }
  } finally {
    Atomics.store(slots, STOP, 1);
    Atomics.add(slots, GENERATION!, 1);
    Atomics.notify(slots, GENERATION!);
    await worker.terminate();
  }
});
