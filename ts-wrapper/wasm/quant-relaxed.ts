/** Where the relaxed build of the kernels for quantized weights lies; a literal that every bundler understands. */
export const url: URL = new URL("./quant-relaxed.wasm", import.meta.url);
