import assert from "node:assert/strict";
import { test } from "node:test";
import { heapBase, joinKernels } from "../../../ts-wrapper/engine/kernels.ts";

/** What `joinKernels` reads of an instance. */
const instance = (exports: Record<string, () => number>) => ({ exports }) as unknown as WebAssembly.Instance;

test("kernels of several modules are one object", () => {
  const kernels = joinKernels([instance({ dot_f32: () => 1 }), instance({ qr_f32: () => 2 })]);
  assert.equal(kernels.dot_f32(0, 0, 0), 1);
  assert.equal(kernels.qr_f32(0, 0, 0, 0, 0), 2);
  assert.deepEqual(Object.keys(kernels), ["dot_f32", "qr_f32"]);
});

test("a kernel that no module has is named in an error; what is no kernel is undefined, as on any object", () => {
  const kernels = joinKernels([instance({ dot_f32: () => 1 })]);
  assert.throws(() => kernels.qr_f32, { code: "UNSUPPORTED", message: /^qr_f32: .*factor: true.*quant: true/ });
  assert.equal((kernels as unknown as Promise<never>).then, undefined);
  assert.equal((kernels as unknown as Iterable<never>)[Symbol.iterator], undefined);
});

test("memory is handed out behind the constants of every module, addresses of 2 GiB and more included", () => {
  const first = instance({ heap_base: () => 8 });
  assert.equal(heapBase(joinKernels([first])), 8);
  assert.equal(heapBase(joinKernels([instance({ factor_heap_base: () => 16500 }), first])), 16500);
  assert.equal(heapBase(joinKernels([first, instance({ quant_heap_base: () => -(2 ** 31) })])), 2 ** 31);
});
