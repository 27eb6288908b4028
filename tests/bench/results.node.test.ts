import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { merged, readResults, type StoredRow, saveRows } from "../../bench/results.ts";

const machine = { id: "m", cpu: "c", cores: 2, memory: "1 GiB", system: "linux" };

function row(change: {
  bench?: string;
  n?: number;
  name?: string;
  note?: string;
  build?: string;
  runtime?: string;
  median?: number;
  threads?: number;
}): StoredRow {
  const {
    bench = "gemm",
    n = 1,
    name = "lowrank",
    note = "",
    build = "simd",
    runtime = "node",
    median = 1,
    threads = 1,
  } = change;
  return {
    ...{ bench, point: { n }, needs: {}, error: 0, seconds: { median, min: 1, max: 1, samples: 1 } },
    ...{
      who: { name, version: "", build, threads, note },
      date: "",
      commit: "",
      runtime: { name: runtime, version: "1", cores: 2 },
    },
  };
}

test("results: a new row takes the place of the old one of the same work, runtime and contestant; all else stays", () => {
  const old = [
    row({ n: 1 }),
    row({ n: 2 }),
    row({ n: 1, runtime: "deno" }),
    row({ n: 1, name: "tfjs" }),
    row({ n: 1, threads: 2 }),
  ];
  const fresh = [row({ n: 1, median: 7 })];
  const result = merged(old, fresh);
  assert.equal(result.length, 5);
  assert.deepEqual(
    result.filter((r) => r.seconds?.median === 7),
    fresh,
  );
});

test("results: a contestant's lines of a point that were not measured again go with the point", () => {
  const old = [row({ note: "old way" }), row({ build: "relaxed" }), row({ n: 2, note: "old way" })];
  assert.deepEqual(merged(old, [row({ median: 7 })]), [old[2], row({ median: 7 })]);
});

test("results: rows are stored by machine, and read again; another schema is refused, no file is none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lowrank-results-"));
  try {
    const path = await saveRows(machine, [row({ n: 1 })], folder);
    assert.equal(path, `${folder}/m.json`);
    await saveRows(machine, [row({ n: 2 })], folder);
    assert.deepEqual(
      (await readResults(path))?.rows.map((r) => r.point),
      [{ n: 1 }, { n: 2 }],
    );
    assert.equal(await readResults(`${folder}/none.json`), undefined);
    await writeFile(path, (await readFile(path, "utf8")).replace('"schema": 1', '"schema": 99'));
    await assert.rejects(saveRows(machine, [row({})], folder), { message: /schema 99, 1 was needed/ });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
