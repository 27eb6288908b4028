import { LowrankError } from "../../engine/errors.ts";
import type { FolderSink } from "../../io/byte-sink.ts";
import { createHasher } from "../../io/hasher.ts";
import { JOURNAL, writeFile } from "./output.ts";
import type { Energies } from "./report.ts";

/** A finished file of weights: what is in it, so that a later run need not compute it again. */
export interface FinishedFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Energies of its edited tensors. */
  readonly energies: readonly (readonly [string, Energies])[];
  /** Hashes of the base's files that were read to their end. */
  readonly inputs: readonly (readonly [string, string])[];
}

/**
 * One line for the plan, one for each finished file, each synced before the work goes on.
 * A line that a crash cut short is not read.
 */
export class Journal {
  readonly #sink: FolderSink;
  readonly finished = new Map<string, FinishedFile>();

  private constructor(sink: FolderSink) {
    this.#sink = sink;
  }

  static async begin(sink: FolderSink, planHash: string): Promise<Journal> {
    await sink.append(JOURNAL, JSON.stringify({ plan: planHash }));
    return new Journal(sink);
  }

  /**
   * Reads a journal, keeps the files in it whose bytes are still the same, and writes it anew with those, so that the next
   * line does not join one that a crash cut short. Refuses a journal of another plan.
   */
  static async resume(sink: FolderSink, planHash: string): Promise<Journal> {
    const [head, ...rest] = await readLines(sink);
    if (head !== undefined && (head as { plan?: string }).plan !== planHash) {
      const text = "was begun with other inputs or options, the same ones were needed to go on; start over with --overwrite";
      throw new LowrankError("USAGE", sink.name, text, { file: JOURNAL });
    }
    const journal = new Journal(sink);
    for (const line of rest as FinishedFile[]) {
      if ((await hashOf(sink, line.file)) === line.sha256) journal.finished.set(line.file, line);
    }
    const lines = [{ plan: planHash }, ...journal.finished.values()].map((line) => `${JSON.stringify(line)}\n`);
    await writeFile(sink, JOURNAL, new TextEncoder().encode(lines.join("")));
    return journal;
  }

  async add(entry: FinishedFile): Promise<void> {
    this.finished.set(entry.file, entry);
    await this.#sink.append(JOURNAL, JSON.stringify(entry));
  }

  async remove(): Promise<void> {
    await this.#sink.remove(JOURNAL);
  }
}

async function readLines(sink: FolderSink): Promise<unknown[]> {
  const source = await sink.open(JOURNAL);
  if (!source) return [];
  const text = new TextDecoder().decode(await source.read(0, source.byteLength));
  await source.close?.();
  const lines: unknown[] = [];
  for (const line of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
    try {
      if (line !== "") lines.push(JSON.parse(line));
    } catch {
      break; // cut short: what stands behind it was not written by a run that knew of it
    }
  }
  return lines;
}

const CHUNK = 1 << 20;

/** SHA-256 of a committed file, or `undefined` where it is not there. */
export async function hashOf(sink: FolderSink, file: string): Promise<string | undefined> {
  const source = await sink.open(file);
  if (!source) return undefined;
  const hasher = createHasher();
  for (let at = 0; at < source.byteLength; at += CHUNK) {
    hasher.update(await source.read(at, Math.min(CHUNK, source.byteLength - at)));
  }
  await source.close?.();
  return hasher.digest();
}
