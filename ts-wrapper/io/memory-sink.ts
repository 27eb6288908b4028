import { LowrankError } from "../engine/errors.ts";
import type { FileSink, FolderSink } from "./byte-sink.ts";
import { plainFileName } from "./file-name.ts";
import { memorySource } from "./memory-source.ts";
import { encodeUtf8 } from "./utf8.ts";

/** A folder in memory: for a page that makes `Blob`s of the output, and for small outputs anywhere. */
export interface MemoryFolder extends FolderSink {
  /** The files that are finished, by name; unfinished ones are there as `<file>.partial`. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

export function memoryFolder(name = "memory"): MemoryFolder {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    name,
    files,
    list: async () => [...files.keys()].sort(),
    create: async (file, byteLength) => createFile(files, plainFileName(file, "USAGE", name), byteLength),
    async open(file) {
      const bytes = files.get(file);
      return bytes && memorySource(bytes, file);
    },
    async append(file, line) {
      const before = files.get(plainFileName(file, "USAGE", name)) ?? new Uint8Array(0);
      const added = encodeUtf8(`${line}\n`);
      const bytes = new Uint8Array(before.length + added.length);
      bytes.set(before);
      bytes.set(added, before.length);
      files.set(file, bytes);
    },
    async remove(file) {
      files.delete(file);
    },
    removeIfEmpty: async () => {},
    freeBytes: async () => undefined,
  };
}

function createFile(files: Map<string, Uint8Array<ArrayBuffer>>, file: string, byteLength: number): FileSink {
  const partial = `${file}.partial`;
  const bytes = allocate(file, byteLength);
  let written = 0;
  let open = true;
  files.set(partial, bytes);
  const check = (): void => {
    if (!open) throw new LowrankError("BROKEN", file, "used after it was committed or aborted", { file });
  };
  const checkWhole = (): void => {
    check();
    if (written >= byteLength) return;
    const text = `${written} bytes were written, the file was started with ${byteLength}`;
    throw new LowrankError("BROKEN", file, text, { file });
  };
  return {
    async write(offset, piece) {
      check();
      if (!(offset >= 0) || offset + piece.length > byteLength) {
        const text = `bytes ${offset} to ${offset + piece.length} written, the file was started with ${byteLength}`;
        throw new LowrankError("BROKEN", file, text, { file });
      }
      bytes.set(piece, offset);
      written += piece.length;
    },
    async readBack() {
      checkWhole();
      return memorySource(bytes, file);
    },
    async commit() {
      checkWhole();
      open = false;
      files.delete(partial);
      files.set(file, bytes);
    },
    async abort() {
      if (!open) return;
      open = false;
      files.delete(partial);
    },
  };
}

function allocate(file: string, byteLength: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(byteLength);
  } catch (cause) {
    const text = `${byteLength} bytes cannot be had in one piece; write to a folder, or write smaller shards`;
    throw new LowrankError("OUT_OF_MEMORY", file, text, { file, cause });
  }
}
