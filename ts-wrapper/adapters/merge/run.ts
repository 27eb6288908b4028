import { LowrankError } from "../../engine/errors.ts";
import { startHashWorker } from "../../io/hasher.ts";
import { checkCopies, checkFinite } from "../load.ts";
import { type IdentifiedAdapter, identify, planHash, sha256 } from "./identity.ts";
import { hashOf, Journal } from "./journal.ts";
import { configText, indexOf, reportOf } from "./manifest.ts";
import type { MergeJob, MergePhase, MergeProgress } from "./options.ts";
import { claimOutput, clear, MANIFEST, sideFilesOf, writeFile } from "./output.ts";
import { type MergePlan, planMerge } from "./plan.ts";
import type { FileReport, MergeReport } from "./report.ts";
import { verifySamples } from "./verify.ts";
import { type HashWorkers, WeightsWriter } from "./weights.ts";

/**
 * Merges and writes, in this order: everything that can be refused is checked; the weights file by file, each synced and
 * named before the next; the side files; the index; the check of what was written; the manifest, last.
 * The last step carries the report. Cancelled by `job.signal`, it removes what is unfinished and throws the signal's reason.
 */
export async function* runMerge(given: MergeJob): AsyncGenerator<MergeProgress, MergeReport> {
  const clock = new Clock();
  const adapters = await identify(given.adapters);
  const job = { ...given, adapters };
  const plan = planMerge(job.base, adapters, job);
  for (const [i, { adapter }] of adapters.entries()) {
    yield clock.step("check", adapter.name, i, adapters.length);
    await checkFinite(adapter, { except: plan.adapters[i]!.unused, ...(job.signal ? { signal: job.signal } : {}) });
    await checkCopies(adapter, job.base, plan.claims[i]!, job.signal);
  }
  const { resumes } = await claimOutput(job, plan);
  const hash = planHash(job, job.base, plan, adapters);
  const journal = resumes ? await Journal.resume(job.sink, hash) : await Journal.begin(job.sink, hash);
  const [input, output] = await Promise.all([startHashWorker(), startHashWorker()]);
  const workers = { input, output };
  try {
    return yield* write(job, plan, adapters, journal, workers, clock);
  } catch (error) {
    await leaveClean(job, journal, error);
    throw error;
  } finally {
    workers.input.close();
    workers.output.close();
  }
}

async function* write(
  job: MergeJob,
  plan: MergePlan,
  adapters: readonly IdentifiedAdapter[],
  journal: Journal,
  workers: HashWorkers,
  clock: Clock,
): AsyncGenerator<MergeProgress, MergeReport> {
  const total = plan.files.reduce((n, f) => n + f.byteLength, 0);
  const weights = new WeightsWriter(job, plan, journal, workers);
  clock.restart();
  try {
    for await (const p of weights.write()) {
      yield clock.step(p.phase, p.item, p.done, p.total, p.bytesRead, p.bytesWritten);
    }
  } finally {
    await weights.close();
  }
  const outputs: FileReport[] = [
    ...plan.files.map((f): FileReport => fileReport(journal, f.file)),
    ...(await writeSideFiles(job, plan)),
  ];
  const report = reportOf(job, plan, {
    baseFiles: job.base.shards.map((s) => ({ file: s.file, bytes: s.source.byteLength, sha256: weights.inputs.get(s.file)! })),
    adapterFiles: adapters.map((a) => a.files),
    outputs,
    energies: weights.energies,
  });
  checkSurvival(job, report);
  if (job.verify !== false) {
    yield clock.step("verify", "samples of the merged tensors", total, total);
    await verifySamples(job, plan);
  }
  await writeFile(job.sink, MANIFEST, new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`));
  await journal.remove();
  yield { ...clock.step("done", job.sink.name, total, total), report };
  return report;
}

function fileReport(journal: Journal, file: string): FileReport {
  const { bytes, sha256 } = journal.finished.get(file)!;
  return { file, bytes, sha256 };
}

async function writeSideFiles(job: MergeJob, plan: MergePlan): Promise<FileReport[]> {
  const files: { name: string; bytes: Uint8Array }[] = [];
  for (const { name, source } of sideFilesOf(job.base)) {
    const bytes = await source.read(0, source.byteLength);
    files.push({ name, bytes: name === "config.json" ? (configText(bytes, plan.configChanges) ?? bytes) : bytes });
  }
  const index = indexOf(job.base, plan);
  if (index) files.push({ name: index.file, bytes: new TextEncoder().encode(index.text) });
  const reports: FileReport[] = [];
  for (const { name, bytes } of files) {
    job.signal?.throwIfAborted();
    await writeFile(job.sink, name, bytes);
    const written = sha256(bytes);
    if ((await hashOf(job.sink, name)) !== written) {
      throw new LowrankError("VERIFY", name, "reads back as something else than was written; check the disk", { file: name });
    }
    reports.push({ file: name, bytes: bytes.byteLength, sha256: written });
  }
  return reports;
}

function checkSurvival(job: MergeJob, report: MergeReport): void {
  const { survival } = report.totals;
  if (job.minSurvival === undefined || survival === null || survival >= job.minSurvival) return;
  const worst = report.tensors.filter((t) => t.survival !== null).sort((a, b) => a.survival! - b.survival!)[0]!;
  const percent = (x: number): string => `${(100 * x).toFixed(2)} %`;
  const text =
    `${percent(survival)} of the change is left after rounding to ${worst.dtype}, ${percent(job.minSurvival)} were asked for ` +
    `(least: ${worst.name} with ${percent(worst.survival!)}); choose a wider --dtype or a lower --min-survival`;
  throw new LowrankError("SURVIVAL", job.base.name, text, { file: job.base.name, tensor: worst.name });
}

/** Errors that say the result itself is not to be had: nothing of it is kept. After the others a merge can go on. */
const FINAL = new Set(["OVERFLOW", "SURVIVAL", "FORMAT", "MISMATCH"]);

async function leaveClean(job: MergeJob, journal: Journal, error: unknown): Promise<void> {
  const isFinal = error instanceof LowrankError && FINAL.has(error.code);
  try {
    const there = await job.sink.list();
    if (isFinal || journal.finished.size === 0) {
      const sides = sideFilesOf(job.base).map((f) => f.name);
      await clear(job.sink, there);
      for (const file of there.filter((f) => sides.includes(f))) await job.sink.remove(file);
      await job.sink.removeIfEmpty();
    } else {
      for (const file of there.filter((f) => f.endsWith(".partial"))) await job.sink.remove(file);
    }
  } catch {
    // The first error says what happened; that cleaning up fails too (a disk that is gone) adds nothing.
  }
}

class Clock {
  #start = performance.now();

  restart(): void {
    this.#start = performance.now();
  }

  step(phase: MergePhase, item: string, done: number, total: number, bytesRead = 0, bytesWritten = 0): MergeProgress {
    const elapsedMs = performance.now() - this.#start;
    const etaMs = done > 0 && phase !== "done" ? (elapsedMs * (total - done)) / done : undefined;
    return { phase, item, done, total, bytesRead, bytesWritten, elapsedMs, etaMs };
  }
}
