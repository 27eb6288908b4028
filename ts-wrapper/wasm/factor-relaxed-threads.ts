/** Where the relaxed-threads build of the kernels for decompositions lies; a literal that every bundler understands. */
export const url: URL = new URL("./factor-relaxed-threads.wasm", import.meta.url);
