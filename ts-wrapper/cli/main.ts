#!/usr/bin/env node
import { version } from "../engine/version.gen.ts";
import { commands } from "./commands/index.ts";
import { dispatch } from "./dispatch.ts";

const controller = new AbortController();

function interrupt(): void {
  if (controller.signal.aborted) process.exit(130);
  controller.abort(new DOMException("interrupted", "AbortError"));
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, interrupt);

// A reader that has seen enough (`lowrank inspect … | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await dispatch(commands, {
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
  version,
});
