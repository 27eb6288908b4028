import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileInput, FolderInput } from "../../../ts-wrapper/io/folder.ts";
import { openModel } from "../../../ts-wrapper/io/open-model.ts";
import { countingSource } from "../../support/byte-sources.ts";
import { fakeServer } from "../../support/fake-server.ts";
import { files, fixture } from "../../support/fixtures.ts";
import { safetensorsFile } from "../../support/safetensors-file.ts";

const text = (s: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(s);
const weights = safetensorsFile([{ name: "a" }, { name: "b", shape: [3] }]);
const shard1 = safetensorsFile([{ name: "a" }, { name: "z", shape: [0] }], new Map([["format", "pt"]]));
const shard2 = safetensorsFile([{ name: "b", dtype: "BF16" }]);
const [file1, file2] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
const index = (map: Record<string, string>): Uint8Array<ArrayBuffer> =>
  text(JSON.stringify({ metadata: { total_size: 12 }, weight_map: map }));
const goodIndex = index({ a: file1, z: file1, b: file2 });
const sharded: Record<string, FileInput> = {
  [file1]: shard1,
  [file2]: shard2,
  "model.safetensors.index.json": goodIndex,
  "config.json": text('{"a":1}'),
};
const refused = (input: FolderInput, code: string, message: RegExp, options = {}): Promise<void> =>
  assert.rejects(openModel(input, options), { code, message });

test("the example opens from picked files: one shard, 48 tensors, its configuration and all side files, without reading a weight", async () => {
  const names = [
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
  ];
  const model = await openModel(await files("kjv-llama/base", names), { name: "base" });
  assert.equal(model.name, "base");
  assert.equal(model.tensors.size, 48);
  assert.equal(model.shards.length, 1);
  assert.equal(model.index, undefined);
  assert.equal(model.config!.get("hidden_size"), 192);
  assert.deepEqual(
    model.sideFiles.map((f) => f.name),
    names.filter((n) => n !== "model.safetensors"),
  );
  assert.deepEqual(model.leftOut, []);
  const source = countingSource(await fixture("kjv-llama/base/model.safetensors"));
  const lone = await openModel(source);
  assert.ok(source.bytesRead < 6000, `${source.bytesRead} bytes were read`);
  assert.equal(lone.config, undefined);
  assert.deepEqual(lone.sideFiles, []);
  await model.close();
});

test("an open model is given back as it is", async () => {
  const model = await openModel(weights);
  assert.equal(await openModel(model), model);
});

test("shards are opened by their index, in the order of their names, each tensor with its shard", async () => {
  const model = await openModel(sharded);
  assert.deepEqual(
    model.shards.map((s) => s.file),
    [file1, file2],
  );
  assert.deepEqual(
    [...model.tensors.values()].map((t) => [t.name, t.shard]),
    [
      ["a", 0],
      ["z", 0],
      ["b", 1],
    ],
  );
  assert.equal(model.index!.file, "model.safetensors.index.json");
  assert.equal(model.index!.metadata.get("total_size"), 12);
  assert.deepEqual(
    model.sideFiles.map((f) => f.name),
    ["config.json"],
  );
});

test("the index comes before model.safetensors, which comes before a lone file of another name", async () => {
  const both = await openModel({ ...sharded, "model.safetensors": weights });
  assert.equal(both.shards.length, 2);
  assert.deepEqual(
    both.leftOut!.map((f) => f.name),
    ["model.safetensors"],
  );
  const plain = await openModel({ "model.safetensors": weights, "other.safetensors": shard1 });
  assert.deepEqual(
    plain.shards.map((s) => s.file),
    ["model.safetensors"],
  );
  const lone = await openModel({ "weights.safetensors": weights });
  assert.deepEqual(
    lone.shards.map((s) => s.file),
    ["weights.safetensors"],
  );
});

test("what does not go along is listed with its reason", async () => {
  const model = await openModel({
    "model.safetensors": weights,
    "pytorch_model.bin": weights,
    ".hidden": weights,
    "onnx/x": weights,
    "a.png": weights,
    "README.md": text("x"),
  });
  assert.deepEqual(
    model.sideFiles.map((f) => f.name),
    ["README.md"],
  );
  assert.deepEqual(
    model.leftOut!.map((f) => f.name),
    [".hidden", "a.png", "onnx/", "pytorch_model.bin"],
  );
  assert.ok(model.leftOut!.every((f) => f.why !== ""));
});

test("an index that does not fit its shards is refused, both ways", async () => {
  const withIndex = (map: Record<string, string>): FolderInput => ({ ...sharded, "model.safetensors.index.json": index(map) });
  await refused(
    withIndex({ a: file2, z: file1, b: file2 }),
    "FORMAT",
    /puts tensor "a" into model-00002-of-00002\.safetensors, but it is in model-00001/,
  );
  await refused(withIndex({ a: file1, z: file1, b: file2, c: file2 }), "FORMAT", /tensor "c" .* no shard has it/);
  await refused(
    withIndex({ a: file1, b: file2 }),
    "FORMAT",
    /tensor "z" of model-00001-of-00002\.safetensors is not in weight_map/,
  );
  await refused(
    withIndex({ a: file1, z: file1, b: "../x.safetensors" }),
    "FORMAT",
    /a plain file name ending in \.safetensors was needed/,
  );
  await refused(
    withIndex({ a: file1, z: file1, b: "model-3.safetensors" }),
    "NOT_FOUND",
    /the shard "model-3\.safetensors" is not there, but model\.safetensors\.index\.json names it/,
  );
  await refused(
    { ...sharded, [file2]: safetensorsFile([{ name: "a" }, { name: "b" }]) },
    "FORMAT",
    /tensor "a" is in model-00001-of-00002\.safetensors and in model-00002/,
  );
  await refused({ ...sharded, "model.safetensors.index.json": text("{}") }, "FORMAT", /weight_map is missing/);
});

test("a folder without a checkpoint says what is there and what to do", async () => {
  await refused(
    { "pytorch_model.bin": weights },
    "FORMAT",
    /no safetensors file; "pytorch_model\.bin" is a Python pickle.*convert it to safetensors/,
  );
  await refused({ "model.gguf": weights }, "FORMAT", /GGUF file, which is not read/);
  await refused({ "tf_model.h5": weights }, "FORMAT", /in another format, safetensors was needed/);
  await refused(
    { "x.safetensors": weights, "y.safetensors": weights },
    "FORMAT",
    /2 safetensors files \("x\.safetensors", "y\.safetensors"\) and no model\.safetensors\.index\.json/,
  );
  await refused({ "a.txt": weights }, "NOT_FOUND", /no safetensors file, only "a\.txt"/);
  await refused(new Map(), "NOT_FOUND", /it is empty/);
});

test("a single file of another format is refused by what it is", async () => {
  await refused(
    new File([weights], "pytorch_model.bin"),
    "FORMAT",
    /Python pickle, which can run code when it is loaded and is never opened/,
  );
  await refused(new File([weights], "m.gguf"), "FORMAT", /GGUF/);
  await refused(new File([weights.slice(0, 30)], "m.safetensors"), "FORMAT", /m\.safetensors: the header says/);
});

test("config.json: NaN and Infinity are taken; what is no object, twice a key or too long is refused", async () => {
  const withConfig = (bytes: Uint8Array): FolderInput => ({ "model.safetensors": weights, "config.json": bytes });
  assert.equal((await openModel(withConfig(text('{"limit": Infinity}')))).config!.get("limit"), Number.POSITIVE_INFINITY);
  await refused(withConfig(text("[]")), "FORMAT", /config\.json: the JSON is an array/);
  await refused(withConfig(text('{"a":1,"a":2}')), "FORMAT", /config\.json: .* second time/);
  await refused(withConfig(new Uint8Array(16 * 2 ** 20 + 1)), "LIMIT", /the configuration has 16777217 bytes/);
});

test("from a server: a folder by its well-known names, a file with what lies beside it", async () => {
  const server = fakeServer({
    "/m/model.safetensors": weights,
    "/m/config.json": text('{"a":1}'),
    "/m/tokenizer.json": text("{}"),
    "/m/other.json": text("{}"),
  });
  for (const url of ["http://m.test/m", "http://m.test/m/model.safetensors"]) {
    const model = await openModel(url, { fetch: server.fetch });
    assert.equal(model.tensors.size, 2);
    assert.equal(model.location, "http://m.test/m/");
    assert.deepEqual(
      model.sideFiles.map((f) => f.name),
      ["config.json", "tokenizer.json"],
    );
    assert.equal(model.config!.get("a"), 1);
  }
  const files = Object.fromEntries(
    Object.entries(sharded).map(([name, bytes]) => [`/s/${name}`, bytes as Uint8Array<ArrayBuffer>]),
  );
  const shards = fakeServer(files);
  for (const url of ["http://m.test/s/", "http://m.test/s/model.safetensors.index.json"]) {
    assert.equal((await openModel(url, { fetch: shards.fetch })).shards.length, 2);
  }
  await refused(
    "http://m.test/none",
    "NOT_FOUND",
    /the server has neither model\.safetensors\.index\.json nor model\.safetensors there/,
    { fetch: server.fetch },
  );
  await refused("http://m.test/none.safetensors", "NOT_FOUND", /there is no file "none\.safetensors"/, { fetch: server.fetch });
});

test("an index beyond the limit is not read", async () => {
  const huge = { byteLength: 100_000_001, read: () => Promise.reject(new Error("was read")) };
  await refused({ ...sharded, "model.safetensors.index.json": huge }, "LIMIT", /the index has 100000001 bytes/);
});
