/** The library, and the files of Node, Deno and Bun as sources and sinks of their own. */
export * from "./index.ts";
export { openNodeFolder } from "./io/node-sink.ts";
export { openPath } from "./io/node-source.ts";
