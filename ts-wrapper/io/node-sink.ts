import type { Stats, StatsFs } from "node:fs";
import { LowrankError } from "../engine/errors.ts";
import type { FileSink, FolderSink } from "./byte-sink.ts";
import type { ByteSource } from "./byte-source.ts";
import { plainFileName } from "./file-name.ts";
import { builtin, nodeFs, promised, systemCode } from "./node.ts";
import { NodeFileSink, syncFolder, unlinkIfThere, unwritable, writeAll } from "./node-file-sink.ts";
import { openPath, unreadable } from "./node-source.ts";

/** A folder on disk that an output goes to. It need not be there yet: it is made with the first file, and nothing before that. */
export async function openNodeFolder(path: string, name: string = path): Promise<FolderSink> {
  return new NodeFolder(name, await canonical(path, name));
}

class NodeFolder implements FolderSink {
  readonly name: string;
  readonly location: string;
  /** Folders that this sink made, the outermost first. */
  readonly #made: string[] = [];

  constructor(name: string, location: string) {
    this.name = name;
    // The real path is also the one that is used: it stays what it is when a link on the way to it changes.
    this.location = location;
  }

  async list(): Promise<string[]> {
    const fs = nodeFs(this.name);
    return promised<string[]>((done) => fs.readdir(this.location, done)).then(
      (names) => names.sort(),
      (cause: unknown) => {
        if (systemCode(cause) === "ENOENT") return [];
        throw unwritable(cause, this.name);
      },
    );
  }

  async create(file: string, byteLength: number): Promise<FileSink> {
    const path = this.#path(file);
    await this.#makeFolder();
    const free = await this.freeBytes();
    if (free !== undefined && free < byteLength) {
      const text = `${free} bytes are free, ${file} takes ${byteLength}; make room or choose another place`;
      throw new LowrankError("NO_SPACE", this.name, text, { file });
    }
    return NodeFileSink.open(path, file, byteLength);
  }

  async open(file: string): Promise<ByteSource | undefined> {
    const path = this.#path(file);
    const fs = nodeFs(path);
    const there = await promised<Stats>((done) => fs.lstat(path, done)).catch((cause: unknown) => {
      if (systemCode(cause) === "ENOENT") return undefined;
      throw unreadable(cause, file);
    });
    return there && openPath(path, file);
  }

  async append(file: string, line: string): Promise<void> {
    const path = this.#path(file);
    await this.#makeFolder();
    const fs = nodeFs(path);
    const { O_APPEND, O_CREAT, O_RDWR, O_NOFOLLOW = 0 } = fs.constants;
    try {
      const fd = await promised<number>((done) => fs.open(path, O_APPEND | O_CREAT | O_RDWR | O_NOFOLLOW, 0o666, done));
      let size: number;
      try {
        ({ size } = await promised<Stats>((done) => fs.fstat(fd, done)));
        // A crash may have cut the last line; the next one starts on its own all the same.
        const last = new Uint8Array(1);
        if (size > 0) await promised<number>((done) => fs.read(fd, last, 0, 1, size - 1, done));
        const start = size > 0 && last[0] !== 0x0a ? "\n" : "";
        await writeAll(fd, new TextEncoder().encode(`${start}${line}\n`), null, file);
        await promised<void>((done) => fs.fsync(fd, done as (e: Error | null) => void));
      } finally {
        await promised<void>((done) => fs.close(fd, done as (e: Error | null) => void));
      }
      if (size === 0) await syncFolder(this.location);
    } catch (cause) {
      throw unwritable(cause, file);
    }
  }

  async remove(file: string): Promise<void> {
    const path = this.#path(file);
    await unlinkIfThere(path).catch((cause: unknown) => {
      throw unwritable(cause, file);
    });
  }

  async removeIfEmpty(): Promise<void> {
    const fs = nodeFs(this.name);
    for (let folder = this.#made.pop(); folder !== undefined; folder = this.#made.pop()) {
      const path = folder;
      const gone = await promised<void>((done) => fs.rmdir(path, done as (e: Error | null) => void)).then(
        () => true,
        () => false, // something is in it, or somebody else removed it
      );
      if (!gone) this.#made.length = 0;
    }
  }

  async freeBytes(): Promise<number | undefined> {
    const fs = nodeFs(this.name);
    const { dirname } = builtin("node:path")!;
    for (let path = this.location; ; path = dirname(path)) {
      const at = path;
      try {
        const { bavail, bsize } = await promised<StatsFs>((done) => fs.statfs(at, done));
        return bavail * bsize;
      } catch (cause) {
        if (systemCode(cause) !== "ENOENT" || dirname(path) === path) return undefined;
      }
    }
  }

  #path(file: string): string {
    return builtin("node:path")!.join(this.location, plainFileName(file, "USAGE", this.name));
  }

  /**
   * Makes the folder and those above it that are missing, one by one, and remembers which. (`mkdir` with `recursive` never returns in
   * Node 20 where a folder refuses with ENOENT, as those of /proc do.)
   */
  async #makeFolder(): Promise<void> {
    const fs = nodeFs(this.name);
    const { dirname } = builtin("node:path")!;
    const missing: string[] = [];
    for (let at = this.location; !(await isThere(at)) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
    try {
      for (const folder of missing) {
        const isNew = await promised<void>((done) => fs.mkdir(folder, done as (e: Error | null) => void)).then(
          () => true,
          (cause: unknown) => {
            if (systemCode(cause) === "EEXIST") return false; // somebody else was faster
            throw cause;
          },
        );
        if (isNew) this.#made.push(folder);
        await syncFolder(dirname(folder));
      }
      const stat = await promised<Stats>((done) => fs.stat(this.location, done));
      if (!stat.isDirectory()) throw Object.assign(new Error("it is no folder"), { code: "EEXIST" });
    } catch (cause) {
      throw unwritable(cause, this.name);
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  const fs = nodeFs(path);
  return promised<Stats>((done) => fs.stat(path, done)).then(
    () => true,
    () => false,
  );
}

/** The real path of a folder, or of its nearest parent that is there with the rest behind it. */
async function canonical(path: string, name: string): Promise<string> {
  const fs = nodeFs(path);
  const { resolve, dirname, basename, join } = builtin("node:path")!;
  const rest: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    const tried = at;
    try {
      return join(await promised<string>((done) => fs.realpath(tried, done)), ...rest);
    } catch (cause) {
      if (systemCode(cause) !== "ENOENT" || dirname(at) === at) throw unwritable(cause, name);
      rest.unshift(basename(at));
    }
  }
}
