import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import type { Machine } from "./machine.ts";
import { type Row, type RuntimeFacts, rowKey, type Skip } from "./rows.ts";

/** Raised when a field changes its meaning. */
export const SCHEMA = 1;
export const FOLDER = "bench/results";

/** When and from what a row was measured. */
export interface Origin {
  readonly date: string;
  readonly commit: string;
  readonly runtime: RuntimeFacts;
  /** Processors at work on other things when the run started; only where there were so many that times are not to be trusted. */
  readonly busy?: number;
}

export type StoredRow = Row & Origin;

/** Everything that was measured on one machine; a new row takes the place of an older one of the same work and runtime. */
export interface Results {
  readonly schema: number;
  readonly machine: Machine;
  readonly rows: readonly StoredRow[];
}

export type { Skip };

const key = (row: StoredRow): string => `${row.runtime.name} ${rowKey(row)}`;

/** The rows of both, the newer where both have one. Rows of a point that was measured anew and did not come again go. */
export function merged(old: readonly StoredRow[], fresh: readonly StoredRow[]): StoredRow[] {
  const point = (row: StoredRow): string =>
    JSON.stringify([row.runtime.name, row.bench, row.point, row.who.name, row.who.threads]);
  const points = new Set(fresh.map(point));
  const rows = new Map(old.filter((row) => !points.has(point(row))).map((row) => [key(row), row]));
  for (const row of fresh) rows.set(key(row), row);
  return [...rows.values()];
}

export async function readResults(path: string): Promise<Results | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const results = JSON.parse(text) as Results;
  if (results.schema !== SCHEMA) throw new Error(`${path}: schema ${results.schema}, ${SCHEMA} was needed; measure anew`);
  return results;
}

/** Puts the rows into the machine's file. */
export async function saveRows(machine: Machine, fresh: readonly StoredRow[], folder = FOLDER): Promise<string> {
  const path = `${folder}/${machine.id}.json`;
  const old = await readResults(path);
  const results: Results = { schema: SCHEMA, machine, rows: merged(old?.rows ?? [], fresh) };
  await mkdir(folder, { recursive: true });
  await writeFile(`${path}.tmp`, `${JSON.stringify(results, null, 1)}\n`);
  await rename(`${path}.tmp`, path);
  return path;
}
