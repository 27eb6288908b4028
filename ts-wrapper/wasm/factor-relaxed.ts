/** Where the relaxed build of the kernels for decompositions lies; a literal that every bundler understands. */
export const url: URL = new URL("./factor-relaxed.wasm", import.meta.url);
