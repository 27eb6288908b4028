import { LowrankError } from "../engine/errors.ts";
import { plainFileName } from "./file-name.ts";
import type { Folder } from "./folder.ts";
import { openOne } from "./folder-files.ts";
import { limits } from "./limits.ts";
import { handleLocation, openHandle, unreadableHandle } from "./opfs-source.ts";

/** A folder or file handle: of the origin-private file system, or from a picker. */
export async function openHandleFolder(handle: FileSystemHandle, name: string): Promise<Folder> {
  const location = await handleLocation(handle);
  if (handle.kind === "file") {
    const source = await openHandle(handle as FileSystemFileHandle);
    return { ...openOne(source, handle.name), name, location };
  }
  const folder = handle as FileSystemDirectoryHandle;
  return {
    name,
    location,
    async list() {
      const names: string[] = [];
      try {
        for await (const [entry, { kind }] of folder.entries()) {
          names.push(kind === "directory" ? `${entry}/` : entry);
          if (names.length > limits.folderEntries) {
            const text = `the folder has more than ${limits.folderEntries} entries, which is no checkpoint; is it the right folder?`;
            throw new LowrankError("LIMIT", name, text, { file: name });
          }
        }
      } catch (cause) {
        throw cause instanceof LowrankError ? cause : unreadableHandle(cause, name);
      }
      return names.sort();
    },
    async open(file) {
      plainFileName(file, "FORMAT", name);
      try {
        return await openHandle(await folder.getFileHandle(file), file);
      } catch (cause) {
        if (isAbsent(cause)) return undefined;
        throw cause instanceof LowrankError ? cause : unreadableHandle(cause, file);
      }
    },
    close: async () => {},
  };
}

function isAbsent(cause: unknown): boolean {
  const error = cause instanceof LowrankError ? cause.cause : cause;
  return error instanceof Error && error.name === "NotFoundError";
}
