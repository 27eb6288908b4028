// Rendered by ts-wrapper/tools/build-wasm.ts from package.json. Do not edit.
export const version = "0.1.0";
