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

/** Numbers of Linux and macOS for what Deno reports by number alone. */
const numbered: Readonly<Record<string, string>> = { 27: "EFBIG", 28: "ENOSPC", 30: "EROFS", 69: "EDQUOT", 122: "EDQUOT" };

/** `code` of a system error: ENOENT, ENOSPC, …; empty for everything else. */
export function systemCode(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  const { code } = cause as NodeJS.ErrnoException;
  if (typeof code === "string") return code;
  const number = /\(os error (\d+)\)/.exec(cause.message)?.[1] ?? "";
  return (Object.hasOwn(numbered, number) ? numbered[number] : undefined) ?? "";
}
