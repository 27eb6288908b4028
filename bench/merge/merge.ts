import { mkdtemp, rm, statfs } from "node:fs/promises";
import { spread } from "../../ts-wrapper/cli/measuring.ts";
import { version } from "../../ts-wrapper/engine/version.gen.ts";
import { ensureBuilt } from "../../ts-wrapper/tools/build.ts";
import { MERGE, type Row } from "../rows.ts";
import { benchStream } from "./stream.ts";

export interface MergeOptions {
  /** Where the checkpoints are made; they are removed afterwards. */
  readonly folder: string;
  readonly gib: readonly number[];
  readonly runs: number;
  readonly threads: number;
}

/** Checkpoint, adapter, and what a run writes beside them. */
const SPACE = 2.2;

/**
 * `lowrank merge` of an adapter into checkpoints of some sizes, beside `cp` with fsync, as programs on a disk. A merge checks its
 * output itself and fails where it is wrong, so a row is of a right result.
 */
export async function measureMerge({ folder, gib, runs, threads }: MergeOptions, say: (row: Row) => void): Promise<void> {
  await ensureBuilt();
  const place = await mkdtemp(`${folder}/lowrank-bench-`);
  try {
    for (const size of gib) {
      const { bavail, bsize } = await statfs(place);
      if (bavail * bsize < SPACE * size * 2 ** 30)
        throw new Error(`${folder}: ${size} GiB and their copies have no room; --folder names another`);
      const result = await benchStream(place, size, runs, threads);
      const point = { gib: size };
      const needs = { bytes: 2 * result.bytes };
      const library = { name: "lowrank", version, build: "simd", threads };
      const rows: Pick<Row, "who" | "seconds" | "peakBytes">[] = [
        { who: { name: "cp", version: "", build: "", threads: 1, note: "with fsync" }, seconds: spread(result.copySeconds) },
        {
          who: { ...library, note: "reads back and verifies" },
          seconds: spread(result.mergeSeconds),
          peakBytes: result.peakMiB * 2 ** 20,
        },
        { who: { ...library, note: "--no-verify" }, seconds: spread(result.mergeUnverifiedSeconds) },
      ];
      for (const row of rows) say({ bench: MERGE, point, needs, error: 0, ...row });
      await rm(`${place}/base-${size}`, { recursive: true, force: true });
    }
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
