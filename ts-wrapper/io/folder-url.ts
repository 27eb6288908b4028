import { LowrankError } from "../engine/errors.ts";
import { plainFileName } from "./file-name.ts";
import type { Folder, FolderOptions } from "./folder.ts";
import { openUrl } from "./http-source.ts";

/** A last part of a URL's path that looks like a file: `model.safetensors`, `model.safetensors.index.json`. */
const FILE = /\.[A-Za-z][A-Za-z0-9_]*$/;

/**
 * A folder on a server, or the folder around one file there. A URL that ends in a file name with an extension is a file, every other
 * is a folder; one that ends in `/` always is. A query stays on every request.
 */
export async function openUrlFolder(url: URL, name: string, options: FolderOptions): Promise<Folder> {
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new LowrankError("USAGE", name, `the scheme is ${url.protocol}, http: or https: was needed`, { file: name });
  }
  const last = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf("/") + 1));
  const picked = FILE.test(last) ? last : undefined;
  const folder = new URL(url);
  folder.hash = "";
  if (picked !== undefined) folder.pathname = url.pathname.slice(0, url.pathname.lastIndexOf("/") + 1);
  else if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  return {
    name: options.name ?? name,
    location: folder.href,
    ...(picked === undefined ? {} : { picked }),
    list: async () => undefined,
    async open(file) {
      const at = new URL(folder);
      at.pathname += encodeURIComponent(plainFileName(file, "FORMAT", name));
      try {
        return await openUrl(at, file, options);
      } catch (cause) {
        if (cause instanceof LowrankError && cause.code === "NOT_FOUND") return undefined;
        throw cause;
      }
    },
    close: async () => {},
  };
}
