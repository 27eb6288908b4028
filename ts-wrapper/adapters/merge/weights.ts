import type { FileSink } from "../../io/byte-sink.ts";
import type { AsyncHasher, HashWorker } from "../../io/hasher.ts";
import { Arena } from "./arena.ts";
import type { Journal } from "./journal.ts";
import type { PlannedFile } from "./layout.ts";
import { MAX_TILE_ROWS } from "./memory-plan.ts";
import type { MergeJob } from "./options.ts";
import { Pipeline, type Step } from "./pipeline.ts";
import type { MergePlan } from "./plan.ts";
import type { Energies } from "./report.ts";
import { hashSteps, tensorSteps } from "./steps.ts";
import { type Desk, ROW_STATS_BYTES, type Work } from "./work.ts";

/** Where the writing of the weights stands. */
export interface WeightsProgress {
  readonly tensor: string;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** Hashes of the base's files, each a running hash over the bytes in the order they lie. */
class InputHashes {
  readonly #job: MergeJob;
  readonly #worker: HashWorker;
  readonly #open = new Map<number, AsyncHasher>();
  readonly #left: number[];
  /** File name → SHA-256 of the files that were read to their end. */
  readonly known = new Map<string, string>();

  constructor(job: MergeJob, worker: HashWorker, journal: Journal) {
    this.#job = job;
    this.#worker = worker;
    this.#left = job.base.shards.map((s) => s.tensors.length);
    for (const entry of journal.finished.values()) for (const [file, hash] of entry.inputs) this.known.set(file, hash);
  }

  /** The hash that a tensor's bytes go into; `undefined` where the file's hash is known from an earlier run. */
  async of(shard: number): Promise<AsyncHasher | undefined> {
    if (this.known.has(this.#job.base.shards[shard]!.file)) return undefined;
    return this.#open.get(shard) ?? this.#begin(shard);
  }

  async #begin(shard: number): Promise<AsyncHasher> {
    const hasher = this.#worker.createHasher();
    this.#open.set(shard, hasher);
    await hasher.update(this.#job.base.shards[shard]!.header);
    return hasher;
  }

  /** Counts a tensor whose steps were pushed. */
  passed(shard: number): void {
    this.#left[shard] = this.#left[shard]! - 1;
  }

  /** Once all pushed steps are done: the files that are read to their end. */
  async settle(): Promise<[string, string][]> {
    const ended: [string, string][] = [];
    for (const [shard, { file }] of this.#job.base.shards.entries()) {
      if (this.#left[shard] !== 0 || this.known.has(file)) continue;
      const hasher = this.#open.get(shard) ?? (await this.#begin(shard));
      const hash = await hasher.digest();
      this.#open.delete(shard);
      this.known.set(file, hash);
      ended.push([file, hash]);
    }
    return ended;
  }

  close(): void {
    for (const hasher of this.#open.values()) hasher.close();
  }
}

/** Writes the files of weights one after the other; each is synced, named and in the journal before the next begins. */
export async function* writeWeights(
  job: MergeJob,
  plan: MergePlan,
  journal: Journal,
  workers: { readonly input: HashWorker; readonly output: HashWorker },
): AsyncGenerator<WeightsProgress, { energies: Map<string, Energies>; inputs: ReadonlyMap<string, string> }> {
  const { engine, base } = job;
  const { tileBytes, tiles, scratch, factors } = plan.memory;
  const energies = new Map<string, Energies>();
  const inputs = new InputHashes(job, workers.input, journal);
  const slotBytes = tiles / 8;
  // Everything is taken before the first read: memory that grew later would detach the buffers being read into.
  using stats = engine.reserve(MAX_TILE_ROWS * ROW_STATS_BYTES);
  using arena = new Arena(engine, factors);
  const quarter = Math.ceil(scratch / 4 / 64) * 64;
  using buffers = engine.reserve(quarter * 4);
  const at = (i: number): Desk["scratch"]["w"] => (buffers.ptr + i * quarter) as Desk["scratch"]["w"];
  const desk: Desk = {
    engine,
    arena,
    stats: stats.ptr,
    scratch: { w: at(0), acc: at(1), delta: at(2), stored: at(3) },
    sum: job.accumulate ?? "f32",
    base: base.name,
  };
  const pipeline = new Pipeline(engine, slotBytes);
  const progress = (tensor: string): WeightsProgress => ({
    tensor,
    bytesRead: pipeline.bytesRead,
    bytesWritten: pipeline.bytesWritten,
  });
  async function* push(tensor: string, steps: Iterable<Step>): AsyncGenerator<WeightsProgress> {
    for (const step of steps) {
      job.signal?.throwIfAborted();
      await pipeline.push(step);
      yield progress(tensor);
    }
  }
  async function* skip(file: PlannedFile): AsyncGenerator<WeightsProgress> {
    for (const { tensor } of file.tensors) {
      if (tensor.from.name !== tensor.name) continue;
      const hashIn = await inputs.of(tensor.from.shard);
      const { shard, offset, byteLength } = tensor.from;
      if (hashIn) yield* push(tensor.name, hashSteps(base, shard, offset, byteLength, tileBytes, hashIn));
      inputs.passed(shard);
    }
    await pipeline.drain();
    await inputs.settle();
  }
  async function* write(file: PlannedFile, sink: FileSink, hashOut: AsyncHasher): AsyncGenerator<WeightsProgress> {
    const works: [string, Work][] = [];
    await hashOut.update(file.header);
    await sink.write(0, file.header);
    for (const { tensor, offset } of file.tensors) {
      const isOwn = tensor.from.name === tensor.name;
      const hashIn = isOwn ? await inputs.of(tensor.from.shard) : undefined;
      const { work, steps } = tensorSteps(desk, base, tensor, tileBytes, { sink, offset, hashIn, hashOut });
      yield* push(tensor.name, steps);
      if (work && tensor.edits.length > 0) works.push([tensor.name, work]);
      if (isOwn) inputs.passed(tensor.from.shard);
    }
    await pipeline.drain();
    const ended = await inputs.settle();
    await sink.commit();
    const own = works.map(([name, work]) => [name, work.energies] as const);
    for (const [name, e] of own) energies.set(name, e);
    await journal.add({ file: file.file, bytes: file.byteLength, sha256: await hashOut.digest(), energies: own, inputs: ended });
  }
  try {
    for (const file of plan.files) {
      const done = journal.finished.get(file.file);
      if (done) {
        for (const [name, e] of done.energies) energies.set(name, e);
        yield* skip(file);
        continue;
      }
      job.signal?.throwIfAborted();
      const sink = await job.sink.create(file.file, file.byteLength);
      const hashOut = workers.output.createHasher();
      try {
        yield* write(file, sink, hashOut);
      } catch (error) {
        await pipeline.close();
        await sink.abort();
        throw error;
      } finally {
        hashOut.close();
      }
    }
    return { energies, inputs: inputs.known };
  } finally {
    inputs.close();
    await pipeline.close();
  }
}
