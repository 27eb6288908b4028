/** Where the simd-threads build of the kernels for quantized weights lies; a literal that every bundler understands. */
export const url: URL = new URL("./quant-simd-threads.wasm", import.meta.url);
