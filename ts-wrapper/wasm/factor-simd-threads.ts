/** Where the simd-threads build of the kernels for decompositions lies; a literal that every bundler understands. */
export const url: URL = new URL("./factor-simd-threads.wasm", import.meta.url);
