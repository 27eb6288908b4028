import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { rng } from "../../../support/rng.ts";

const top = fileURLToPath(new URL("../../../../", import.meta.url));
const KILLS = 50;
const SEED = 20261124;

async function contents(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).sort();
  return new Map(await Promise.all(names.map(async (n) => [n, (await readFile(join(folder, n))).toString("base64")] as const)));
}

test(`killed with SIGKILL at ${KILLS} random points and resumed, a merge into five files gives the same bytes as one that ran through`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "lowrank-crash-"));
  try {
    const child = join(folder, "child.mjs");
    await build({
      entryPoints: [join(top, "tests/support/merge-child.ts")],
      outfile: child,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      logLevel: "error",
      external: ["*.wasm"],
    });
    // Workers are found beside the file that starts them.
    await copyFile(join(top, "ts-wrapper/io/hash-worker.js"), join(folder, "hash-worker.js"));
    const base = join(top, "examples/kjv-llama/base");
    const adapter = join(top, "examples/kjv-llama/adapters/lora-licences");
    const wasm = new URL("../../../../ts-wrapper/wasm/simd.wasm", import.meta.url).href;
    const run = (out: string, killAt: number): ReturnType<typeof spawnSync> =>
      spawnSync(process.execPath, [child, base, adapter, out, wasm, String(killAt), "1000000"], { encoding: "utf8" });
    const whole = join(folder, "whole");
    const through = run(whole, 0);
    assert.equal(through.status, 0, String(through.stderr));
    const operations = Number(through.stdout);
    const want = await contents(whole);
    assert.ok(want.size > 8 && !want.has("merge.journal"));

    const next = rng(SEED);
    const out = join(folder, "out");
    let kills = 0;
    while (kills < KILLS) {
      const ended = run(out, 1 + Math.floor(next() * operations));
      if (ended.signal === "SIGKILL") {
        kills++;
        continue;
      }
      assert.equal(ended.status, 0, String(ended.stderr));
      assert.deepEqual(await contents(out), want, `seed ${SEED}, after ${kills} kills`);
      await rm(out, { recursive: true });
    }
    const last = run(out, 0);
    assert.equal(last.status, 0, String(last.stderr));
    assert.deepEqual(await contents(out), want, `seed ${SEED}, at the end`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
