import assert from "node:assert/strict";
import { test } from "node:test";
import * as w from "../../../ts-wrapper/cli/wasm-encode.ts";

test("wasm-encode: LEB128 of the specification's edges", () => {
  assert.deepEqual(w.unsigned(0), [0]);
  assert.deepEqual(w.unsigned(127), [127]);
  assert.deepEqual(w.unsigned(128), [128, 1]);
  assert.deepEqual(w.unsigned(2 ** 32 - 1), [255, 255, 255, 255, 15]);
  assert.deepEqual(w.signed(63), [63]);
  assert.deepEqual(w.signed(64), [192, 0]);
  assert.deepEqual(w.signed(8192), [128, 192, 0]);
});

/** A module of one function f(n) that counts turns of a loop into memory at 0. */
async function turns(loop: w.Code): Promise<(n: number) => number> {
  const [n, i] = [0, 1];
  const vector = 2;
  const store = [...w.constant(0), ...w.get(i), ...w.simd(0x11), ...w.tee(vector), ...w.store(0)]; // i32x4.splat
  const f = { name: "f", parameters: 1, result: true, body: w.body(1, 1, [...loop, ...store, ...w.get(n)]) };
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(w.moduleOf([f], false), { env: { memory } });
  return (count) => {
    assert.equal((instance.exports.f as (n: number) => number)(count), count);
    return new Int32Array(memory.buffer)[3]!;
  };
}

test("wasm-encode: loops ask before or behind a step", async () => {
  const step = w.advance(1, 1);
  const behind = await turns(w.repeat(1, 0, step));
  const before = await turns(w.loop(1, 0, step));
  assert.deepEqual([behind(0), behind(1), behind(5)], [1, 1, 5]);
  assert.deepEqual([before(0), before(1), before(300)], [0, 1, 300]);
});

test("wasm-encode: lanes multiply and add in both types, splats from an offset, and modules may share memory", async () => {
  for (const [dtype, Type] of [
    ["f32", Float32Array],
    ["f64", Float64Array],
  ] as const) {
    const { size, loadSplat, fused } = w.lanes(dtype, false);
    const zero = 0;
    const [x, y, z] = [1, 2, 3];
    const load = (local: number, at: number): w.Code => [...w.get(zero), ...loadSplat(at * size), ...w.set(local)];
    const code = [...load(x, 1), ...load(y, 2), ...load(z, 3), ...w.get(zero), ...fused(x, y, z), ...w.store(64)];
    const f = { name: "f", parameters: 1, body: w.body(0, 3, code) };
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    const { instance } = await WebAssembly.instantiate(w.moduleOf([f], true), { env: { memory } });
    const values = new Type(memory.buffer);
    values.set([9, 2, 3, 4]);
    (instance.exports.f as (p: number) => void)(0);
    assert.deepEqual([...values.subarray(64 / size, 80 / size)], new Array(16 / size).fill(10));
  }
});
