import assert from "node:assert/strict";
import { test } from "node:test";
import { chosen } from "../../bench/measure.ts";
import type { Results, StoredRow } from "../../bench/results.ts";
import { tileModule } from "../../bench/tiles/kernel.ts";
import { tileTables } from "../../bench/tiles/table.ts";
import { tileName, tiles } from "../../bench/tiles/tiles.ts";
import { probe } from "../../ts-wrapper/engine/features.ts";
import { random, rng } from "../support/rng.ts";

type TileFunction = (k: number, a: number, b: number, c: number, i0: number, i1: number) => void;

for (const dtype of ["f32", "f64"] as const) {
  for (const relaxed of [false, ...(probe().relaxedSimd.available ? [true] : [])]) {
    test(`tiles ${dtype}${relaxed ? " relaxed" : ""}: every loop computes the product of its panels, and nothing behind it`, async () => {
      const memory = new WebAssembly.Memory({ initial: 1 });
      const { instance } = await WebAssembly.instantiate(tileModule(tiles, dtype, relaxed), { env: { memory } });
      const Type = dtype === "f32" ? Float32Array : Float64Array;
      const size = Type.BYTES_PER_ELEMENT;
      const [k, pa, pb, pc] = [12, 1024, 8192, 32768];
      // Whole numbers: every sum is exact, fused or not.
      const whole = (n: number, seed: number) => new Type(random(n, rng(seed)).map((x) => Math.round(x * 9)));
      for (const [index, tile] of tiles.entries()) {
        const { rows } = tile;
        const cols = (tile.vectors * 16) / size;
        const [a, b] = [whole(k * rows, 1), whole(k * cols, 2)];
        new Type(memory.buffer, pa, a.length).set(a);
        new Type(memory.buffer, pb, b.length).set(b);
        const c = new Type(memory.buffer, pc, rows * cols + 1).fill(7);
        (instance.exports[`tile_${index}`] as TileFunction)(k, pa, pb, pc, 1, 3);
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < cols; j++) {
            let want = 0;
            for (let s = 0; s < k; s++) want += a[s * rows + i]! * b[s * cols + j]!;
            assert.equal(c[i * cols + j], want, `${tileName(tile)}: ${i}, ${j}`);
          }
        }
        assert.equal(c[rows * cols], 7, tileName(tile));
      }
    });
  }
}

test("tiles: names differ, and they are measured only when named", () => {
  assert.equal(new Set(tiles.map(tileName)).size, tiles.length);
  assert.ok(!chosen([]).some(({ bench }) => bench.name.startsWith("tiles")));
  assert.equal(chosen(["tiles"]).length, 2);
});

test("tiles: the table has a column for each runtime and shares of the fastest loop, not of gemm", () => {
  const row = (note: string, name: string, median: number): StoredRow => ({
    ...{ bench: "tiles f32", point: { m: 120, n: 48, k: 256 }, needs: { flops: 1e9 }, error: 0.25 },
    seconds: { median, min: median, max: median, samples: 9 },
    who: { name: "lowrank", version: "1", build: "simd", threads: 1, note },
    ...{ date: "2025-01-02T03:04:05Z", commit: "abc", runtime: { name, version: "1", cores: 2 } },
  });
  const machine = { id: "m", cpu: "A Processor", cores: 2, memory: "16 GiB", system: "linux x64" };
  const rows = [
    row("gemm", "node", 0.01),
    row("4×2 swap", "node", 0.02),
    row("5×2 splat", "node", 0.04),
    row("4×2 swap", "bun", 0.05),
  ];
  const text = tileTables([{ schema: 1, machine, rows } satisfies Results]);
  assert.match(text, /#### tiles f32, simd, 120×48×256: A Processor/);
  assert.match(text, /\| loop \| node 1 \| bun 1 \|/);
  assert.match(text, /\| gemm \| 100 \(200 %\) \| {2}\|/);
  assert.match(text, /\| 5×2 splat \| 25\.0 \(50 %\) \| {2}\|/);
  assert.match(text, /\| 4×2 swap \| 50\.0 \(100 %\) \| 20\.0 \(100 %\) \|/);
});
