import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../../ts-wrapper/engine/create.ts";
import { probe } from "../../../ts-wrapper/engine/features.ts";
import { url } from "../../../ts-wrapper/wasm/simd.ts";

async function moduleBytes(): Promise<Uint8Array<ArrayBuffer>> {
  if (url.protocol !== "file:") return new Uint8Array(await (await fetch(url)).arrayBuffer());
  return new Uint8Array(await process.getBuiltinModule("node:fs/promises").readFile(url));
}

test("the default is deterministic math with as many threads as there are processors, where memory can be shared", async () => {
  using engine = await createEngine();
  const f = probe();
  assert.equal(engine.math, "deterministic");
  assert.equal(engine.threads, f.threads.available ? Math.min(16, f.cores) : 1);
  assert.equal(engine.build, engine.threads > 1 ? "simd-threads" : "simd");
});

test("threads: 1 takes the build without shared memory", async () => {
  using engine = await createEngine({ threads: 1 });
  assert.equal(engine.build, "simd");
  assert.ok(engine.memory.buffer instanceof ArrayBuffer);
});

test("fast math takes relaxed SIMD where it is, and says why not where it is not", async () => {
  using engine = await createEngine({ threads: 1, math: "fast" });
  const { relaxedSimd } = probe();
  assert.equal(engine.build, relaxedSimd.available ? "relaxed" : "simd");
  assert.equal(engine.math, relaxedSimd.available ? "fast" : "deterministic");
  assert.equal(engine.features().chosen.math.why, relaxedSimd.why);
});

test("the features of the module agree with the build that was chosen", async () => {
  for (const build of ["debug", "simd"] as const) {
    using engine = await createEngine({ build });
    assert.equal(engine.wasm.features(), build === "debug" ? 1 | 8 : 1);
  }
});

test("the module may be given as bytes, a Response, a URL or compiled", async () => {
  const bytes = await moduleBytes();
  const typed = { headers: { "content-type": "application/wasm" } };
  for (const wasm of [
    bytes,
    bytes.buffer,
    await WebAssembly.compile(bytes),
    new Response(bytes, typed),
    new Response(bytes),
    url,
    url.href,
  ]) {
    using engine = await createEngine({ threads: 1, wasm });
    assert.equal(engine.wasm.features(), 1);
  }
});

test("nonsense is refused with the value: 0, 1.5 and −1 threads", async () => {
  for (const threads of [0, 1.5, -1]) {
    await assert.rejects(createEngine({ threads }), { code: "USAGE", message: new RegExp(`threads is ${threads},`) });
  }
});

test("memory.maximum is a ceiling: more is refused, less is given", async () => {
  using engine = await createEngine({ threads: 1, memory: { maximum: 4 << 20 } });
  assert.throws(() => engine.reserve(5 << 20), { code: "OUT_OF_MEMORY" });
  using small = engine.reserve(1 << 20);
  assert.equal(small.bytes().byteLength, 1 << 20);
});

test("kernels for decompositions can be left out, those for quantized weights are; asking for one says how it comes", async () => {
  using plain = await createEngine({ threads: 1 });
  using small = await createEngine({ threads: 1, factor: false });
  const { url: elsewhere } = await import("../../../ts-wrapper/wasm/simd.ts");
  using alone = await createEngine({ build: "simd", wasm: elsewhere });
  assert.equal(typeof plain.wasm.qr_f32, "function");
  assert.throws(() => plain.parallel("decode_q8_0_f32", [0, 0], 1, 1), {
    code: "UNSUPPORTED",
    message: /^decode_q8_0_f32: this engine has no such kernel; .*quant: true/,
  });
  for (const engine of [small, alone]) {
    assert.equal(typeof engine.wasm.gemm_f32, "function");
    assert.throws(() => engine.wasm.qr_f32, {
      code: "UNSUPPORTED",
      message: /^qr_f32: this engine has no such kernel; .*factor: true/,
    });
    assert.equal(engine.live(), 0);
  }
});

test("kernels for quantized weights come when they are asked for, on the same memory, behind the constants of all modules", async () => {
  const { url } = await import("../../../ts-wrapper/wasm/quant-simd.ts");
  for (const quant of [true, url, url.href] as const) {
    using engine = await createEngine({ build: "simd", quant });
    assert.ok(engine.reserve(8).ptr >= engine.wasm.quant_heap_base());
    assert.equal(engine.wasm.features(), 1);
  }
});

test(
  "workers have the kernels for quantized weights too",
  probe().threads.available ? {} : { skip: probe().threads.why },
  async () => {
    using engine = await createEngine({ threads: 3, quant: true });
    const [blocks, size] = [300, 34]; // q8_0: an f16 scale and 32 signed bytes
    using src = engine.reserve(blocks * size);
    using dst = engine.reserve(blocks * 32 * 4);
    const bytes = src.bytes();
    for (let i = 0; i < blocks; i++) bytes.set([0x00, 0x3c, ...Array.from({ length: 32 }, (_, k) => (i + k) & 127)], i * size); // scale 1
    engine.parallel("decode_q8_0_f32", [src.ptr, dst.ptr], blocks, 1);
    const values = engine.f32(dst.ptr, blocks * 32);
    assert.ok(values.every((x, j) => x === (((j >> 5) + (j & 31)) & 127)));
  },
);
