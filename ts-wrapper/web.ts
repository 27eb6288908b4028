/** The library, and what pages have as sources and sinks of their own: blobs, URLs, handles of the origin's private files. */
export * from "./index.ts";
export { blobSource } from "./io/blob-source.ts";
export { type HttpOptions, openUrl } from "./io/http-source.ts";
export { openHandleSink } from "./io/opfs-sink.ts";
export { openHandle } from "./io/opfs-source.ts";
