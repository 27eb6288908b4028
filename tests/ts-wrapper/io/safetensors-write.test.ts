import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Dtype, dtypes } from "../../../ts-wrapper/io/dtype.ts";
import { memorySource } from "../../../ts-wrapper/io/memory-source.ts";
import { readSafetensors } from "../../../ts-wrapper/io/safetensors.ts";
import { layoutSafetensors } from "../../../ts-wrapper/io/safetensors-write.ts";
import { fixture } from "../../support/fixtures.ts";

const file = "out.safetensors";

test("what is laid out is read back: names, dtypes, shapes, offsets and metadata, in order (200 random files)", async () => {
  const name = fc.string({ unit: "grapheme", maxLength: 12 }).filter((s) => s !== "__metadata__");
  const dtype = fc.constantFrom(...(Object.keys(dtypes) as Dtype[]));
  // A last dimension of 4 makes the bits of every dtype fill whole bytes.
  const shape = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }).map((s) => [...s, 4]);
  const tensors = fc.uniqueArray(fc.record({ name, dtype, shape }), { selector: (t) => t.name, maxLength: 8 });
  const metadata = fc.uniqueArray(fc.tuple(name, name), { selector: (e) => e[0], maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(tensors, metadata, async (list, pairs) => {
      const layout = layoutSafetensors(list, new Map(pairs), file);
      assert.equal(layout.header.length % 8, 0);
      const bytes = new Uint8Array(layout.byteLength);
      bytes.set(layout.header);
      const shard = await readSafetensors(memorySource(bytes), { file });
      assert.deepEqual([...shard.metadata], pairs);
      assert.deepEqual(shard.header, layout.header);
      const byName = new Map(shard.tensors.map((t) => [t.name, t]));
      assert.equal(byName.size, list.length);
      for (const [i, t] of list.entries()) {
        const found = byName.get(t.name)!;
        assert.deepEqual([found.dtype, found.shape, found.offset], [t.dtype, t.shape, layout.offsets[i]]);
      }
    }),
    { numRuns: 200, seed: 20253 },
  );
});

test("the header of the example is written byte for byte as the reference writer wrote it", async () => {
  const bytes = await fixture("kjv-llama/base/model.safetensors");
  const shard = await readSafetensors(memorySource(bytes), { file });
  const layout = layoutSafetensors(shard.tensors, shard.metadata, file);
  assert.deepEqual(layout.header, bytes.slice(0, shard.dataOffset));
  assert.equal(layout.byteLength, bytes.length);
  assert.deepEqual(
    layout.offsets,
    shard.tensors.map((t) => t.offset),
  );
});

test("the length counts the padding, which is spaces; without metadata there is no __metadata__", () => {
  const { header, byteLength } = layoutSafetensors([]);
  assert.deepEqual([...header], [8, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20]);
  assert.equal(byteLength, 16);
});

test("what a reader would refuse is refused: twice one name, the reserved name, no text, too many bits, too long a header", () => {
  const t = { name: "a", dtype: "F32", shape: [1] } as const;
  assert.throws(() => layoutSafetensors([t, t], undefined, file), { code: "FORMAT", file, tensor: "a", message: /given twice/ });
  assert.throws(() => layoutSafetensors([{ ...t, name: "__metadata__" }]), { code: "FORMAT", message: /keeps for itself/ });
  assert.throws(() => layoutSafetensors([{ ...t, name: "\ud800" }]), { code: "FORMAT", message: /unpaired surrogate/ });
  assert.throws(() => layoutSafetensors([t], new Map([["k", "\udc00"]])), { code: "FORMAT", message: /unpaired surrogate/ });
  assert.throws(() => layoutSafetensors([{ ...t, dtype: "F4", shape: [3] }]), {
    code: "FORMAT",
    message: /do not fill whole bytes/,
  });
  const long = new Map([["k", "x".repeat(100_000_000)]]);
  assert.throws(() => layoutSafetensors([], long, file), { code: "LIMIT", message: /at most 100000000/ });
});
