import type { Dirent, Stats } from "node:fs";
import { LowrankError } from "../engine/errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { plainFileName } from "./file-name.ts";
import type { Folder } from "./folder.ts";
import { limits } from "./limits.ts";
import { builtin, nodeFs, promised, systemCode } from "./node.ts";
import { openPath, unreadable } from "./node-source.ts";

/** A folder on disk, or the folder around a file on disk. */
export async function openPathFolder(path: string, name: string): Promise<Folder> {
  const fs = nodeFs(path);
  const { basename, dirname, join } = builtin("node:path")!;
  const stat = await promised<Stats>((done) => fs.stat(path, done)).catch((cause: unknown) => {
    throw unreadable(cause, name);
  });
  if (!stat.isDirectory() && !stat.isFile()) {
    throw new LowrankError("NOT_FOUND", name, "it is neither a folder nor a regular file, one of them was needed", {
      file: name,
    });
  }
  const folder = stat.isDirectory() ? path : dirname(path);
  const location = await promised<string>((done) => fs.realpath(folder, done));
  const sources: ByteSource[] = [];
  return {
    name,
    location,
    ...(stat.isDirectory() ? {} : { picked: basename(path) }),
    async list() {
      const entries = await promised<Dirent[]>((done) => fs.readdir(folder, { withFileTypes: true }, done)).catch(
        (cause: unknown) => {
          throw unreadable(cause, name);
        },
      );
      if (entries.length > limits.folderEntries) {
        const text = `the folder has ${entries.length} entries, at most ${limits.folderEntries} are looked at; is it the right folder?`;
        throw new LowrankError("LIMIT", name, text, { file: name });
      }
      const names = await Promise.all(
        entries.map(async (e) => ((await isFolder(e, join(folder, e.name))) ? `${e.name}/` : e.name)),
      );
      return names.sort();
    },
    async open(file) {
      const full = join(folder, plainFileName(file, "FORMAT", name));
      try {
        const source = await openPath(full, file);
        sources.push(source);
        return source;
      } catch (cause) {
        if (cause instanceof LowrankError && (await isAbsent(full))) return undefined;
        throw cause;
      }
    },
    async close() {
      await Promise.all(sources.splice(0).map((s) => s.close?.()));
    },
  };
}

/** Nothing has this name; a symbolic link that leads nowhere is not absent. */
async function isAbsent(path: string): Promise<boolean> {
  const { lstat } = nodeFs(path);
  return promised<Stats>((done) => lstat(path, done)).then(
    () => false,
    (cause: unknown) => systemCode(cause) === "ENOENT",
  );
}

async function isFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const fs = nodeFs(path);
  return promised<Stats>((done) => fs.stat(path, done)).then(
    (s) => s.isDirectory(),
    () => false,
  );
}
