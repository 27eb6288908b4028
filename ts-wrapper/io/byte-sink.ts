import type { ByteSource } from "./byte-source.ts";
import type { AsyncHasher } from "./hasher.ts";

/** One file being written. Nothing is visible under its name before `commit`. */
export interface FileSink {
  /** Writes all of `bytes` at `offset`; `bytes` may be reused once the promise is settled. */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /**
   * A writer of the same file that hashes what it writes, and with `check` reads each piece back at once and fails with VERIFY where it is
   * something else. The file has to be written in order. `undefined` where doing all of it together saves nothing.
   */
  hashing?(hash: AsyncHasher, check: boolean): Pick<FileSink, "write"> | undefined;
  /** Ends the writing and reads what was written, before it has its name. Syncing may go on beside it. */
  readBack(): Promise<ByteSource>;
  /** Syncs to the disk, then gives the file its name. */
  commit(): Promise<void>;
  /** Drops what was written; idempotent, also after a failed write. */
  abort(): Promise<void>;
}

/** A place for the files of one output: a folder on disk, an OPFS directory, memory. File names are plain names without a path. */
export interface FolderSink {
  readonly name: string;
  /** Names of the files that are there now (unfinished ones end in `.partial`); empty when the folder does not exist. */
  list(): Promise<string[]>;
  /** Starts a file of a size known beforehand; it is written as `<file>.partial` until it is committed. */
  create(file: string, byteLength: number): Promise<FileSink>;
  /** Reads a committed file back; `undefined` where it is not there. */
  open(file: string): Promise<ByteSource | undefined>;
  /** Adds a line to a file and syncs it: the journal. */
  append(file: string, line: string): Promise<void>;
  /** Removes a file; nothing happens where it is not there. */
  remove(file: string): Promise<void>;
  /** Removes the folder if this sink created it and it is empty. */
  removeIfEmpty(): Promise<void>;
  /** Bytes free for this output, where the platform can tell. */
  freeBytes(): Promise<number | undefined>;
  /** A canonical location, to see whether it is also an input; `undefined` where there is none. */
  readonly location?: string;
}
