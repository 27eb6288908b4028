import { LowrankError } from "./errors.ts";
import type { WasmExports } from "./exports.gen.ts";

/** Stands behind the kernels: who asks for one that no module brought learns which option brings it. */
const missing: object = new Proxy(Object.create(null), {
  get(_, name) {
    if (typeof name !== "string" || !name.includes("_")) return undefined;
    throw new LowrankError(
      "UNSUPPORTED",
      name,
      "this engine has no such kernel; decompositions come with createEngine({ factor: true }), quantized weights with createEngine({ quant: true })",
    );
  },
});

/** The kernels of modules on one memory, as one object. Asking it for a kernel that none of them has throws `UNSUPPORTED`. */
export function joinKernels(instances: readonly WebAssembly.Instance[]): WasmExports {
  return Object.assign(Object.create(missing), ...instances.map(({ exports }) => exports));
}

/** The first byte behind the constants of every module. */
export function heapBase(kernels: WasmExports): number {
  const bases = Object.entries(kernels).filter(([name]) => name.endsWith("heap_base"));
  return Math.max(...bases.map(([, base]) => (base as () => number)() >>> 0));
}
