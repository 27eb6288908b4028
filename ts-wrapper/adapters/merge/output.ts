import { LowrankError } from "../../engine/errors.ts";
import type { FolderSink } from "../../io/byte-sink.ts";
import type { Model } from "../../io/model.ts";
import type { MergeJob } from "./options.ts";
import type { MergePlan } from "./plan.ts";

/** Written last: inputs, outputs and what was done, with their hashes. A folder without it is unfinished. */
export const MANIFEST = "merge.json";
/** What is finished so far; removed when the manifest is written. */
export const JOURNAL = "merge.journal";
/** The index of a checkpoint in several files, where the base has no name for it. */
export const INDEX = "model.safetensors.index.json";

/** Writes a small file whole. */
export async function writeFile(sink: FolderSink, file: string, bytes: Uint8Array): Promise<void> {
  const target = await sink.create(file, bytes.byteLength);
  try {
    if (bytes.byteLength > 0) await target.write(0, bytes);
    await target.commit();
  } catch (error) {
    await target.abort();
    throw error;
  }
}

/** Refuses an output that is an input, is taken, or has no room. Nothing is written or removed before all of it is checked. */
export async function claimOutput(job: MergeJob, plan: MergePlan): Promise<{ readonly resumes: boolean }> {
  const { sink, base } = job;
  const inputs = [base, ...job.adapters.map((a) => a.adapter)];
  for (const input of inputs) {
    if (sink.location === undefined || input.location === undefined) continue;
    if (folderOf(input.location) === sink.location) {
      const text = `the output is also the input ${input.name}, another place was needed; choose another --out`;
      throw new LowrankError("USAGE", sink.name, text, { file: sink.name });
    }
  }
  const there = await sink.list();
  const unfinished = there.includes(JOURNAL);
  if (there.length > 0 && !job.overwrite && !(unfinished && job.resume)) {
    const text = unfinished
      ? "holds an unfinished merge, an empty place was needed; go on with --resume or start over with --overwrite"
      : `holds ${there.length} files already, an empty place was needed; choose another --out or replace them with --overwrite`;
    throw new LowrankError("USAGE", sink.name, text, { file: sink.name });
  }
  const resumes = unfinished && job.resume === true;
  if (!resumes) await checkRoom(sink, plan, job.overwrite ? there : []);
  if (!resumes && job.overwrite) await clear(sink, there);
  return { resumes };
}

/** `…/model/model.safetensors` → `…/model`: a base may be given as the handle of one file. */
function folderOf(location: string): string {
  return location.replace(/[/\\][^/\\]*\.safetensors$/, "");
}

async function checkRoom(sink: FolderSink, plan: MergePlan, replaced: readonly string[]): Promise<void> {
  const free = await sink.freeBytes();
  if (free === undefined) return;
  let back = 0;
  for (const file of replaced.filter(isOurs)) back += (await sink.open(file))?.byteLength ?? 0;
  if (plan.diskNeeded <= free + back) return;
  const text = `${free} bytes are free, ${plan.diskNeeded} are needed; make room or choose another --out`;
  throw new LowrankError("NO_SPACE", sink.name, text, { file: sink.name });
}

function isOurs(file: string): boolean {
  return file === MANIFEST || file === JOURNAL || /\.(safetensors|safetensors\.index\.json|partial)$/.test(file);
}

/** Removes what a merge leaves behind, the manifest first, so that no half-replaced folder looks finished. */
export async function clear(sink: FolderSink, files: readonly string[]): Promise<void> {
  const ours = files.filter(isOurs);
  for (const file of [...ours.filter((f) => f === MANIFEST), ...ours.filter((f) => f !== MANIFEST)]) await sink.remove(file);
}

/** Side files of the base that go along, under the names they have. */
export function sideFilesOf(base: Model): Model["sideFiles"] {
  return base.sideFiles.filter((f) => f.name !== MANIFEST && f.name !== JOURNAL);
}
