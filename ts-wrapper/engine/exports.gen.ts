// Rendered by ts-wrapper/tools/build-wasm.ts from the compiled module. Do not edit.

/** Every kernel of the module. Pointers and sizes are unsigned numbers below 2^32. */
export interface WasmExports {
  features(): number;
  heap_base(): number;
}
