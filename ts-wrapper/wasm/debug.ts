/** Where the debug build lies; a literal that every bundler understands. */
export const url: URL = new URL("./debug.wasm", import.meta.url);
