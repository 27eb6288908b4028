import type { BigIntStats } from "node:fs";
import { LowrankError } from "../engine/errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { nodeFs, promised, systemCode } from "./node.ts";
import { checkRange, shortRead } from "./range.ts";

/** Descriptors that sources keep open between reads. A checkpoint may have thousands of shards, a process often only 1024 descriptors. */
const MAX_IDLE = 64;
/** One read call moves at most this much; some systems stop at 2³¹ − 1 bytes. */
const MAX_CALL = 2 ** 30;

/** Open descriptors that nobody reads from, the longest idle first. */
const idle = new Set<NodeSource>();

/**
 * A file on disk, in Node, Deno and Bun. Reads go straight into the caller's room, which may lie in wasm memory, shared or not, in all
 * three; memory that is not shared must not grow before the promise is settled, since growing detaches the view.
 * Symbolic links are followed (download caches are made of them); what is no regular file is refused.
 * The file is recognised by device, inode, size and time whenever it is opened again: one that was replaced is refused.
 */
class NodeSource implements ByteSource {
  readonly byteLength: number;
  readonly name: string;
  readonly version: string;
  readonly #path: string;
  #fd: Promise<number> | undefined;
  #readers = 0;
  #closed = false;

  constructor(path: string, name: string, stat: BigIntStats) {
    this.#path = path;
    this.name = name;
    this.byteLength = Number(stat.size);
    this.version = identity(stat);
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    checkRange(this.name, offset, length, this.byteLength);
    const bytes = new Uint8Array(length);
    await this.readInto(offset, bytes);
    return bytes;
  }

  async readInto(offset: number, into: Uint8Array): Promise<void> {
    checkRange(this.name, offset, into.length, this.byteLength);
    if (this.#closed) throw new LowrankError("BROKEN", this.name, "read after it was closed", { file: this.name });
    this.#readers++;
    idle.delete(this);
    try {
      this.#fd ??= this.#open();
      const fd = await this.#fd.catch((cause: unknown) => {
        this.#fd = undefined;
        throw cause;
      });
      await fill(fd, offset, into, this.name);
    } finally {
      this.#readers--;
      await this.#rest();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    idle.delete(this);
    if (this.#readers === 0) await this.#release();
  }

  async #open(): Promise<number> {
    const fs = nodeFs(this.#path);
    const fd = await promised<number>((done) => fs.open(this.#path, "r", done)).catch((cause: unknown) => {
      throw unreadable(cause, this.name);
    });
    const stat = await promised<BigIntStats>((done) => fs.fstat(fd, { bigint: true }, done));
    if (identity(stat) === this.version) return fd;
    await promised<void>((done) => fs.close(fd, done as (e: Error | null) => void));
    throw new LowrankError("FORMAT", this.name, "the file was changed or replaced while it was being read; start again", {
      file: this.name,
    });
  }

  async #rest(): Promise<void> {
    if (this.#readers > 0) return;
    if (this.#closed) return this.#release();
    if (this.#fd === undefined) return;
    idle.add(this);
    for (const source of idle) {
      if (idle.size <= MAX_IDLE) break;
      idle.delete(source);
      await source.#release();
    }
  }

  async #release(): Promise<void> {
    const opened = this.#fd;
    this.#fd = undefined;
    const fd = await opened?.catch(() => undefined);
    if (fd !== undefined) await promised<void>((done) => nodeFs(this.#path).close(fd, done as (e: Error | null) => void));
  }
}

/** A source over a file on disk. NOT_FOUND where it is not there, cannot be opened or is no regular file. `name` is how messages call it. */
export async function openPath(path: string, name: string = path): Promise<ByteSource> {
  const fs = nodeFs(path);
  const stat = await promised<BigIntStats>((done) => fs.stat(path, { bigint: true }, done)).catch((cause: unknown) => {
    throw unreadable(cause, name);
  });
  // A pipe or device is not opened at all: that could wait for ever.
  if (stat.isFile()) return new NodeSource(path, name, stat);
  throw new LowrankError("NOT_FOUND", name, `it is ${stat.isDirectory() ? "a folder" : "no regular file"}, a file was needed`, {
    file: name,
  });
}

function identity(s: BigIntStats): string {
  return `${s.dev}-${s.ino}-${s.size}-${s.mtimeNs}`;
}

/** Reads until `into` is full: one call may bring less than asked. */
async function fill(fd: number, offset: number, into: Uint8Array, name: string): Promise<void> {
  const fs = nodeFs(name);
  for (let got = 0; got < into.length; ) {
    const length = Math.min(MAX_CALL, into.length - got);
    const n = await promised<number>((done) => fs.read(fd, into, got, length, offset + got, done)).catch((cause: unknown) => {
      throw unreadable(cause, name);
    });
    if (n === 0) throw shortRead(name, offset, got, into.length);
    got += n;
  }
}

/** What a failed open or read means. */
export function unreadable(cause: unknown, name: string): LowrankError {
  if (cause instanceof LowrankError) return cause;
  const code = systemCode(cause);
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file or folder; check the path",
    ENOTDIR: "a part of the path is a file, a folder was needed; check the path",
    EACCES: "the file may not be read by this user; check its permissions",
    EPERM: "the file may not be read by this user; check its permissions",
    ELOOP: "the symbolic links lead in a circle; check the path",
  };
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  const text = reason ?? `the file cannot be read (${code || (cause instanceof Error ? cause.message : String(cause))})`;
  return new LowrankError("NOT_FOUND", name, text, { file: name, cause });
}
