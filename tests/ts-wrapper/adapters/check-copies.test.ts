import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredTensor } from "../../../ts-wrapper/adapters/adapter.ts";
import { checkCopies } from "../../../ts-wrapper/adapters/check-copies.ts";
import { bindAdapter } from "../../../ts-wrapper/adapters/load.ts";
import type { Dtype } from "../../../ts-wrapper/io/dtype.ts";
import { memorySource } from "../../../ts-wrapper/io/memory-source.ts";
import type { Model, TensorInfo } from "../../../ts-wrapper/io/model.ts";
import { fixtureAdapter, fixtureModel, loraOf, stored } from "../../support/adapters.ts";
import { decode, encode } from "../../support/reference-merge.ts";

const adapter = loraOf({}, {});
const tensor = (name: string, dtype: "F32" | "F16" | "BF16", shape: number[], values: number[]): StoredTensor =>
  stored(name, { dtype, shape, bytes: encode(dtype, Float64Array.from(values)) });

/** A base in memory, of one shard. */
async function baseOf(...tensors: StoredTensor[]): Promise<Model> {
  const parts = await Promise.all(tensors.map((t) => t.read()));
  const bytes = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  const infos = new Map<string, TensorInfo>();
  let offset = 0;
  tensors.forEach(({ name, dtype, shape, byteLength }, i) => {
    bytes.set(parts[i]!, offset);
    infos.set(name, { name, dtype: dtype as Dtype, shape, byteLength, shard: 0, offset });
    offset += byteLength;
  });
  const shard = {
    file: "model.safetensors",
    source: memorySource(bytes),
    dataOffset: 0,
    header: new Uint8Array(),
    metadata: new Map(),
    tensors: [],
  };
  return { ...(await fixtureModel("kjv-llama/base")), name: "base", shards: [shard], tensors: infos };
}

const numbers = [0.1, -2, 3.7, 0];

for (const copy of ["F32", "F16", "BF16"] as const) {
  for (const own of ["F32", "F16", "BF16"] as const) {
    test(`a copy in ${copy} of numbers in ${own} is equal where one is the other, rounded`, async () => {
      const rounded = (from: "F32" | "F16" | "BF16"): number[] => [...decode(from, encode(from, Float64Array.from(numbers)))];
      for (const [c, w] of [
        [rounded(own), numbers],
        [numbers, rounded(copy)],
      ]) {
        const base = await baseOf(tensor("w", own, [2, 2], w!));
        await checkCopies(adapter, base, { copies: [{ tensor: tensor("c", copy, [2, 2], c!), of: { base: "w" } }], twins: [] });
      }
    });
  }
}

test("a copy that is something else is MISMATCH with the place and both values: the adapter is from another base", async () => {
  const base = await baseOf(tensor("w", "BF16", [2, 2], [1, 2, 3, 4]));
  const copies = [{ tensor: tensor("c", "F32", [2, 2], [1, 2, 3.5, 4]), of: { base: "w" } }];
  await assert.rejects(checkCopies(adapter, base, { copies, twins: [] }), {
    code: "MISMATCH",
    tensor: "c",
    message: /tensor c repeats w, but holds 3\.5 at \[1, 0\], where w in base has 3; the adapter was trained on another base/,
  });
});

test("a base of another type than floating point is no copy", async () => {
  const base = await baseOf({ ...tensor("w", "F32", [2], [1, 2]), dtype: "I32" });
  const copies = [{ tensor: tensor("c", "F32", [2], [1, 2]), of: { base: "w" } }];
  await assert.rejects(checkCopies(adapter, base, { copies, twins: [] }), {
    code: "MISMATCH",
    message: /holds F32 at \[…\], where w in base has I32/,
  });
});

test("two tensors of the adapter that have to be the same", async () => {
  const base = await baseOf(tensor("w", "F32", [1], [1]));
  const one = tensor("a", "F32", [2, 3], [1, 2, 3, 4, 5, 6]);
  const check = (other: StoredTensor, transposed: boolean) =>
    checkCopies(adapter, base, { copies: [{ tensor: one, of: { stored: other, transposed } }], twins: [] });
  await check(tensor("b", "F32", [2, 3], [1, 2, 3, 4, 5, 6]), false);
  await check(tensor("b", "F32", [3, 2], [1, 4, 2, 5, 3, 6]), true);
  await assert.rejects(check(tensor("b", "F32", [2, 3], [1, 2, 3, 4, 5, 7]), false), {
    code: "MISMATCH",
    message: /holds 6 at \[1, 2\], where b has 7/,
  });
  await assert.rejects(check(tensor("b", "F32", [3, 2], [1, 2, 3, 4, 5, 6]), true), {
    code: "MISMATCH",
    message: /repeats b, transposed, but holds 2 at \[0, 1\]/,
  });
  await assert.rejects(check(tensor("b", "F32", [2, 3], [1, 2, 3, 4, 5, 6]), true), {
    code: "MISMATCH",
    message: /holds \[2,3\]/,
  });
});

test("twins of the base are compared", async () => {
  const base = await baseOf(tensor("e", "F32", [2], [1, 2]), tensor("h", "F32", [2], [1, 2]), tensor("x", "F32", [2], [1, 3]));
  await checkCopies(adapter, base, { copies: [], twins: [["e", "h"]] });
  await assert.rejects(checkCopies(adapter, base, { copies: [], twins: [["e", "x"]] }), {
    code: "MISMATCH",
    message: /base ties e and x, but its file holds 2 and 3 at \[1\]/,
  });
});

test("the embedding that lora-full of the example model carries along is the base's own", async () => {
  const base = await fixtureModel("kjv-llama/base");
  const full = await fixtureAdapter("kjv-llama/adapters/lora-full");
  const bound = bindAdapter(full, base);
  assert.equal(bound.copies.length, 1);
  await checkCopies(full, base, bound);
});
