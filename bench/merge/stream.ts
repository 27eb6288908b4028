// Merging a checkpoint on disk, beside `cp` of the same file with fsync: wall time and peak memory.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { layersFor, makeAdapter, makeCheckpoint } from "./checkpoint.ts";

const GiB = 2 ** 30;
const RANK = 16;

export interface StreamResult {
  readonly gib: number;
  readonly bytes: number;
  readonly runs: number;
  readonly copySeconds: readonly number[];
  readonly mergeSeconds: readonly number[];
  readonly mergeUnverifiedSeconds: readonly number[];
  readonly peakMiB: number;
}

/** One size, `runs` times in turn: copy, merge, merge without reading back. The page cache is warm from the making. */
export async function benchStream(folder: string, gib: number, runs: number, threads: number): Promise<StreamResult> {
  const base = `${folder}/base-${gib}`;
  const adapter = `${folder}/adapter-${gib}`;
  const out = `${folder}/out`;
  const path = await makeCheckpoint(base, gib * GiB);
  await makeAdapter(adapter, layersFor(gib * GiB), RANK);
  const { size } = await import("node:fs/promises").then((fs) => fs.stat(path));
  const cli = ["dist/cli/main.js", "merge", base, "-a", adapter, "-o", out, "--threads", String(threads), "--quiet"];
  const copySeconds: number[] = [];
  const mergeSeconds: number[] = [];
  const mergeUnverifiedSeconds: number[] = [];
  let peakMiB = 0;
  for (let i = 0; i < runs; i++) {
    await rm(out, { recursive: true, force: true });
    copySeconds.push((await timed("sh", ["-c", `mkdir -p ${out} && cp ${path} ${out}/copy && sync ${out}/copy`])).seconds);
    await rm(out, { recursive: true, force: true });
    const merged = await timed(process.execPath, cli);
    mergeSeconds.push(merged.seconds);
    peakMiB = Math.max(peakMiB, merged.peakMiB);
    await rm(out, { recursive: true, force: true });
    mergeUnverifiedSeconds.push((await timed(process.execPath, [...cli, "--no-verify"])).seconds);
  }
  await rm(out, { recursive: true, force: true });
  return { gib, bytes: size, runs, copySeconds, mergeSeconds, mergeUnverifiedSeconds, peakMiB };
}

async function timed(command: string, args: readonly string[]): Promise<{ seconds: number; peakMiB: number }> {
  const start = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  let peakMiB = 0;
  const watch = setInterval(() => {
    peakMiB = Math.max(peakMiB, highWater(child));
  }, 20);
  const code = await new Promise<number | null>((done, fail) => {
    child.once("exit", done);
    child.once("error", fail);
  });
  clearInterval(watch);
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}`);
  return { seconds, peakMiB };
}

/** The most memory the process has had, as the kernel counts it; 0 once it is gone. */
function highWater(child: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
