import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyMerge } from "../../../../ts-wrapper/adapters/merge/verify.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import { memorySource } from "../../../../ts-wrapper/io/memory-source.ts";
import { openModel } from "../../../../ts-wrapper/io/open-model.ts";
import { readSafetensors } from "../../../../ts-wrapper/io/safetensors.ts";
import { merge, openBase, openExample } from "../../../support/merge.ts";

const WEIGHTS = "model.safetensors";

async function merged(names: readonly string[]) {
  using engine = await createEngine({ threads: 1 });
  const base = await openBase();
  const adapters = await Promise.all(names.map(async (n) => ({ adapter: await openExample(n) })));
  const { out } = await merge({ engine, base, adapters });
  return { base, adapters, files: out.files };
}

/** The output with one element of a tensor, counted from its start, replaced by another 16-bit pattern. */
async function tampered(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>, tensor: string, element: number) {
  const bytes = files.get(WEIGHTS)!.slice();
  const { tensors } = await readSafetensors(memorySource(bytes, WEIGHTS), { file: WEIGHTS, shard: 0 });
  const at = tensors.find((t) => t.name === tensor)!.offset + 2 * element;
  bytes[at + 1] = bytes[at + 1]! ^ 0x40;
  return openModel(new Map([...files, [WEIGHTS, bytes]]));
}

test("a finished merge passes: copied tensors compared, rows of the others recomputed, hashes of the manifest compared", async () => {
  const { base, adapters, files } = await merged(["lora-licences", "dora-manual", "lora-full"]);
  const report = await verifyMerge({ out: await openModel(files), base, adapters });
  assert.equal(report.copied + report.edited, base.tensors.size);
  assert.ok(report.edited >= 37 && report.rows >= 3 * report.edited);
  assert.ok(report.files >= 1);
});

test("one changed value in a copied tensor, and one in a sampled row of a merged one, are found and named", async () => {
  const { base, adapters, files } = await merged(["lora-licences"]);
  const without = new Map([...files].filter(([name]) => name !== "merge.json"));
  for (const [tensor, element] of [
    ["model.embed_tokens.weight", 777],
    ["model.layers.2.mlp.up_proj.weight", 3],
  ] as const) {
    const out = await tampered(without, tensor, element);
    await assert.rejects(verifyMerge({ out, base, adapters }), { code: "VERIFY", tensor });
  }
});

test("a change anywhere is found by the hashes of the manifest", async () => {
  const { base, adapters, files } = await merged(["lora-licences"]);
  const out = await tampered(files, "model.layers.2.mlp.up_proj.weight", 192 * 100 + 5);
  await assert.rejects(verifyMerge({ out, base, adapters }), { code: "VERIFY", message: /model\.safetensors.*SHA-256/ });
});

test("the base itself is no merge, another adapter is another merge, and another weight is, too", async () => {
  const { base, adapters, files } = await merged(["lora-licences"]);
  await assert.rejects(verifyMerge({ out: base, base, adapters }), { code: "VERIFY" });
  const out = await openModel(files);
  await assert.rejects(verifyMerge({ out, base, adapters: [{ adapter: await openExample("dora-manual") }] }), { code: "VERIFY" });
  await assert.rejects(verifyMerge({ out, base, adapters: [{ ...adapters[0]!, weight: 0.99 }] }), { code: "VERIFY" });
});
