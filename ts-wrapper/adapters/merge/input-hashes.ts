import type { AsyncHasher, HashWorker } from "../../io/hasher.ts";
import type { Model } from "../../io/model.ts";

/** SHA-256 of the base's files, each over its bytes in the order they lie, while they are read for the merge. */
export class InputHashes {
  readonly #base: Model;
  readonly #worker: HashWorker;
  readonly #open = new Map<number, AsyncHasher>();
  readonly #left: number[];
  /** File name → hash of the files that were read to their end. */
  readonly known: Map<string, string>;

  /** `known`: hashes from an earlier run; those files are not hashed again. */
  constructor(base: Model, worker: HashWorker, known: Iterable<readonly [string, string]>) {
    this.#base = base;
    this.#worker = worker;
    this.#left = base.shards.map((s) => s.tensors.length);
    this.known = new Map(known);
  }

  /** The hash that a tensor's bytes go into; `undefined` where the file's hash is known. */
  async of(shard: number): Promise<AsyncHasher | undefined> {
    if (this.known.has(this.#base.shards[shard]!.file)) return undefined;
    return this.#open.get(shard) ?? this.#begin(shard);
  }

  /** Counts a tensor whose bytes were handed over. */
  passed(shard: number): void {
    this.#left[shard] = this.#left[shard]! - 1;
  }

  /** Ends the hashes of the files that are read to their end, and gives them. All bytes handed over must have been taken. */
  async settle(): Promise<[string, string][]> {
    const ended: [string, string][] = [];
    for (const [shard, { file }] of this.#base.shards.entries()) {
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

  async #begin(shard: number): Promise<AsyncHasher> {
    const hasher = this.#worker.createHasher();
    this.#open.set(shard, hasher);
    await hasher.update(this.#base.shards[shard]!.header);
    return hasher;
  }
}
