import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { allPlots, allResults, details, plot, summary } from "../../bench/render.ts";
import type { StoredRow } from "../../bench/results.ts";
import { barChart } from "../../bench/svg.ts";
import { cells, formatSeconds, threeDigits } from "../../bench/text.ts";

const machine = { id: "a-machine", cpu: "A Processor", cores: 2, memory: "16 GiB", system: "linux x64" };

function row(name: string, build: string, threads: number, median: number, more: Partial<StoredRow> = {}): StoredRow {
  return {
    ...{ bench: "gemm f32", point: { m: 512, n: 512, k: 512 }, needs: { flops: 1e9 }, error: 0.25 },
    seconds: { median, min: median / 2, max: median * 2, samples: 9 },
    who: { name, version: "1.2", build, threads, note: "" },
    ...{ date: "2025-01-02T03:04:05Z", commit: "abc", runtime: { name: "node", version: "20", cores: 2 } },
    ...more,
  };
}

const limit = { flops: 5e10, share: 0.8, by: "arithmetic" } as const;
const rows = [
  row("lowrank", "simd", 1, 0.025, { limit }),
  row("lowrank", "relaxed", 1, 0.02),
  row("lowrank", "simd", 2, 0.0125),
  row("tfjs", "wasm", 1, 0.03),
  row("slow", "", 1, 0.3),
  row("numpy", "openblas", 1, 0.01),
];

test("render: the summary has the fastest peer of the same kind, the ratio to it, the share of the limit", () => {
  const text = summary([{ schema: 1, machine, rows }]);
  assert.match(text, /#### A Processor, node 20/);
  const line =
    "| gemm f32 512×512×512 | tfjs 1.2: 30.0 ms, 33.3 GFLOP/s | 25.0 ms, 40.0 GFLOP/s | 1.20× | 80 % | 20.0 ms, 50.0 GFLOP/s | 12.5 ms, 80.0 GFLOP/s |  |";
  assert.ok(text.includes(line), text);
  assert.doesNotMatch(text, /†/);
});

test("render: rows of a busy machine are marked, and the mark is explained", () => {
  const text = summary([{ schema: 1, machine, rows: rows.map((r) => ({ ...r, busy: 3 })) }]);
  assert.match(text, /25\.0 ms†/);
  assert.match(text, /† measured while the machine was busy/);
});

test("render: a wrong result has no time anywhere", () => {
  const { seconds: _, ...wrong } = row("lowrank", "simd", 1, 0.001, { error: 3 });
  const all = [{ schema: 1, machine, rows: [wrong, row("tfjs", "wasm", 1, 0.03)] }];
  assert.match(summary(all), /\| wrong \|/);
  assert.match(details(all), /wrong: error 3\.00 times its bound/);
  assert.doesNotMatch(plot("gemm f32", all[0]!.rows), />lowrank/);
});

test("render: details have every row with spread, error and origin, and leave empty columns out", () => {
  const text = details([{ schema: 1, machine, rows }]);
  assert.match(text, /<details><summary>node 20 \(2025-01-02, commit abc\)<\/summary>/);
  assert.match(text, /\| 512×512×512 \| lowrank simd, 2 threads \| 12\.5 ms \| 6\.25 ms – 25\.0 ms \| 80\.0 \| {2}\| 0\.25 \|/);
  assert.doesNotMatch(text, /peak memory/);
  assert.match(text, /!\[gemm f32\]\(plots\/a-machine-gemm-f32\.svg\)/);
});

test("render: without results the tables say so", () => {
  assert.match(summary([]), /^No results are stored/);
  assert.equal(details([]), "None.");
});

test("render: a plot has a bar for each row, as long as its speed, and the limit of those that have one", () => {
  const text = plot("gemm f32", rows);
  const widths = [...text.matchAll(/class="(own|peer)" .*? width="([\d.]+)"/g)].map((m) => [m[1], Number(m[2])] as const);
  assert.equal(widths.length, rows.length);
  assert.ok(Math.abs(widths[2]![1] / widths[0]![1] - 2) < 0.01, "twice as fast, twice as long");
  assert.deepEqual(
    widths.map(([who]) => who),
    ["own", "own", "own", "peer", "peer", "peer"],
  );
  assert.equal([...text.matchAll(/<line /g)].length, 1);
  assert.doesNotMatch(barChart("a & b", "<unit>", []), /a & b|<unit>/);
});

test("the plots in bench/plots are those of the stored results", async () => {
  const wanted = allPlots(await allResults());
  const there = await readdir("bench/plots").catch(() => []);
  assert.deepEqual(there.sort(), [...wanted.keys()].sort(), "run `npm run bench`, or remove what is not stored");
  for (const [name, text] of wanted) assert.equal(await readFile(`bench/plots/${name}`, "utf8"), text, name);
});

test("text: three digits and the unit that fits", () => {
  assert.deepEqual([1.5, 0.0123456, 0.00099999, 5e-7].map(formatSeconds), ["1.50 s", "12.3 ms", "1.00 ms", "0.50 µs"]);
  assert.deepEqual([123.4, 12.34, 1.234, 0.1234, 0].map(threeDigits), ["123", "12.3", "1.23", "0.12", "0"]);
  assert.equal(
    cells(row("p", "wasm", 2, 1, { who: { name: "p", version: "3", build: "wasm", threads: 2, note: "its way" } })).who,
    "p 3, 2 threads, its way",
  );
});
