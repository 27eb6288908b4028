import { LowrankError } from "../engine/errors.ts";

type Process = Pick<NodeJS.Process, "getBuiltinModule">;

/** The built-in modules of Node, Deno and Bun, without an import that a bundler for the web would follow; `undefined` in a browser. */
export function builtin<K extends "node:fs" | "node:path" | "node:url" | "node:crypto" | "node:worker_threads">(
  name: K,
): NodeModules[K] | undefined {
  const { process } = globalThis as { process?: Partial<Process> };
  return process?.getBuiltinModule?.(name) as NodeModules[K] | undefined;
}

interface NodeModules {
  "node:fs": typeof import("node:fs");
  "node:path": typeof import("node:path");
  "node:url": typeof import("node:url");
  "node:crypto": typeof import("node:crypto");
  "node:worker_threads": typeof import("node:worker_threads");
}

/** As `builtin`, where the file system is what was asked for. */
export function nodeFs(path: string): NodeModules["node:fs"] {
  const fs = builtin("node:fs");
  if (fs) return fs;
  throw new LowrankError("USAGE", path, "a path needs Node, Deno or Bun; here, give a URL, a File, an OPFS handle or bytes", {
    file: path,
  });
}

/** A callback function of `node:fs` as a promise. */
export function promised<T>(start: (done: (error: Error | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value)));
  });
}

/** `code` of a system error: ENOENT, ENOSPC, … */
export function systemCode(cause: unknown): string {
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : "";
}
