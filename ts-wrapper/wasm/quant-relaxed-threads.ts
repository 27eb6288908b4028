/** Where the relaxed-threads build of the kernels for quantized weights lies; a literal that every bundler understands. */
export const url: URL = new URL("./quant-relaxed-threads.wasm", import.meta.url);
