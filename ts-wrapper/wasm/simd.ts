/** Where the simd build lies; a literal that every bundler understands. */
export const url: URL = new URL("./simd.wasm", import.meta.url);
