import assert from "node:assert/strict";
import { test } from "node:test";
import { configText, lastPart } from "../../../../ts-wrapper/adapters/merge/manifest.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import { fixtureAdapter, fixtureModel } from "../../../support/adapters.ts";
import { fixture } from "../../../support/fixtures.ts";
import { merge, openBase, openExample } from "../../../support/merge.ts";

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const bytes = (s: string): Uint8Array => new TextEncoder().encode(s);

async function sha256(data: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return [...digest].map((b) => b.toString(16).padStart(2, "0")).join("");
}

test("the manifest's hashes are those of the inputs and outputs, and it names every tensor and what was done", async () => {
  using engine = await createEngine({ threads: 1 });
  const base = await openBase();
  const { out, report } = await merge({ engine, base, adapters: [{ adapter: await openExample("lora-licences") }] });
  assert.deepEqual(JSON.parse(text(out.files.get("merge.json"))), JSON.parse(JSON.stringify(report)));
  for (const { file, bytes: size, sha256: hash } of report.outputs) {
    assert.deepEqual([out.files.get(file)!.byteLength, await sha256(out.files.get(file)!)], [size, hash], file);
  }
  assert.equal(report.base.files[0]!.sha256, await sha256(await fixture("kjv-llama/base/model.safetensors")));
  const adapter = report.adapters[0]!.files.find((f) => f.file === "adapter_model.safetensors")!;
  assert.equal(adapter.sha256, await sha256(await fixture("kjv-llama/adapters/lora-licences/adapter_model.safetensors")));
  assert.equal(report.tensors.length, base.tensors.size);
});

test("config.json changes in what changes; numbers, order and nested objects stay as they were written", () => {
  const before = '{"a": 1e-05, "vocab_size": 10, "text_config": {"x": 10000.0, "tie_word_embeddings": true}, "z": NaN}';
  const after = text(
    configText(bytes(before), [
      { path: ["vocab_size"], value: 12 },
      { path: ["text_config", "tie_word_embeddings"], value: false },
    ]),
  );
  assert.equal(
    after.replace(/\s+/g, " "),
    '{ "a": 1e-05, "vocab_size": 12, "text_config": { "x": 10000.0, "tie_word_embeddings": false }, "z": NaN } ',
  );
  assert.equal(configText(bytes(before), []), undefined);
});

test("an untied head and a larger vocabulary are written into config.json, and into nothing else", async () => {
  using engine = await createEngine({ threads: 1 });
  for (const [name, key, value] of [
    ["tied", "tie_word_embeddings", false],
    ["resized", "vocab_size", undefined],
  ] as const) {
    const base = await fixtureModel(`adapters/${name}/base`);
    const adapters = [{ adapter: await fixtureAdapter(`adapters/${name}/adapter`) }];
    const { out } = await merge({ engine, base, adapters, ...(name === "tied" ? { tied: "untie" } : {}) });
    const before = JSON.parse(
      text(
        await base.sideFiles
          .find((f) => f.name === "config.json")!
          .source.read(0, base.sideFiles.find((f) => f.name === "config.json")!.source.byteLength),
      ),
    );
    const after = JSON.parse(text(out.files.get("config.json")));
    assert.notEqual(after[key], before[key]);
    if (value !== undefined) assert.equal(after[key], value);
    assert.deepEqual({ ...after, [key]: 0 }, { ...before, [key]: 0 });
  }
});

test("a manifest says nothing about the machine: of paths and URLs only the last part", () => {
  assert.deepEqual(["/home/me/models/llama/", "C:\\models\\llama", "https://host/a/b", "llama"].map(lastPart), [
    "llama",
    "llama",
    "b",
    "llama",
  ]);
});
