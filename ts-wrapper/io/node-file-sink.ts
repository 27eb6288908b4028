import type { Stats } from "node:fs";
import { LowrankError } from "../engine/errors.ts";
import type { FileSink } from "./byte-sink.ts";
import type { ByteSource } from "./byte-source.ts";
import type { AsyncHasher } from "./hasher.ts";
import { builtin, nodeFs, promised, systemCode } from "./node.ts";
import { openPath } from "./node-source.ts";

/** One write call moves at most this much; some systems stop at 2³¹ − 1 bytes. */
const MAX_CALL = 2 ** 30;
/** After so many bytes the disk is set to work, beside the writing, so that little is left for the end. */
const SYNC_EVERY = 2 ** 26;

type Done = (error: Error | null) => void;

/**
 * A file on disk in the making: `<file>.partial`, at its full length from the start, then synced and renamed. Writes take the bytes
 * where they lie, wasm memory included, in Node, Deno and Bun.
 */
export class NodeFileSink implements FileSink {
  readonly #path: string;
  readonly #file: string;
  readonly #byteLength: number;
  #fd: number | undefined;
  #written = 0;
  /** How much had been written when the last sync began, and the end of all that were begun. */
  #syncedTo = 0;
  #syncing: Promise<void> = Promise.resolve();
  #isSyncing = false;
  #committed = false;

  private constructor(path: string, file: string, byteLength: number, fd: number) {
    this.#path = path;
    this.#file = file;
    this.#byteLength = byteLength;
    this.#fd = fd;
  }

  static async open(path: string, file: string, byteLength: number): Promise<NodeFileSink> {
    const fs = nodeFs(path);
    const partial = `${path}.partial`;
    const { O_CREAT, O_EXCL, O_RDWR } = fs.constants;
    try {
      await unlinkIfThere(partial);
      // O_EXCL: the file is new and ours, never one that a link leads to.
      const fd = await promised<number>((done) => fs.open(partial, O_CREAT | O_EXCL | O_RDWR, 0o666, done));
      const sink = new NodeFileSink(path, file, byteLength, fd);
      try {
        await promised<void>((done) => fs.ftruncate(fd, byteLength, done as Done));
        return sink;
      } catch (cause) {
        await sink.abort();
        throw cause;
      }
    } catch (cause) {
      throw unwritable(cause, file);
    }
  }

  write(offset: number, bytes: Uint8Array): Promise<void> {
    return this.#take(offset, bytes, (fd) => writeAll(fd, bytes, offset, this.#file));
  }

