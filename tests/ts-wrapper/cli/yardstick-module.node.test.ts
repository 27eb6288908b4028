import assert from "node:assert/strict";
import { test } from "node:test";
import { panelBytes, READ_STEP, TILE_BYTES, tileFlops, yardstickModule } from "../../../ts-wrapper/cli/yardstick-module.ts";
import { probe } from "../../../ts-wrapper/engine/features.ts";
import { random, rng } from "../../support/rng.ts";

interface Exports {
  heap_base(): number;
  mul_f32(k: number, a: number, b: number, c: number, i0: number, i1: number): void;
  mul_f64(k: number, a: number, b: number, c: number, i0: number, i1: number): void;
  read(p: number, n: number, out: number, i0: number, i1: number): void;
}

async function start(relaxed: boolean, shared: boolean): Promise<{ memory: WebAssembly.Memory; wasm: Exports }> {
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 65536, shared });
  const { instance } = await WebAssembly.instantiate(yardstickModule({ relaxed, shared }), { env: { memory } });
  return { memory, wasm: instance.exports as unknown as Exports };
}

const kinds = [
  { relaxed: false, shared: false },
  { relaxed: false, shared: true },
  ...(probe().relaxedSimd.available ? [{ relaxed: true, shared: false }] : []),
];

for (const { relaxed, shared } of kinds) {
  const name = `yardstick ${relaxed ? "relaxed" : "simd"}${shared ? " shared" : ""}`;
  for (const dtype of ["f32", "f64"] as const) {
    test(`${name}: a tile of ${dtype} is the product of its panels, summed over the calls' tiles`, async () => {
      const { memory, wasm } = await start(relaxed, shared);
      const [k, tiles, lanes] = [7, 3, dtype === "f32" ? 4 : 2];
      const Type = dtype === "f32" ? Float32Array : Float64Array;
      const size = Type.BYTES_PER_ELEMENT;
      // Whole numbers: every sum is exact, fused or not.
      const whole = (n: number, seed: number) => new Type(random(n, rng(seed)).map((x) => Math.round(x * 9)));
      const [a, b] = [whole(4 * k, 1), whole(2 * lanes * k, 2)];
      const sizes = panelBytes(k, dtype);
      assert.deepEqual([sizes.a, sizes.b], [a.byteLength, b.byteLength]);
      const pa = wasm.heap_base();
      const [pb, pc] = [pa + sizes.a, pa + sizes.a + sizes.b];
      new Type(memory.buffer, pa, a.length).set(a);
      new Type(memory.buffer, pb, b.length).set(b);
      wasm[`mul_${dtype}`](k, pa, pb, pc, 1, 1 + tiles);
      const got = new Type(memory.buffer, pc + TILE_BYTES, TILE_BYTES / size);
      for (let i = 0; i < 4; i++) {
        for (let j = 0; j < 2 * lanes; j++) {
          let want = 0;
          for (let s = 0; s < k; s++) want += a[4 * s + i]! * b[2 * lanes * s + j]!;
          assert.equal(got[i * 2 * lanes + j], tiles * want, `${i}, ${j}`);
        }
      }
      assert.equal(new Uint8Array(memory.buffer, pc, TILE_BYTES).some(Boolean), false, "nothing before its place");
      assert.equal(tileFlops(k, dtype), 2 * k * 4 * 2 * lanes);
    });
  }

  test(`${name}: reading gives the xor of all vectors of its rows`, async () => {
    const { memory, wasm } = await start(relaxed, shared);
    const [rows, n, at] = [5, 3 * READ_STEP, 4096];
    const bytes = new Uint8Array(memory.buffer, at, rows * n);
    const next = rng(3);
    for (let i = 0; i < bytes.length; i++) bytes[i] = next() * 256;
    const want = new Uint8Array(16);
    for (let i = n; i < 4 * n; i++) want[i % 16]! ^= bytes[i]!;
    wasm.read(at, n, 1024, 1, 4);
    assert.deepEqual(Uint8Array.from(new Uint8Array(memory.buffer, 1024 + 16, 16)), want);
  });
}

test("yardstick: an empty range touches no operand", async () => {
  const { memory, wasm } = await start(false, false);
  wasm.mul_f32(1, 0xfffffff0, 0xfffffff0, 2048, 0, 0);
  wasm.read(0xfffffff0, READ_STEP, 4096, 2, 2);
  assert.equal(new Uint8Array(memory.buffer).some(Boolean), false);
});
