import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { pointLabel } from "../../bench/bench.ts";
import { benches } from "../../bench/benches.ts";
import { available, startEngine } from "../../bench/engines.ts";
import { chosen, label, matches } from "../../bench/measure.ts";
import { definitions } from "../../bench/peers/index.ts";

test("every *.bench.ts stands in benches.ts, and every name is told apart", async () => {
  const list = await readFile("bench/benches.ts", "utf8");
  const files = (await readdir("bench", { recursive: true })).filter(
    (path) => path.endsWith(".bench.ts") && !path.startsWith("node_modules"),
  );
  assert.ok(files.length > 0);
  for (const file of files) assert.ok(list.includes(`"./${file}"`), `${file} is missing in bench/benches.ts`);
  const labels = benches.flatMap((bench) => bench.grid.map((point) => label(bench, point)));
  assert.equal(new Set(labels).size, labels.length);
});

test("every peer of bench/package.json has its file and its line, and is pinned to one version", async () => {
  const { devDependencies } = JSON.parse(await readFile("bench/package.json", "utf8")) as {
    devDependencies: Record<string, string>;
  };
  for (const version of Object.values(devDependencies)) assert.match(version, /^\d+\.\d+\.\d+$/);
  const names = Object.keys(devDependencies).filter((name) => name !== "@tensorflow/tfjs-core");
  assert.deepEqual(definitions.map((d) => d.name).sort(), names.sort());
});

test("filters are parts of labels, without case, and x stands for ×", () => {
  assert.ok(matches("gemm f32 512×512×512", ["F32 512x512"]));
  assert.ok(matches("gemm X·Wᵀ f32", ["x·w"]));
  assert.ok(!matches("gemm f64 512×512×512", ["f32", "gemv"]));
  assert.ok(matches("anything", []));
  assert.deepEqual(
    chosen(["gemm f32 512"]).map(({ bench, points }) => [bench.name, points]),
    [["gemm f32", [{ m: 512, n: 512, k: 512 }]]],
  );
  assert.equal(pointLabel({ n: 8, rank: 2 }), "n=8 rank=2");
});

test("a variant that this machine cannot run is left out with the reason", () => {
  const { have, lack } = available([
    { build: "simd", threads: 1 },
    { build: "simd", threads: 5000 },
  ]);
  assert.deepEqual(have, [{ build: "simd", threads: 1 }]);
  assert.match(lack[0]!.why, /^5000 threads asked|shared/);
});

/** Points small enough for a test, by the names of their sizes. */
const small: Readonly<Record<string, number>> = { m: 37, n: 256, k: 45, r: 4, rows: 24, cols: 24, rank: 4, count: 5 };

for (const bench of benches) {
  test(`bench ${bench.name}: the library's result passes the check on a small point, and zeros do not`, async () => {
    const point = Object.fromEntries(Object.keys(bench.grid[0]!).map((name) => [name, small[name]!]));
    using engine = await startEngine({ build: "simd", threads: 1 });
    const data = bench.setup(point);
    const made = bench.run(engine, data, point);
    for (const contestant of [made].flat()) {
      await contestant.step();
      const result = await contestant.result();
      const error = bench.check(data, result, point);
      assert.ok(error <= 1, `${contestant.note ?? ""}: ${error}`);
      assert.ok(!(bench.check(data, zeros(result), point) <= 1));
      contestant[Symbol.dispose]?.();
    }
    assert.equal(engine.live(), 0);
  });
}

function zeros(result: unknown): unknown {
  if (ArrayBuffer.isView(result)) return (result as Float32Array).slice().fill(0);
  return Object.fromEntries(Object.entries(result as object).map(([key, value]) => [key, zeros(value)]));
}
