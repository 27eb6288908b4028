import type { Worker } from "node:worker_threads";
import { LowrankError } from "../engine/errors.ts";
import type { AsyncHasher, HashTarget, HashWorker } from "./hasher.ts";
import { builtin } from "./node.ts";

/** Room for bytes that are not shared: pieces of this size, and this many of them on their way at most. */
const PIECE = 1 << 20;
const PIECES = 8;

/** Starts `hash-worker.js`; `undefined` where there are no worker threads. */
export async function startWorkerHashes(): Promise<HashWorker | undefined> {
  const threads = builtin("node:worker_threads");
  if (!threads || typeof SharedArrayBuffer === "undefined") return undefined;
  const worker = new threads.Worker(new URL("./hash-worker.js", import.meta.url));
  await new Promise<void>((done, fail) => {
    worker.once("message", () => done());
    worker.once("error", fail);
  });
  return new WorkerHashes(worker);
}

/** What the worker is told. */
export interface Message {
  readonly hash: number;
  /** A stretch of shared memory. It goes as three numbers: Deno walks every element of a view that is posted. */
  readonly buffer?: SharedArrayBuffer;
  readonly offset?: number;
  readonly length?: number;
  /** Where the stretch is written to as well. */
  readonly target?: HashTarget;
  readonly end?: "digest" | "close";
}

/** The system's error, as the worker tells it. */
interface Failure {
  readonly code?: string;
  readonly message: string;
}

/**
 * The other end of `hash-worker.js`. A message takes a stretch in, ends with the hash, or ends without. Each but the last kind is
 * answered, in order: so the oldest waiting promise is the one that is meant.
 */
class WorkerHashes implements HashWorker {
  readonly offloaded = true;
  readonly #worker: Worker;
  readonly #waiting: { readonly done: (answer: string) => void; readonly fail: (cause: unknown) => void }[] = [];
  /** Rooms for copies, each settled when the worker is done with it: first in, first free. */
  readonly #rooms: Promise<Uint8Array<SharedArrayBuffer>>[] = [];
  #made = 0;
  #count = 0;
  #failure: LowrankError | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answer: string | Failure) => {
      const next = this.#waiting.shift();
      if (this.#waiting.length === 0) worker.unref();
      if (typeof answer === "string") next?.done(answer);
      else next?.fail(Object.assign(new Error(answer.message), { code: answer.code }));
    });
    worker.on("error", (cause) => this.#end(cause));
    worker.on("exit", () => this.#end(undefined));
    worker.unref();
  }

  createHasher(): AsyncHasher {
    const hash = ++this.#count;
    let tail: Promise<unknown> = Promise.resolve();
    let open = true;
    // Copies are made in turn: a later piece never overtakes one that waits for room.
    const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
      const result = tail.then(work);
      tail = result.catch(() => {});
      return result;
    };
    const take = async (bytes: Uint8Array, target?: HashTarget): Promise<void> => {
      const { buffer } = bytes;
      if (!(buffer instanceof SharedArrayBuffer)) return inTurn(() => this.#copy(hash, bytes, target));
      const message = { hash, buffer, offset: bytes.byteOffset, length: bytes.length, ...(target ? { target } : {}) };
      const { answer } = await inTurn(async () => this.#post(message));
      await answer;
    };
    return {
      update: (bytes) => take(bytes),
      write: (target, bytes) => take(bytes, target),
      digest: async () => {
        open = false;
        const { answer } = await inTurn(async () => this.#post({ hash, end: "digest" }));
        return answer;
      },
      close: () => {
        if (open) void inTurn(async () => this.#failure ?? this.#worker.postMessage({ hash, end: "close" } satisfies Message));
        open = false;
      },
    };
  }

  close(): void {
    this.#end(undefined);
    void this.#worker.terminate();
  }

  /** Hands a message over; its answer is wrapped, so that the next message does not wait for it. */
  #post(message: Message): { readonly answer: Promise<string> } {
    if (this.#failure) throw this.#failure;
    const answer = new Promise<string>((done, fail) => this.#waiting.push({ done, fail }));
    this.#worker.ref();
    this.#worker.postMessage(message);
    return { answer };
  }

  async #copy(hash: number, bytes: Uint8Array, target: HashTarget | undefined): Promise<void> {
    const answers: Promise<string>[] = [];
    for (let from = 0; from < bytes.length; from += PIECE) {
      const piece = bytes.subarray(from, from + PIECE);
      const room = this.#made < PIECES ? this.#makeRoom() : await this.#rooms.shift()!;
      room.set(piece);
      const { answer } = this.#post({
        hash,
        buffer: room.buffer,
        offset: 0,
        length: piece.length,
        ...(target ? { target } : {}),
      });
      const free = answer.then(
        () => room,
        () => room,
      );
      this.#rooms.push(free);
      answers.push(answer);
    }
    // A hash that fails fails at its end as well; a write must tell.
    if (target) await Promise.all(answers);
    else for (const answer of answers) answer.catch(() => {});
  }

  #makeRoom(): Uint8Array<SharedArrayBuffer> {
    this.#made++;
    return new Uint8Array(new SharedArrayBuffer(PIECE));
  }

  #end(cause: unknown): void {
    this.#failure ??= new LowrankError(
      "BROKEN",
      "hash worker",
      cause === undefined ? "used after it was closed" : `it failed (${cause})`,
      { cause },
    );
    for (const { fail } of this.#waiting.splice(0)) fail(this.#failure);
  }
}
