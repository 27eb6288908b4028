/** Where the simd build of the kernels for quantized weights lies; a literal that every bundler understands. */
export const url: URL = new URL("./quant-simd.wasm", import.meta.url);
