import { startWorkerHashes } from "./hash-offload.ts";
import { runtimeHasher } from "./hash-runtime.ts";
import { createSha256, type Hasher } from "./sha256.ts";

export type { Hasher } from "./sha256.ts";

/** SHA-256 of a stream: the runtime's own where there is one (Node, Deno, Bun), else in TypeScript. */
export function createHasher(): Hasher {
  return runtimeHasher() ?? createSha256();
}

/** As `Hasher`, possibly at work beside the caller. Pieces are hashed in the order of the calls, awaited or not. */
export interface AsyncHasher {
  /** Resolves once `bytes` may be reused. */
  update(bytes: Uint8Array): Promise<void>;
  /**
   * As `update`, and writes the bytes at the end of what this hasher has written to the file before; with `check` it reads them back and
   * compares. It is there where hashing runs beside the caller in a thread that has files: what was just hashed is still in the cache.
   * Rejects with the system's error, or with one whose code is VERIFY.
   */
  write?(target: HashTarget, bytes: Uint8Array): Promise<void>;
  digest(): Promise<string>;
  /** Gives up; idempotent, also after `digest`. */
  close(): void;
}

/** The file that a hasher writes to; it stays the same one. */
export interface HashTarget {
  readonly path: string;
  readonly check: boolean;
}

/** Makes hashers that share one worker, if there is one. */
export interface HashWorker {
  /** Whether hashing runs beside the caller. */
  readonly offloaded: boolean;
  createHasher(): AsyncHasher;
  close(): void;
}

/**
 * Starts a worker that hashes, in Node, Deno and Bun; elsewhere hashers work inline. Bytes in shared memory are hashed where they lie,
 * others are copied first. The worker keeps no process alive that waits for nothing.
 */
export async function startHashWorker(): Promise<HashWorker> {
  return (await startWorkerHashes()) ?? { offloaded: false, createHasher: createInlineHasher, close: () => {} };
}

/** The asynchronous shape over a hasher that works in the caller's thread. */
export function createInlineHasher(): AsyncHasher {
  const hasher = createHasher();
  return {
    update: async (bytes) => hasher.update(bytes),
    digest: async () => hasher.digest(),
    close: () => {},
  };
}
