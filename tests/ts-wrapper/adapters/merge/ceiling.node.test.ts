import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { layoutSafetensors } from "../../../../ts-wrapper/io/safetensors-write.ts";

const MiB = 2 ** 20;
const SIDE = 2048;
const RANK = 8;
const top = fileURLToPath(new URL("../../../../", import.meta.url));
const cli = join(top, "dist/cli/main.js");

/** Writes tensors whose values are one block again and again. */
async function write(
  path: string,
  tensors: { name: string; dtype: "BF16" | "F32"; shape: number[] }[],
  block: Uint8Array,
): Promise<void> {
  const { header, byteLength } = layoutSafetensors(tensors);
  const file = await open(path, "w");
  await file.write(header);
  for (let left = byteLength - header.byteLength; left > 0; left -= block.byteLength)
    await file.write(block, 0, Math.min(left, block.byteLength));
  await file.close();
}

/** A model of `layers` square matrices, and an adapter on all of them. */
async function make(folder: string, layers: number): Promise<void> {
  const names = Array.from({ length: layers }, (_, i) => `model.layers.${i}.q_proj`);
  await mkdir(join(folder, "base"), { recursive: true });
  await mkdir(join(folder, "adapter"), { recursive: true });
  await write(
    join(folder, "base/model.safetensors"),
    names.map((n) => ({ name: `${n}.weight`, dtype: "BF16", shape: [SIDE, SIDE] })),
    new Uint8Array(Uint16Array.from({ length: 1 << 20 }, (_, i) => 0x3c00 + (i % 1021)).buffer),
  );
  const factors = names.flatMap((n) => [
    { name: `base_model.model.${n}.lora_A.weight`, dtype: "F32" as const, shape: [RANK, SIDE] },
    { name: `base_model.model.${n}.lora_B.weight`, dtype: "F32" as const, shape: [SIDE, RANK] },
  ]);
  await write(
    join(folder, "adapter/adapter_model.safetensors"),
    factors,
    new Uint8Array(new Float32Array(1 << 18).fill(0.001).buffer),
  );
  await writeFile(
    join(folder, "adapter/adapter_config.json"),
    JSON.stringify({ peft_type: "LORA", r: RANK, lora_alpha: RANK, target_modules: ["q_proj"] }),
  );
}

/** Merges in a process of its own and gives the most memory it had, as the system counts it. */
async function peak(folder: string, ceiling: number): Promise<number> {
  const args = [
    cli,
    "merge",
    join(folder, "base"),
    "-a",
    join(folder, "adapter"),
    "-o",
    join(folder, "out"),
    "--memory",
    `${ceiling / MiB}MiB`,
    "--threads",
    "2",
    "--quiet",
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let text = "";
  child.stderr.on("data", (d) => {
    text += d;
  });
  let high = 0;
  const watch = setInterval(() => {
    try {
      high = Math.max(high, Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0) * 1024);
    } catch {
      // it has just ended
    }
  }, 5);
  const code = await new Promise((done) => child.once("exit", done));
  clearInterval(watch);
  assert.equal(code, 0, text);
  await rm(join(folder, "out"), { recursive: true });
  return high;
}

const skip = !existsSync("/proc/self/status")
  ? "no /proc to read the memory of a process from"
  : !process.versions.bun && !("Deno" in globalThis)
    ? false
    : "the process that is measured is Node's";

test(
  "the ceiling holds for the whole process, at 200 and 320 MiB, and four times the model takes no more memory",
  skip ? { skip } : {},
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "lowrank-ceiling-"));
    try {
      const peaks: number[] = [];
      for (const layers of [10, 40]) {
        await make(folder, layers);
        for (const ceiling of [200 * MiB, 320 * MiB]) {
          const high = await peak(folder, ceiling);
          assert.ok(
            high > 0 && high <= ceiling,
            `${layers} layers: ${(high / MiB).toFixed(0)} MiB under a ceiling of ${ceiling / MiB}`,
          );
          if (ceiling === 320 * MiB) peaks.push(high);
        }
      }
      assert.ok(peaks[1]! <= 1.1 * peaks[0]!, `${peaks.map((p) => (p / MiB).toFixed(0))} MiB`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
