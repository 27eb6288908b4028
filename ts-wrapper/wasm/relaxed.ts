/** Where the relaxed build lies; a literal that every bundler understands. */
export const url: URL = new URL("./relaxed.wasm", import.meta.url);
