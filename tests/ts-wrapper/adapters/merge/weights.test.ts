import assert from "node:assert/strict";
import { test } from "node:test";
import { runMerge } from "../../../../ts-wrapper/adapters/merge/run.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import type { FolderSink } from "../../../../ts-wrapper/io/byte-sink.ts";
import { memoryFolder } from "../../../../ts-wrapper/io/memory-sink.ts";
import { merge, openBase, openExample } from "../../../support/merge.ts";

const shardSize = 1e6;

/** A folder that takes `left` files and then says the disk is full. */
function fullAfter(left: number, inner = memoryFolder()): FolderSink & { readonly inner: typeof inner } {
  let created = 0;
  return {
    inner,
    name: "full",
    list: () => inner.list(),
    create: async (file, size) => {
      if (++created > left) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
      return inner.create(file, size);
    },
    open: (f) => inner.open(f),
    append: (f, l) => inner.append(f, l),
    remove: (f) => inner.remove(f),
    removeIfEmpty: () => inner.removeIfEmpty(),
    freeBytes: async () => undefined,
  };
}

test("a disk that fills up keeps the finished files and the journal; resumed, the result is the same and finished files are not written again", async () => {
  using engine = await createEngine({ threads: 1 });
  const base = await openBase();
  const adapters = [{ adapter: await openExample("lora-licences") }];
  const { out: whole } = await merge({ engine, base, adapters, shardSize });
  const sink = fullAfter(2);
  await assert.rejects(merge({ engine, base, adapters, shardSize, sink }), { message: "no space" });
  const left = await sink.list();
  assert.ok(left.includes("merge.journal") && !left.some((f) => f.endsWith(".partial")));
  const kept = left.filter((f) => f.endsWith(".safetensors"));
  assert.equal(kept.length, 2);
  const before = kept.map((f) => sink.inner.files.get(f));
  await merge({ engine, base, adapters, shardSize, sink: sink.inner, resume: true });
  assert.deepEqual(
    kept.map((f) => sink.inner.files.get(f)),
    before,
  );
  assert.deepEqual(new Map(sink.inner.files), new Map(whole.files));
});

test("progress: bytes of the phase grow to its total, merge before verify, and the report comes last", async () => {
  using engine = await createEngine({ threads: 1 });
  const job = {
    engine,
    base: await openBase(),
    adapters: [{ adapter: await openExample("lora-licences") }],
    sink: memoryFolder(),
    shardSize,
  };
  const phases: string[] = [];
  let last = 0;
  let reported = 0;
  for await (const p of runMerge(job)) {
    if (p.phase === "merge") {
      assert.ok(p.done >= last && p.done <= p.total, `${p.done} after ${last} of ${p.total}`);
      last = p.done;
    }
    if (phases.at(-1) !== p.phase) phases.push(p.phase);
    if (p.report) reported++;
  }
  assert.equal(phases[0], "check");
  assert.equal(phases[1], "merge");
  assert.deepEqual(phases.slice(-2), ["verify", "done"]);
  assert.equal(reported, 1);
});
