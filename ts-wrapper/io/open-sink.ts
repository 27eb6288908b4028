import { LowrankError } from "../engine/errors.ts";
import type { FolderSink } from "./byte-sink.ts";
import { builtin } from "./node.ts";

/** Where an output goes: the path of a folder (Node, Deno, Bun), a `file:` URL, a folder handle (OPFS, a picker), or a sink of the caller's. */
export type SinkInput = string | URL | FileSystemDirectoryHandle | FolderSink;

/** Opens the place of an output. Nothing is created before the first file is. USAGE for what is no place that can be written. */
export async function openSink(input: SinkInput): Promise<FolderSink> {
  if (typeof input === "string" || input instanceof URL) return openNamed(String(input));
  if (typeof input === "object" && input !== null) {
    if ("create" in input && typeof input.create === "function") return input;
    if ("kind" in input && input.kind === "directory") {
      const { openHandleSink } = await import("./opfs-sink.ts"); // loaded where it is used: the other runtimes never need it
      return openHandleSink(input);
    }
  }
  throw new LowrankError("USAGE", "openSink", `${String(input)} was given, a path, a folder handle or a FolderSink was needed`);
}

async function openNamed(text: string): Promise<FolderSink> {
  const url = builtin("node:url");
  const { openNodeFolder } = await import("./node-sink.ts");
  if (/^file:/i.test(text) && url) return openNodeFolder(url.fileURLToPath(text), text);
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text)?.[1];
  if (scheme !== undefined || text === "") {
    const what = text === "" ? "an empty path" : `the scheme ${scheme}:`;
    throw new LowrankError("USAGE", text || "openSink", `${what} was given, the path of a folder was needed`, { file: text });
  }
  return openNodeFolder(text);
}
