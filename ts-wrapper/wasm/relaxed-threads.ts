/** Where the relaxed-threads build lies; a literal that every bundler understands. */
export const url: URL = new URL("./relaxed-threads.wasm", import.meta.url);