  hashing(hash: AsyncHasher, check: boolean): Pick<FileSink, "write"> | undefined {
    if (!hash.write) return undefined;
    const target = { path: this.#partial, check };
    let end = 0;
    return {
      write: (offset, bytes) => {
        if (offset !== end) throw new LowrankError("BROKEN", this.#file, `written at ${offset} and not in order, at ${end}`);
        end += bytes.length;
        return this.#take(offset, bytes, () => hash.write!(target, bytes));
      },
    };
  }

  async readBack(): Promise<ByteSource> {
    const fd = this.#whole();
    this.#sync(fd);
    return openPath(this.#partial, this.#file);
  }

  async commit(): Promise<void> {
    const fd = this.#whole();
    const fs = nodeFs(this.#path);
    try {
      if (this.#syncedTo < this.#byteLength || this.#byteLength === 0) this.#sync(fd);
      await this.#syncing;
      this.#fd = undefined;
      await promised<void>((done) => fs.close(fd, done as Done));
      await promised<void>((done) => fs.rename(this.#partial, this.#path, done as Done));
      this.#committed = true;
      await syncFolder(builtin("node:path")!.dirname(this.#path));
    } catch (cause) {
      throw unwritable(cause, this.#file);
    }
  }

  async abort(): Promise<void> {
    if (this.#committed) return;
    const fd = this.#fd;
    this.#fd = undefined;
    await this.#syncing.catch(() => {});
    if (fd !== undefined) await promised<void>((done) => nodeFs(this.#path).close(fd, done as Done)).catch(() => {});
    await unlinkIfThere(this.#partial).catch((cause: unknown) => {
      throw unwritable(cause, this.#file);
    });
  }

  async #take(offset: number, bytes: Uint8Array, write: (fd: number) => Promise<void>): Promise<void> {
    const fd = this.#open();
    if (!(offset >= 0) || offset + bytes.length > this.#byteLength) {
      const text = `bytes ${offset} to ${offset + bytes.length} written, the file was started with ${this.#byteLength}`;
      throw new LowrankError("BROKEN", this.#file, text, { file: this.#file });
    }
    await write(fd).catch((cause: unknown) => {
      if (systemCode(cause) === "VERIFY")
        throw new LowrankError("VERIFY", this.#file, (cause as Error).message, { file: this.#file });
      throw unwritable(cause, this.#file);
    });
    this.#written += bytes.length;
    if (this.#written - this.#syncedTo >= SYNC_EVERY && !this.#isSyncing) this.#sync(fd);
  }

  get #partial(): string {
    return `${this.#path}.partial`;
  }

  /** Begins to sync after the syncs that are under way; `commit` hears of the first that fails. */
  #sync(fd: number): void {
    this.#syncedTo = this.#written;
    this.#isSyncing = true;
    this.#syncing = this.#syncing
      .then(() => promised<void>((done) => nodeFs(this.#path).fsync(fd, done as Done)))
      .finally(() => {
        this.#isSyncing = false;
      });
    this.#syncing.catch(() => {});
  }

  /** The descriptor of a file that is written to its end. */
  #whole(): number {
    const fd = this.#open();
    if (this.#written >= this.#byteLength) return fd;
    const text = `${this.#written} bytes were written, the file was started with ${this.#byteLength}`;
    throw new LowrankError("BROKEN", this.#file, text, { file: this.#file });
  }

  #open(): number {
    if (this.#fd !== undefined) return this.#fd;
    throw new LowrankError("BROKEN", this.#file, "used after it was committed or aborted", { file: this.#file });
  }
}

/** Removes a file or a link. A folder is an error, also an empty one, which Deno's unlink would remove. */
export async function unlinkIfThere(path: string): Promise<void> {
  const fs = nodeFs(path);
  try {
    const stat = await promised<Stats>((done) => fs.lstat(path, done));
    if (stat.isDirectory()) throw Object.assign(new Error("it is a folder"), { code: "EISDIR" });
    await promised<void>((done) => fs.unlink(path, done as Done));
  } catch (cause) {
    if (systemCode(cause) !== "ENOENT") throw cause;
  }
}

/** Writes all of `bytes` at `position`, or at the end where it is null: one call may take less than it is given. */
export async function writeAll(fd: number, bytes: Uint8Array, position: number | null, file: string): Promise<void> {
  const fs = nodeFs(file);
  for (let put = 0; put < bytes.length; ) {
    const length = Math.min(MAX_CALL, bytes.length - put);
    const at = position === null ? null : position + put;
    const n = await promised<number>((done) => fs.write(fd, bytes, put, length, at, done)).catch((cause: unknown) => {
      throw unwritable(cause, file);
    });
    if (n === 0) throw new LowrankError("CANNOT_WRITE", file, `only ${put} of ${bytes.length} bytes were taken`, { file });
    put += n;
  }
}

/** Makes a rename or a new name last. Windows and some network file systems cannot sync a folder, and need not. */
export async function syncFolder(path: string): Promise<void> {
  const fs = nodeFs(path);
  try {
    const fd = await promised<number>((done) => fs.open(path, "r", done));
    try {
      await promised<void>((done) => fs.fsync(fd, done as Done));
    } finally {
      await promised<void>((done) => fs.close(fd, done as Done));
    }
  } catch (cause) {
    if (!["EISDIR", "EPERM", "EACCES", "EINVAL", "EBADF", "ENOTSUP", "ENOSYS"].includes(systemCode(cause))) throw cause;
  }
}

/** What a failed write means. */
export function unwritable(cause: unknown, name: string): LowrankError {
  if (cause instanceof LowrankError) return cause;
  const code = systemCode(cause);
  const reasons: Readonly<Record<string, string>> = {
    ENOSPC: "the disk is full; make room or choose another place",
    EDQUOT: "the disk quota is used up; make room or choose another place",
    EFBIG: "the file system cannot hold a file of this size; write smaller shards or choose another place",
    EROFS: "the file system is read-only; choose another place",
    EACCES: "this user may not write there; check the permissions or choose another place",
    EPERM: "this user may not write there; check the permissions or choose another place",
    ENOTDIR: "a part of the path is a file, a folder was needed; choose another place",
    EEXIST: "there is a file in place of the folder; choose another place",
    EISDIR: "there is a folder in place of the file; choose another place",
    ELOOP: "there is a symbolic link in place of the file, which is not followed; remove it or choose another place",
    ENAMETOOLONG: "the path is too long for the file system; choose another place",
  };
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  const text = reason ?? `it cannot be written (${code || (cause instanceof Error ? cause.message : String(cause))})`;
  const full = code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG";
  return new LowrankError(full ? "NO_SPACE" : "CANNOT_WRITE", name, text, { file: name, cause });
}
