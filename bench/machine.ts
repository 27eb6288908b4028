import { execFileSync } from "node:child_process";
import { arch, cpus, platform, totalmem } from "node:os";
import { formatMemory } from "../ts-wrapper/cli/format.ts";

/** The machine that numbers come from. */
export interface Machine {
  /** Name of its file of results. */
  readonly id: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly system: string;
}

export function thisMachine(): Machine {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const cores = cpus().length;
  const words = `${model} ${cores} ${platform()}`.toLowerCase().replaceAll(/\((r|tm)\)|\bcpu\b|@/g, " ");
  return {
    id: words.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, ""),
    cpu: model,
    cores,
    memory: formatMemory(totalmem()),
    system: `${platform()} ${arch()}`,
  };
}

/** The commit that is measured, with `+` where files differ from it; empty outside a repository. */
export function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    const sources = ["assembly", "ts-wrapper", "bench", "asconfig.json"];
    return (
      git("rev-parse", "--short=10", "HEAD") +
      (git("status", "--porcelain", "--", ...sources, ":!bench/results", ":!bench/README.md") ? "+" : "")
    );
  } catch {
    return "";
  }
}

/** Processors at work just now: what all programs together used during a second. */
export async function load(): Promise<number> {
  const sums = () => cpus().map(({ times }) => ({ idle: times.idle, all: Object.values(times).reduce((a, b) => a + b, 0) }));
  const before = sums();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return sums().reduce((busy, { idle, all }, i) => {
    const passed = all - before[i]!.all;
    return busy + (passed > 0 ? 1 - (idle - before[i]!.idle) / passed : 0);
  }, 0);
}

/** With more than this at work before a run starts, its numbers are marked. */
export const MOST_LOAD = 0.3;
