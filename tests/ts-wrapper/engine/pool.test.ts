import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../../ts-wrapper/engine/create.ts";
import type { WasmExports } from "../../../ts-wrapper/engine/exports.gen.ts";
import { probe } from "../../../ts-wrapper/engine/features.ts";
import { Pool } from "../../../ts-wrapper/engine/pool.ts";
import { random, rng } from "../../support/rng.ts";

const { threads } = probe();
const options = threads.available ? {} : { skip: threads.why };

test("4 threads give every row exactly once, for any number of rows and any grain", options, async () => {
  using engine = await createEngine({ threads: 4 });
  for (const [rows, grain] of [
    [0, 4],
    [1, 4],
    [4, 4],
    [5, 4],
    [1000, 4],
    [1000, 256],
    [999, 1000],
  ] as const) {
    using src = engine.upload(random(Math.max(1, rows), rng(rows)));
    using dst = engine.upload(new Float64Array(Math.max(1, rows)).fill(-7));
    engine.parallel("decode_f32_f64", [src.ptr, dst.ptr], rows, grain);
    const want = rows === 0 ? [-7] : [...engine.f32(src.ptr, rows)];
    assert.deepEqual([...engine.f64(dst.ptr, Math.max(1, rows))], want, `${rows} rows by ${grain}`);
  }
});

test("thousands of short jobs one after the other: none is lost and none runs twice", options, async () => {
  using engine = await createEngine({ threads: 4 });
  const n = 64;
  using src = engine.upload(new Float32Array(n).fill(1));
  using dst = engine.upload(new Float64Array(n));
  for (let i = 0; i < 3000; i++) {
    engine.f32(src.ptr, n).fill(i);
    engine.parallel("decode_f32_f64", [src.ptr, dst.ptr], n, 4);
    assert.ok(
      engine.f64(dst.ptr, n).every((x) => x === i),
      `job ${i}`,
    );
  }
});

test("a trap in a worker's share is told to the caller, and the engine says it is broken", options, async () => {
  using engine = await createEngine({ threads: 4 });
  const beyond = 2 ** 32 - 65536;
  assert.throws(() => engine.parallel("decode_f32_f64", [beyond, beyond], 1 << 20, 4), { code: "BROKEN" });
  assert.throws(() => engine.wasm.features(), { code: "BROKEN" });
});

test("two pools at work do not see each other; a stopped one refuses, and stopping twice is allowed", options, async () => {
  const engines = await Promise.all([createEngine({ threads: 3 }), createEngine({ threads: 3 })]);
  for (const [i, engine] of engines.entries()) {
    using src = engine.upload(new Float32Array(100).fill(i + 1));
    using dst = engine.upload(new Float64Array(100));
    engine.parallel("decode_f32_f64", [src.ptr, dst.ptr], 100, 4);
    assert.ok(engine.f64(dst.ptr, 100).every((x) => x === i + 1));
  }
  for (const engine of engines) {
    engine[Symbol.dispose]();
    engine[Symbol.dispose]();
    assert.throws(() => engine.parallel("decode_f32_f64", [0, 0], 100, 4), { code: "BROKEN", message: /disposed/ });
  }
});

test("a kernel that is not there, and more arguments than fit, are refused by name", options, async () => {
  using engine = await createEngine({ threads: 2 });
  const { url } = await import("../../../ts-wrapper/wasm/simd-threads.ts");
  const bytes =
    url.protocol === "file:"
      ? await process.getBuiltinModule("node:fs/promises").readFile(url)
      : await (await fetch(url)).arrayBuffer();
  const module = await WebAssembly.compile(bytes as BufferSource);
  const instance = await WebAssembly.instantiate(module, { env: { memory: engine.memory } });
  const pool = await Pool.start(2, [module], engine.memory, instance.exports as unknown as WasmExports);
  assert.throws(() => pool.run("no_such_kernel", [], 8, 4), { code: "BROKEN", message: /no such kernel/ });
  assert.throws(() => pool.run("decode_f32_f64", new Array(30).fill(0), 8, 4), { code: "BROKEN", message: /30 arguments/ });
  pool.stop();
  assert.throws(() => pool.run("decode_f32_f64", [0, 0], 8, 4), { code: "BROKEN", message: /disposed/ });
});

test("a call from inside a call is refused, and the engine goes on", options, async () => {
  using engine = await createEngine({ threads: 3 });
  using src = engine.upload(new Float32Array(100).fill(3));
  using dst = engine.upload(new Float64Array(100));
  const run = (first: number): void => engine.parallel("decode_f32_f64", [first, dst.ptr], 100, 4);
  // What is no number is asked for one while the job is written: the only moment at which other code can run.
  const nested = { valueOf: () => run(src.ptr) } as unknown as number;
  assert.throws(() => run(nested), { code: "BROKEN", message: /at work already/ });
  run(src.ptr);
  assert.ok(engine.f64(dst.ptr, 100).every((x) => x === 3));
});

const { runtime } = probe();
const cpu = runtime === "node" ? options : { skip: `${runtime} does not tell the processor time of its threads in the same way` };

test("workers without work cost nothing", cpu, async () => {
  using engine = await createEngine({ threads: 4 });
  using src = engine.upload(new Float32Array(4096));
  using dst = engine.upload(new Float64Array(4096));
  engine.parallel("decode_f32_f64", [src.ptr, dst.ptr], 4096, 4); // all of them have worked
  await new Promise((done) => setTimeout(done, 50)); // and are at rest again
  const before = process.cpuUsage();
  await new Promise((done) => setTimeout(done, 500));
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 100_000, `${(user + system) / 1000} ms of 500`); // three of them spinning would take 1000 or more
});
