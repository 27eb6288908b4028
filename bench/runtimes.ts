// Starts a task in a runtime and hands on its events.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { probe } from "../ts-wrapper/engine/features.ts";
import { measureInBrowser } from "./browser/drive.ts";
import type { Event } from "./rows.ts";
import { MARK, type Task } from "./task.ts";

export const runtimeNames = ["node", "deno", "bun", "chromium", "firefox"] as const;
export type RuntimeName = (typeof runtimeNames)[number];

export type Say = (event: Event) => void;

const main = "bench/measure-main.ts";

/** Runs the task to its end. Throws when the runtime is not there, or ends before the task. */
export async function runIn(runtime: RuntimeName, task: Task, say: Say, print: (line: string) => void): Promise<void> {
  switch (runtime) {
    case "node": {
      const flags = probe().relaxedSimd.available ? [] : ["--experimental-wasm-relaxed-simd"];
      return runProcess(process.execPath, [...flags, "--import", "tsx", main], task, say, print);
    }
    case "deno":
      return runProcess(
        "node_modules/.bin/deno",
        ["run", "-A", "--no-check", "--node-modules-dir=manual", main],
        task,
        say,
        print,
      );
    case "bun":
      return runProcess("node_modules/.bin/bun", [main], task, say, print);
    case "chromium":
    case "firefox":
      return measureInBrowser(runtime, task, say, print);
  }
}

async function runProcess(
  program: string,
  args: readonly string[],
  task: Task,
  say: Say,
  print: (line: string) => void,
): Promise<void> {
  if (!existsSync(program)) throw new Error(`${program} is not there: run \`npm ci\``);
  const child = spawn(program, [...args, JSON.stringify(task)], { stdio: ["ignore", "pipe", "inherit"] });
  let ended = false;
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (!line.startsWith(MARK)) return print(line);
    const event = JSON.parse(line.slice(MARK.length)) as Event;
    ended ||= event.type === "end";
    say(event);
  });
  const status = await new Promise<string | number | null>((done, fail) => {
    child.once("error", fail);
    child.once("close", (code, signal) => done(signal ?? code));
  });
  if (!ended) throw new Error(`${program} ended with ${status} before the last bench`);
}
