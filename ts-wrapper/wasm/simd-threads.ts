/** Where the simd-threads build lies; a literal that every bundler understands. */
export const url: URL = new URL("./simd-threads.wasm", import.meta.url);
