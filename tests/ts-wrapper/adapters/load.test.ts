import assert from "node:assert/strict";
import { test } from "node:test";
import { type AdapterInput, openAdapter } from "../../../ts-wrapper/adapters/load.ts";
import { memorySource } from "../../../ts-wrapper/io/memory-source.ts";
import { fixtureAdapter } from "../../support/adapters.ts";
import { files, fixture } from "../../support/fixtures.ts";

const folder = "kjv-llama/adapters/lora-layer1-control";
const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";
const config = await fixture(`${folder}/${CONFIG}`);
const weights = await fixture(`${folder}/${WEIGHTS}`);
const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const lora = { peft_type: "LORA", r: 8, lora_alpha: 16 };

const inputs: readonly (readonly [what: string, input: () => Promise<AdapterInput> | AdapterInput])[] = [
  ["picked files", () => files(folder, [CONFIG, WEIGHTS])],
  [
    "a map of bytes",
    () =>
      new Map([
        [CONFIG, config],
        [WEIGHTS, weights],
      ]),
  ],
  ["a record of blobs", () => ({ [CONFIG]: new Blob([config]), [WEIGHTS]: new Blob([weights]) })],
  ["a record of sources", () => ({ [CONFIG]: memorySource(config), [WEIGHTS]: memorySource(weights) })],
];

for (const [what, input] of inputs) {
  test(`an adapter opens from ${what}: its kind, its tensors, its files`, async () => {
    const adapter = await openAdapter(await input(), { name: "control" });
    assert.deepEqual([adapter.kind.name, adapter.tensors.size, adapter.warnings], ["lora", 14, []]);
    assert.deepEqual(
      adapter.files.map((f) => [f.name, f.byteLength]),
      [
        [CONFIG, config.length],
        [WEIGHTS, weights.length],
      ],
    );
    assert.deepEqual(await adapter.files[0]!.read(), config);
    const tensor = adapter.tensors.get("base_model.model.model.layers.1.mlp.down_proj.lora_B.weight")!;
    const all = await tensor.read();
    assert.equal(all.length, 192 * 8 * 4);
    assert.deepEqual([await tensor.read(8, 4), await tensor.read(6140)], [all.slice(8, 12), all.slice(6140)]);
    await adapter.close();
  });
}

test("an open adapter is given back as it is", async () => {
  const adapter = await fixtureAdapter(folder);
  assert.equal(await openAdapter(adapter), adapter);
});

test("warnings of the configuration are the adapter's", async () => {
  const adapter = await openAdapter({ [CONFIG]: text({ ...lora, nova: 1 }), [WEIGHTS]: weights });
  assert.match(adapter.warnings[0]!, /has the field "nova"/);
});

test("peft_type is read in any case", async () => {
  const adapter = await openAdapter({ [CONFIG]: text({ ...lora, peft_type: "lora" }), [WEIGHTS]: weights });
  assert.equal(adapter.kind.name, "lora");
});

const empty = new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d]);
const refusals: readonly (readonly [what: string, input: AdapterInput, code: string, message: RegExp])[] = [
  ["no configuration", { [WEIGHTS]: weights }, "NOT_FOUND", /there is no adapter_config\.json; give the folder/],
  [
    "a model",
    { "config.json": text({}), "model.safetensors": weights },
    "NOT_FOUND",
    /it looks like a model; an adapter is a folder/,
  ],
  ["no weights", { [CONFIG]: config }, "NOT_FOUND", /there is no "adapter_model\.safetensors"/],
  [
    "a pickle",
    { [CONFIG]: config, "adapter_model.bin": weights },
    "FORMAT",
    /"adapter_model\.bin" is a pickle, .* safetensors\.torch\.save_file/,
  ],
  ["a picked pickle", new File([weights], "adapter_model.bin"), "FORMAT", /"adapter_model\.bin" is a pickle/],
  ["another picked file", new File([weights], "adapter.gguf"), "FORMAT", /"adapter\.gguf" is no adapter that is read/],
  ["weights alone", new File([weights], WEIGHTS), "NOT_FOUND", /there is no adapter_config\.json/],
  ["a configuration that is no JSON", { [CONFIG]: text("{").slice(0, 1), [WEIGHTS]: weights }, "FORMAT", /bad JSON/],
  [
    "a configuration that is no object",
    { [CONFIG]: text([]), [WEIGHTS]: weights },
    "FORMAT",
    /the JSON is an array, an object was needed/,
  ],
  [
    "a configuration of 17 MiB",
    { [CONFIG]: { byteLength: 17 * 2 ** 20, read: async () => new Uint8Array() }, [WEIGHTS]: weights },
    "LIMIT",
    /it has 17825792 bytes, at most/,
  ],
  ["no peft_type", { [CONFIG]: text({ r: 8 }), [WEIGHTS]: weights }, "FORMAT", /peft_type is missing/],
  [
    "another kind of PEFT",
    { [CONFIG]: text({ peft_type: "LOHA" }), [WEIGHTS]: weights },
    "KIND",
    /peft_type is "LOHA", which is not merged: its change is the elementwise product/,
  ],
  [
    "an unknown kind",
    { [CONFIG]: text({ peft_type: "NOVA" }), [WEIGHTS]: weights },
    "KIND",
    /peft_type is "NOVA", which is not known here/,
  ],
  [
    "an option that cannot be merged",
    { [CONFIG]: text({ ...lora, use_qalora: true }), [WEIGHTS]: weights },
    "KIND",
    /use_qalora is set/,
  ],
  ["weights that are no safetensors", { [CONFIG]: config, [WEIGHTS]: config }, "LIMIT", /header says/],
  ["weights without tensors", { [CONFIG]: config, [WEIGHTS]: empty }, "FORMAT", /no tensors are in it/],
];

for (const [what, input, code, message] of refusals) {
  test(`${what} is ${code}`, async () => {
    await assert.rejects(openAdapter(input), { code, message });
  });
}
