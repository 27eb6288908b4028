import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../../../ts-wrapper/adapters/merge/identity.ts";
import { InputHashes } from "../../../../ts-wrapper/adapters/merge/input-hashes.ts";
import { startHashWorker } from "../../../../ts-wrapper/io/hasher.ts";
import { openBase } from "../../../support/merge.ts";

test("a file's hash is there once all its tensors have passed, over header and tensors in their order", async () => {
  const base = await openBase();
  const worker = await startHashWorker();
  try {
    const hashes = new InputHashes(base, worker, []);
    const shard = base.shards[0]!;
    for (const [i, t] of shard.tensors.entries()) {
      const hasher = await hashes.of(0);
      await hasher!.update(await shard.source.read(t.offset, t.byteLength));
      hashes.passed(0);
      if (i < shard.tensors.length - 1) assert.deepEqual(await hashes.settle(), []);
    }
    const want = sha256(await shard.source.read(0, shard.source.byteLength));
    assert.deepEqual(await hashes.settle(), [[shard.file, want]]);
    assert.deepEqual(await hashes.settle(), []);
    assert.equal(hashes.known.get(shard.file), want);
    hashes.close();
  } finally {
    worker.close();
  }
});

test("a file whose hash is known is not hashed again", async () => {
  const base = await openBase();
  const worker = await startHashWorker();
  const hashes = new InputHashes(base, worker, [["model.safetensors", "known"]]);
  assert.equal(await hashes.of(0), undefined);
  assert.deepEqual(await hashes.settle(), []);
  hashes.close();
  worker.close();
});
