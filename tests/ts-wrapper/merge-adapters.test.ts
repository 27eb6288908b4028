import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine, type FolderSink, memoryFolder, mergeAdapters, openModel } from "../../ts-wrapper/index.ts";
import { files } from "../support/fixtures.ts";
import { openBase, openExample } from "../support/merge.ts";

const ADAPTER = ["adapter_config.json", "adapter_model.safetensors"];
const BASE = ["config.json", "model.safetensors"];

test("picked files in, a sink out: the last step carries the report, and opened inputs give the same bytes", async () => {
  using engine = await createEngine({ threads: 1 });
  const picked = memoryFolder();
  const base = await files("kjv-llama/base", BASE);
  const source = await files("kjv-llama/adapters/lora-licences", ADAPTER);
  let survival: number | null = null;
  for await (const { report } of mergeAdapters(engine, { base, adapters: [{ source, weight: 0.7 }], sink: picked })) {
    if (report) survival = report.totals.survival;
  }
  assert.ok(survival !== null && survival > 0.99);
  const opened = memoryFolder();
  const model = await openModel(base);
  for await (const _ of mergeAdapters(engine, {
    base: model,
    adapters: [{ source: await openExample("lora-licences"), weight: 0.7 }],
    sink: opened,
  }));
  assert.deepEqual(opened.files.get("model.safetensors"), picked.files.get("model.safetensors"));
  const { byteLength } = model.shards[0]!.source;
  assert.equal((await model.shards[0]!.source.read(0, 8)).length, 8, "what the caller opened stays open");
  assert.ok(byteLength > 0);
});

test("what does not fit is refused before the sink is touched", async () => {
  using engine = await createEngine({ threads: 1 });
  let touched = 0;
  const sink = {
    ...memoryFolder(),
    create: async () => void touched++,
    append: async () => void touched++,
  } as unknown as FolderSink;
  const source = await files("kjv-llama/adapters/lora-broken-transposed", ADAPTER);
  const run = async (): Promise<void> => {
    for await (const _ of mergeAdapters(engine, { base: await openBase(), adapters: [{ source }], sink }));
  };
  await assert.rejects(run, { code: "MISMATCH", message: /transposed/ });
  assert.equal(touched, 0);
});

test("something that is no sink is wrong usage", async () => {
  using engine = await createEngine({ threads: 1 });
  const run = async (): Promise<void> => {
    const request = {
      base: await openBase(),
      adapters: [{ source: await openExample("lora-licences") }],
      sink: 7 as unknown as FolderSink,
    };
    for await (const _ of mergeAdapters(engine, request));
  };
  await assert.rejects(run, { code: "USAGE" });
});

test("an engine that is disposed in the middle of a merge ends it with its reason, and no file has its name", async () => {
  const engine = await createEngine({ threads: 1 });
  const sink = memoryFolder();
  const base = await files("kjv-llama/base", BASE);
  const source = await files("kjv-llama/adapters/lora-licences", ADAPTER);
  const run = async (): Promise<void> => {
    for await (const _ of mergeAdapters(engine, { base, adapters: [{ source }], sink })) engine[Symbol.dispose]();
  };
  await assert.rejects(run, { code: "BROKEN", message: /disposed/ });
  assert.deepEqual(
    [...sink.files.keys()].filter((name) => /^(model|merge\.json)/.test(name)),
    [],
  );
});
