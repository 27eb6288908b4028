import assert from "node:assert/strict";
import { test } from "node:test";
import type { MergeJob } from "../../../../ts-wrapper/adapters/merge/options.ts";
import { claimOutput, clear, sideFilesOf, writeFile } from "../../../../ts-wrapper/adapters/merge/output.ts";
import { planMerge } from "../../../../ts-wrapper/adapters/merge/plan.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import type { FolderSink } from "../../../../ts-wrapper/io/byte-sink.ts";
import { memoryFolder } from "../../../../ts-wrapper/io/memory-sink.ts";
import { openBase, openExample } from "../../../support/merge.ts";

using engine = await createEngine({ threads: 1 });
const base = await openBase();
const adapters = [{ adapter: await openExample("lora-licences") }];
const plan = planMerge(base, adapters);

function job(sink: FolderSink, more: Partial<MergeJob> = {}): MergeJob {
  return { engine, base, adapters, sink, ...more };
}

function sinkWith(more: Partial<FolderSink>): FolderSink {
  const m = memoryFolder();
  return {
    name: "out",
    list: () => m.list(),
    create: (f, n) => m.create(f, n),
    open: (f) => m.open(f),
    append: (f, l) => m.append(f, l),
    remove: (f) => m.remove(f),
    removeIfEmpty: () => m.removeIfEmpty(),
    freeBytes: () => m.freeBytes(),
    ...more,
  };
}

test("an output that is an input is refused: the base's folder, the folder of a base given as a file, an adapter's folder", async () => {
  for (const location of ["/models/base", "/models/base/model.safetensors"]) {
    const sink = sinkWith({ location: "/models/base" });
    await assert.rejects(claimOutput(job(sink, { base: { ...base, location } }), plan), {
      code: "USAGE",
      message: /also the input/,
    });
  }
  const adapter = { ...adapters[0]!.adapter, location: "/models/a" };
  await assert.rejects(claimOutput(job(sinkWith({ location: "/models/a" }), { adapters: [{ adapter }] }), plan), {
    code: "USAGE",
  });
});

test("a folder that only contains the base's folder is no input", async () => {
  const sink = sinkWith({ location: "/models" });
  assert.deepEqual(await claimOutput(job(sink, { base: { ...base, location: "/models/base" } }), plan), { resumes: false });
});

test("too little room is refused before anything is written, with both numbers", async () => {
  let created = 0;
  const sink = sinkWith({
    freeBytes: async () => 1000,
    create: async () => {
      created++;
      throw new Error("no");
    },
  });
  await assert.rejects(claimOutput(job(sink), plan), { code: "NO_SPACE", message: /1000 bytes are free, \d+ are needed/ });
  assert.equal(created, 0);
});

test("overwriting removes what merges leave, and nothing else, the manifest first", async () => {
  const m = memoryFolder();
  for (const f of ["a.safetensors", "notes.txt", "merge.json", "x.partial", "model.safetensors.index.json"])
    await writeFile(m, f, new Uint8Array(1));
  const removed: string[] = [];
  await clear(sinkWith({ remove: async (f) => void removed.push(f) }), await m.list());
  assert.equal(removed[0], "merge.json");
  assert.deepEqual(removed.slice(1).sort(), ["a.safetensors", "model.safetensors.index.json", "x.partial"]);
});

test("a base that was merged itself does not hand down its manifest", () => {
  const source = base.sideFiles[0]!.source;
  const files = sideFilesOf({
    ...base,
    sideFiles: [...base.sideFiles, { name: "merge.json", source }, { name: "merge.journal", source }],
  });
  assert.deepEqual(
    files.map((f) => f.name),
    base.sideFiles.map((f) => f.name),
  );
});
