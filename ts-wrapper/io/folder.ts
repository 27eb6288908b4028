import { LowrankError } from "../engine/errors.ts";
import { blobName, isFile } from "./blob-source.ts";
import type { ByteSource } from "./byte-source.ts";
import { isByteSource, openFiles, openOne } from "./folder-files.ts";
import type { HttpOptions } from "./http-source.ts";
import { builtin } from "./node.ts";

/** One file, however it is at hand. */
export type FileInput = ByteSource | Blob | Uint8Array | ArrayBuffer;

/**
 * Where the files of a model or an adapter are: a path or URL (of the folder or of one file in it), picked files, a handle, or files by
 * name. Strings are paths in Node, Deno and Bun unless they begin with http:// or https://; in a browser they are URLs.
 */
export type FolderInput =
  | string
  | URL
  | FileInput
  | readonly File[]
  | FileList
  | FileSystemHandle
  | ReadonlyMap<string, FileInput>
  | { readonly [file: string]: FileInput };

/** The files of a model or an adapter, wherever they are. */
export interface Folder {
  /** As the user named it. */
  readonly name: string;
  /** A canonical location (real path, URL, place in OPFS), where there is one. */
  readonly location?: string;
  /** The file that was named, where it was a file and not the folder. */
  readonly picked?: string;
  /** Names in it, sorted, those of folders with a `/` behind; `undefined` where they cannot be known: a URL. */
  list(): Promise<string[] | undefined>;
  /** A file of it; `undefined` where it is not there. The folder closes it. */
  open(file: string): Promise<ByteSource | undefined>;
  /** Closes every source that it opened; what the caller brought stays open. */
  close(): Promise<void>;
}

/** How remote files are fetched, and how messages name what has no name of its own. */
export interface FolderOptions extends HttpOptions {
  readonly name?: string;
}

/** Opens what the user names. USAGE for what is no input, NOT_FOUND for what is not there. Nothing is read from the files yet. */
export async function openFolder(input: FolderInput, options: FolderOptions = {}): Promise<Folder> {
  if (typeof input === "string" || input instanceof URL) return openNamed(input, options);
  if (typeof input !== "object" || input === null) {
    throw new LowrankError(
      "USAGE",
      "openFolder",
      `${String(input)} was given, a path, URL, File, handle, bytes or files by name was needed`,
    );
  }
  if (input instanceof Uint8Array || input instanceof ArrayBuffer) return openOne(input, options.name ?? "bytes");
  if (input instanceof Blob) return openOne(input, options.name ?? blobName(input));
  if (isHandle(input)) return (await import("./folder-handle.ts")).openHandleFolder(input, options.name ?? input.name);
  if (isByteSource(input)) return openOne(input, options.name ?? input.name ?? "source");
  if (input instanceof Map) return openFiles(input, options.name ?? "files");
  if (isFileList(input)) return openFiles(byName(Array.from(input)), options.name ?? pickedFolder(input[0]));
  return openFiles(new Map(Object.entries(input)), options.name ?? "files");
}

async function openNamed(input: string | URL, options: FolderOptions): Promise<Folder> {
  const text = String(input);
  if (text === "") throw new LowrankError("USAGE", "openFolder", "an empty path was given, a path or URL was needed");
  // Each way in is loaded where it is used.
  if (/^https?:/i.test(text)) return (await import("./folder-url.ts")).openUrlFolder(new URL(text), text, options);
  const url = builtin("node:url");
  if (/^file:/i.test(text) && url) {
    return (await import("./folder-path.ts")).openPathFolder(url.fileURLToPath(text), options.name ?? text);
  }
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1];
  if (scheme !== undefined && (input instanceof URL || text.startsWith(`${scheme}://`))) {
    throw new LowrankError("USAGE", text, `the scheme ${scheme}: is not read; http:, https: and paths are`, { file: text });
  }
  if (builtin("node:fs")) return (await import("./folder-path.ts")).openPathFolder(text, options.name ?? text);
  const base = (globalThis as { location?: { href: string } }).location?.href;
  return (await import("./folder-url.ts")).openUrlFolder(new URL(text, base), text, options);
}

function isHandle(input: object): input is FileSystemHandle {
  return "kind" in input && (input.kind === "directory" || input.kind === "file") && "isSameEntry" in input;
}

function isFileList(input: object): input is readonly File[] | FileList {
  if (Array.isArray(input)) return input.every((f) => f instanceof Blob && isFile(f));
  return typeof FileList !== "undefined" && input instanceof FileList;
}

function pickedFolder(file: File | undefined): string {
  return file?.webkitRelativePath?.split("/")[0] || "picked files";
}

/** Files by name; of a picked folder only those at its top, the others by their path, which is how they are left out. */
function byName(files: readonly File[]): Map<string, File> {
  const map = new Map<string, File>();
  for (const file of files) {
    const name = file.webkitRelativePath ? file.webkitRelativePath.split("/").slice(1).join("/") : file.name;
    if (map.has(name)) throw new LowrankError("USAGE", name, "two picked files have this name; pick one folder", { file: name });
    map.set(name, file);
  }
  return map;
}
