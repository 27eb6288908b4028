import { LowrankError } from "../engine/errors.ts";
import type { FileSink, FolderSink } from "./byte-sink.ts";
import { plainFileName } from "./file-name.ts";
import { HandleFileSink, openWriter, SWAP, unwritableHandle } from "./opfs-file-sink.ts";
import { handleLocation, openHandle, unreadableHandle } from "./opfs-source.ts";
import { encodeUtf8 } from "./utf8.ts";

/** A folder of the origin-private file system, or a picked one that this page may write. */
export async function openHandleSink(folder: FileSystemDirectoryHandle, name: string = folder.name): Promise<FolderSink> {
  return new HandleFolder(folder, name, await handleLocation(folder));
}

class HandleFolder implements FolderSink {
  readonly name: string;
  readonly location: string;
  readonly #folder: FileSystemDirectoryHandle;

  constructor(folder: FileSystemDirectoryHandle, name: string, location: string) {
    this.#folder = folder;
    this.name = name === "" ? location : name;
    this.location = location;
  }

  async list(): Promise<string[]> {
    const names: string[] = [];
    try {
      for await (const entry of this.#folder.keys()) if (!entry.endsWith(SWAP)) names.push(entry);
    } catch (cause) {
      throw unwritableHandle(cause, this.name);
    }
    return names.sort();
  }

  async create(file: string, byteLength: number): Promise<FileSink> {
    plainFileName(file, "USAGE", this.name);
    const free = await this.freeBytes();
    if (free !== undefined && free < byteLength) {
      const text = `${free} bytes of this site's storage are free, ${file} takes ${byteLength}; make room, or ask for persistent storage`;
      throw new LowrankError("NO_SPACE", this.name, text, { file });
    }
    return HandleFileSink.open(this.#folder, file, byteLength);
  }

  async open(file: string): Promise<import("./byte-source.ts").ByteSource | undefined> {
    plainFileName(file, "USAGE", this.name);
    try {
      return await openHandle(await this.#folder.getFileHandle(file), file);
    } catch (cause) {
      if (cause instanceof Error && cause.name === "NotFoundError") return undefined;
      throw cause instanceof LowrankError ? cause : unreadableHandle(cause, file);
    }
  }

  async append(file: string, line: string): Promise<void> {
    plainFileName(file, "USAGE", this.name);
    try {
      const handle = await this.#folder.getFileHandle(file, { create: true });
      const before = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      const start = before.length > 0 && before.at(-1) !== 0x0a ? "\n" : "";
      const writer = await openWriter(handle, { keep: true });
      try {
        await writer.write(before.length, encodeUtf8(`${start}${line}\n`));
        await writer.finish();
      } catch (cause) {
        await writer.drop();
        throw cause;
      }
    } catch (cause) {
      throw unwritableHandle(cause, file);
    }
  }

  async remove(file: string): Promise<void> {
    plainFileName(file, "USAGE", this.name);
    await this.#folder.removeEntry(file).catch((cause: unknown) => {
      if (!(cause instanceof Error && cause.name === "NotFoundError")) throw unwritableHandle(cause, file);
    });
  }

  /** The folder was there before: its handle is what was given. */
  async removeIfEmpty(): Promise<void> {}

  async freeBytes(): Promise<number | undefined> {
    if (!this.location.startsWith("opfs:")) return undefined;
    const { quota, usage } = (await globalThis.navigator?.storage?.estimate?.().catch(() => undefined)) ?? {};
    return quota === undefined || usage === undefined ? undefined : Math.max(0, quota - usage);
  }
}
