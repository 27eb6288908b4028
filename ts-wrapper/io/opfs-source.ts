import { LowrankError } from "../engine/errors.ts";
import { blobSource } from "./blob-source.ts";
import type { ByteSource } from "./byte-source.ts";

/**
 * A source over a file handle: of the origin-private file system, or from a picker. It reads the file as it is now; NOT_FOUND where it
 * has gone, may not be read, or changes while it is read.
 */
export async function openHandle(handle: FileSystemFileHandle, name: string = handle.name): Promise<ByteSource> {
  const file = await handle.getFile().catch((cause: unknown) => {
    throw unreadableHandle(cause, name);
  });
  return blobSource(file, name);
}

/** What a failed access to a handle means. */
export function unreadableHandle(cause: unknown, name: string): LowrankError {
  const reasons: Readonly<Record<string, string>> = {
    NotFoundError: "the file or folder is not there any more",
    NotAllowedError: "this page may not read it; ask for permission from a click and pick it again",
    TypeMismatchError: "a file was needed where a folder is, or a folder where a file is",
  };
  const code = cause instanceof Error ? cause.name : "";
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  return new LowrankError("NOT_FOUND", name, reason ?? `it cannot be read (${code || String(cause)})`, { file: name, cause });
}

/** Picked folders and files, in the order they were first seen: they have no path, only `isSameEntry`. */
const seen: FileSystemHandle[] = [];

/**
 * A canonical location of a handle: `opfs:/…` for what lies in the origin-private file system, else a number that the same file or
 * folder gets again. Equal texts are equal places, which is how an output over its own input is noticed.
 */
export async function handleLocation(handle: FileSystemHandle): Promise<string> {
  const root = await globalThis.navigator?.storage?.getDirectory?.().catch(() => undefined);
  const path = await root?.resolve(handle).catch(() => null);
  if (path) return `opfs:/${path.join("/")}`;
  for (const [i, other] of seen.entries()) {
    if (await other.isSameEntry(handle)) return `handle:${i}`;
  }
  return `handle:${seen.push(handle) - 1}`;
}
