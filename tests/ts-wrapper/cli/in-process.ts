import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commands } from "../../../ts-wrapper/cli/commands/index.ts";
import { dispatch } from "../../../ts-wrapper/cli/dispatch.ts";

export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export interface Around {
  readonly tty?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Runs one command line in this process, with the real commands and streams that remember. */
export async function lowrank(argv: readonly string[], around: Around = {}): Promise<Ran> {
  const text = { out: "", err: "" };
  const stream = (name: "out" | "err") => ({
    isTTY: around.tty === true,
    columns: 80,
    write(part: string): boolean {
      text[name] += part;
      return true;
    },
  });
  // One thread, where it does not matter: starting workers takes longer than these merges.
  const oneThread = !argv.includes("--threads") && ["merge", "inspect", "svd"].includes(argv[0] ?? "");
  const exit = await dispatch(commands, {
    argv: oneThread ? [...argv, "--threads", "1"] : argv,
    env: around.env ?? {},
    stdout: stream("out"),
    stderr: stream("err"),
    signal: around.signal ?? new AbortController().signal,
    version: "0.0.0",
  });
  return { exit, ...text };
}

const top = fileURLToPath(new URL("../../../", import.meta.url));
export const base: string = join(top, "examples/kjv-llama/base");
export const example = (name: string): string => join(top, "examples/kjv-llama/adapters", name);
export const broken = (name: string): string => join(top, "tests/fixtures/kjv-llama/adapters", name);

/** A folder that is gone when the process ends. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "lowrank-cli-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
