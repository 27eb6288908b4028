import { LowrankError } from "../engine/errors.ts";
import { blobSource } from "./blob-source.ts";
import type { FileSink } from "./byte-sink.ts";
import type { ByteSource } from "./byte-source.ts";

/** What this library uses of `FileSystemSyncAccessHandle`; the DOM types keep it to workers. */
interface SyncAccess {
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

type FileHandle = FileSystemFileHandle & {
  createSyncAccessHandle?(): Promise<SyncAccess>;
  move?(name: string): Promise<void>;
};

/** One file open for writing: a lock with direct access in a worker, a stream into a copy elsewhere. */
interface Writer {
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Everything is on the disk and the file is closed. */
  finish(): Promise<void>;
  drop(): Promise<void>;
}

/** Bytes copied at a time where a file has to be copied to its name. */
const CHUNK = 4 * 2 ** 20;

/** Ending of the copies that Chromium writes a stream into; it shows them in the folder, and a tab that crashes leaves them there. */
export const SWAP = ".crswap";

export async function openWriter(
  handle: FileHandle,
  options: { readonly keep: boolean; readonly byteLength?: number },
): Promise<Writer> {
  const sync = await openSync(handle);
  if (sync) return syncWriter(sync, options);
  const stream = await handle.createWritable({ keepExistingData: options.keep });
  if (options.byteLength !== undefined) await stream.truncate(options.byteLength);
  return {
    // A stream takes no shared memory.
    write: (position, bytes) =>
      stream.write({
        type: "write",
        position,
        data: bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice(),
      }),
    finish: () => stream.close(),
    drop: () => stream.abort().catch(() => {}),
  };
}

/** Only workers have it, and only for the origin-private file system: elsewhere it is missing or refuses. */
async function openSync(handle: FileHandle): Promise<SyncAccess | undefined> {
  return handle.createSyncAccessHandle?.().catch((cause: unknown) => {
    if (
      cause instanceof Error &&
      (cause.name === "InvalidStateError" || cause.name === "NotSupportedError" || cause instanceof TypeError)
    )
      return undefined;
    throw cause;
  });
}

function syncWriter(sync: SyncAccess, options: { readonly keep: boolean; readonly byteLength?: number }): Writer {
  let open = true;
  const close = (): void => {
    if (open) sync.close();
    open = false;
  };
  try {
    if (options.byteLength !== undefined || !options.keep) sync.truncate(options.byteLength ?? 0);
  } catch (cause) {
    close();
    throw cause;
  }
  return {
    async write(offset, bytes) {
      for (let put = 0; put < bytes.length; ) {
        const n = sync.write(bytes.subarray(put), { at: offset + put });
        if (n === 0) throw new DOMException("no more bytes were taken", "QuotaExceededError");
        put += n;
      }
    },
    async finish() {
      sync.flush();
      close();
    },
    drop: async () => close(),
  };
}

/**
 * A file of a folder handle in the making: `<file>.partial`, which gets its name by `move`, or, where the browser or the place does not
 * have that, by a copy that is read back and compared before the original goes.
 */
export class HandleFileSink implements FileSink {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #file: string;
  readonly #byteLength: number;
  readonly #writer: Writer;
  readonly #handle: FileHandle;
  #written = 0;
  #state: "open" | "finished" | "committed" | "aborted" = "open";

  private constructor(folder: FileSystemDirectoryHandle, file: string, byteLength: number, handle: FileHandle, writer: Writer) {
    this.#folder = folder;
    this.#file = file;
    this.#byteLength = byteLength;
    this.#handle = handle;
    this.#writer = writer;
  }

