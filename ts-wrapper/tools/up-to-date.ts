import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Whether every output is there and none is older than the newest input. Inputs are files or folders, read to the bottom. */
export async function isUpToDate(inputs: readonly string[], outputs: readonly string[]): Promise<boolean> {
  const written = await Promise.all(outputs.map((path) => modified(path)));
  const changed = await Promise.all(inputs.map((path) => newest(path)));
  return Math.min(...written) >= Math.max(...changed);
}

/** 0 where there is no such file. */
async function modified(path: string): Promise<number> {
  return stat(path).then(
    (s) => s.mtimeMs,
    () => 0,
  );
}

/** A folder's own time counts: it tells of files that were removed. */
async function newest(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const inside = await Promise.all(entries.map((entry) => (entry.isDirectory() ? newest : modified)(join(path, entry.name))));
  return Math.max(await modified(path), ...inside);
}
