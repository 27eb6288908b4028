/** Where the simd build of the kernels for decompositions lies; a literal that every bundler understands. */
export const url: URL = new URL("./factor-simd.wasm", import.meta.url);
