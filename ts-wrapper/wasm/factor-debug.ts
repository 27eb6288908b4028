const file = "./factor-debug.wasm"; // no literal below: this build is for tests and not published, so no bundler may look for it
/** Where the debug build of the kernels for decompositions lies. */
export const url: URL = new URL(file, import.meta.url);