  static async open(folder: FileSystemDirectoryHandle, file: string, byteLength: number): Promise<HandleFileSink> {
    const partial = `${file}.partial`;
    try {
      await folder.removeEntry(partial + SWAP).catch(() => {});
      const handle: FileHandle = await folder.getFileHandle(partial, { create: true });
      try {
        return new HandleFileSink(folder, file, byteLength, handle, await openWriter(handle, { keep: false, byteLength }));
      } catch (cause) {
        await folder.removeEntry(partial).catch(() => {});
        throw cause;
      }
    } catch (cause) {
      throw unwritableHandle(cause, file);
    }
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    this.#check();
    if (!(offset >= 0) || offset + bytes.length > this.#byteLength) {
      const text = `bytes ${offset} to ${offset + bytes.length} written, the file was started with ${this.#byteLength}`;
      throw new LowrankError("BROKEN", this.#file, text, { file: this.#file });
    }
    try {
      await this.#writer.write(offset, bytes);
    } catch (cause) {
      throw unwritableHandle(cause, this.#file);
    }
    this.#written += bytes.length;
  }

  async readBack(): Promise<ByteSource> {
    await this.#finish();
    return blobSource(await this.#handle.getFile(), this.#file);
  }

  async commit(): Promise<void> {
    if (this.#state !== "finished") await this.#finish();
    try {
      if (!(await this.#move())) await this.#copy();
      this.#state = "committed";
    } catch (cause) {
      throw unwritableHandle(cause, this.#file);
    }
  }

  async abort(): Promise<void> {
    if (this.#state === "committed" || this.#state === "aborted") return;
    if (this.#state === "open") await this.#writer.drop();
    this.#state = "aborted";
    await this.#folder.removeEntry(`${this.#file}.partial`).catch(() => {});
  }

  /** Ends the writing; what was written is on the disk. */
  async #finish(): Promise<void> {
    this.#check();
    if (this.#written < this.#byteLength) {
      const text = `${this.#written} bytes were written, the file was started with ${this.#byteLength}`;
      throw new LowrankError("BROKEN", this.#file, text, { file: this.#file });
    }
    try {
      await this.#writer.finish();
      this.#state = "finished";
    } catch (cause) {
      throw unwritableHandle(cause, this.#file);
    }
  }

  #check(): void {
    if (this.#state !== "open")
      throw new LowrankError("BROKEN", this.#file, "used after it was committed or aborted", { file: this.#file });
  }

  async #move(): Promise<boolean> {
    if (!this.#handle.move) return false;
    try {
      await this.#handle.move(this.#file);
      return true;
    } catch {
      return false; // picked folders have no move in some browsers, and some do not move over a file that is there
    }
  }

  async #copy(): Promise<void> {
    const target: FileHandle = await this.#folder.getFileHandle(this.#file, { create: true });
    const from = await this.#handle.getFile();
    try {
      const writer = await openWriter(target, { keep: false, byteLength: from.size });
      try {
        for (let at = 0; at < from.size; at += CHUNK) await writer.write(at, await bytesOf(from, at));
        await writer.finish();
      } catch (cause) {
        await writer.drop();
        throw cause;
      }
      await this.#compare(from, await target.getFile());
    } catch (cause) {
      await this.#folder.removeEntry(this.#file).catch(() => {});
      throw cause;
    }
    await this.#folder.removeEntry(`${this.#file}.partial`);
  }

  async #compare(from: File, to: File): Promise<void> {
    for (let at = 0; at < from.size || at < to.size; at += CHUNK) {
      const [a, b] = [await bytesOf(from, at), await bytesOf(to, at)];
      if (a.length === b.length && a.every((x, i) => x === b[i])) continue;
      throw new LowrankError("CANNOT_WRITE", this.#file, `what was written from byte ${at} on reads back differently`, {
        file: this.#file,
      });
    }
  }
}

async function bytesOf(file: File, at: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.slice(at, at + CHUNK).arrayBuffer());
}

/** What a failed write to a handle means. */
export function unwritableHandle(cause: unknown, name: string): LowrankError {
  if (cause instanceof LowrankError) return cause;
  const reasons: Readonly<Record<string, string>> = {
    QuotaExceededError: "the storage of this site is full; make room, or ask for persistent storage",
    NotAllowedError: "this page may not write there; ask for permission from a click",
    NoModificationAllowedError: "the file is open for writing elsewhere, perhaps in another tab; close that one",
    NotFoundError: "the folder is not there any more; pick or create it again",
    TypeMismatchError: "there is a folder in place of the file; choose another place",
  };
  const code = cause instanceof Error ? cause.name : "";
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  const text = reason ?? `it cannot be written (${code || String(cause)})`;
  return new LowrankError(code === "QuotaExceededError" ? "NO_SPACE" : "CANNOT_WRITE", name, text, { file: name, cause });
}
