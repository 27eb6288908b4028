import assert from "node:assert/strict";
import { copyFileSync, cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Inputs, whatIs } from "../../../ts-wrapper/cli/inputs.ts";
import { base, example, scratch } from "./in-process.ts";

const { signal } = new AbortController();

test("inputs: what was opened is closed together, also when one of them is not there", async () => {
  let model: Awaited<ReturnType<Inputs["model"]>> | undefined;
  const use = async (): Promise<void> => {
    await using inputs = new Inputs(signal);
    model = await inputs.model(base);
    await inputs.adapters([
      { source: example("lora-licences"), weight: 0.5 },
      { source: "/nowhere", weight: 1 },
    ]);
  };
  await assert.rejects(use(), { code: "NOT_FOUND" });
  await assert.rejects(model!.shards[0]!.source.read(0, 1), /closed/);
});

test("inputs: weights stay with their adapters", async () => {
  await using inputs = new Inputs(signal);
  const given = [
    { source: example("lora-licences"), weight: -0.5 },
    { source: example("lora-full"), weight: 2 },
  ];
  assert.deepEqual(
    (await inputs.adapters(given)).map((a) => [a.adapter.name, a.weight]),
    given.map((g) => [g.source, g.weight]),
  );
});

test("inputs: a folder is an adapter by its configuration, unless a model lies in it; a file by its name", async () => {
  const both = join(scratch(), "both");
  cpSync(base, both, { recursive: true });
  copyFileSync(join(example("lora-full"), "adapter_config.json"), join(both, "adapter_config.json"));
  const cases: [string, "model" | "adapter"][] = [
    [base, "model"],
    [both, "model"],
    [example("lora-full"), "adapter"],
    [join(example("lora-full"), "adapter_model.safetensors"), "adapter"],
    [join(base, "model.safetensors"), "model"],
  ];
  for (const [path, what] of cases) assert.equal(await whatIs(path, signal), what, path);
  const empty = scratch();
  writeFileSync(join(empty, "notes.txt"), "");
  assert.equal(await whatIs(empty, signal), "model");
});
