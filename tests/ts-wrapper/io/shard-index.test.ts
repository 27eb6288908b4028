import assert from "node:assert/strict";
import { test } from "node:test";
import { memorySource } from "../../../ts-wrapper/io/memory-source.ts";
import type { Shard } from "../../../ts-wrapper/io/model.ts";
import { readSafetensors } from "../../../ts-wrapper/io/safetensors.ts";
import { checkIndex, parseIndex } from "../../../ts-wrapper/io/shard-index.ts";
import { safetensorsFile } from "../../support/safetensors-file.ts";

const file = "model.safetensors.index.json";
const parse = (text: string): ReturnType<typeof parseIndex> => parseIndex(new TextEncoder().encode(text), file);
const shard = (name: string, tensors: string[]): Promise<Shard> =>
  readSafetensors(memorySource(safetensorsFile(tensors.map((t) => ({ name: t })))), { file: name });

test("an index gives its metadata, its map and its files in the order of their numbers", () => {
  const index = parse(
    '{"metadata":{"total_size":12},"weight_map":{"b":"m-2.safetensors","a":"m-1.safetensors","c":"m-1.safetensors"}}',
  );
  assert.deepEqual([...index.metadata], [["total_size", 12]]);
  assert.deepEqual(index.files, ["m-1.safetensors", "m-2.safetensors"]);
  assert.equal(index.weightMap.get("c"), "m-1.safetensors");
  assert.deepEqual([...parse('{"weight_map":{"a":"m.safetensors"}}').metadata], []);
});

test("shard names are plain and end in .safetensors: nothing outside the folder is ever opened", () => {
  for (const name of [
    "../m.safetensors",
    "a/m.safetensors",
    "/m.safetensors",
    "..\\\\m.safetensors",
    "m.bin",
    "",
    "m.safetensors\\u0000",
    "C:m.safetensors",
    "model.safetensors.zip",
  ]) {
    assert.throws(
      () => parse(`{"weight_map":{"w":"${name}"}}`),
      { code: "FORMAT", tensor: "w", message: /weight_map puts tensor "w" into the string .*, a plain file name/ },
      name,
    );
  }
  for (const value of ["1", "null", "[]", "{}"])
    assert.throws(() => parse(`{"weight_map":{"w":${value}}}`), { code: "FORMAT", tensor: "w" }, value);
});

test("an index of the wrong form is refused, and one of more than 10000 files is beyond the limit", () => {
  assert.throws(() => parse("[]"), { code: "FORMAT", message: /an object was needed/ });
  assert.throws(() => parse("{}"), { code: "FORMAT", message: /weight_map is missing/ });
  assert.throws(() => parse('{"weight_map":[]}'), { code: "FORMAT", message: /weight_map is an array/ });
  assert.throws(() => parse('{"weight_map":{}}'), { code: "FORMAT", message: /weight_map is empty/ });
  assert.throws(() => parse('{"metadata":3,"weight_map":{"a":"m.safetensors"}}'), { code: "FORMAT", message: /metadata is 3/ });
  assert.throws(() => parse('{"weight_map":{"a":"m.safetensors","a":"n.safetensors"}}'), {
    code: "FORMAT",
    message: /the key "a" a second time/,
  });
  const many = Array.from({ length: 10_001 }, (_, i) => `"${i}":"m-${i}.safetensors"`);
  assert.equal(parse(`{"weight_map":{${many.slice(1)}}}`).files.length, 10_000);
  assert.throws(() => parse(`{"weight_map":{${many}}}`), { code: "LIMIT", message: /names 10001 files, at most 10000/ });
});

test("index and shards are compared both ways", async () => {
  const shards = [await shard("m-1.safetensors", ["a"]), await shard("m-2.safetensors", ["b"])];
  const check = (map: string): void => checkIndex(parse(`{"weight_map":${map}}`), shards, file);
  check('{"a":"m-1.safetensors","b":"m-2.safetensors"}');
  assert.throws(() => check('{"a":"m-2.safetensors","b":"m-2.safetensors"}'), {
    code: "FORMAT",
    tensor: "a",
    message: /puts tensor "a" into m-2\.safetensors, but it is in m-1\.safetensors/,
  });
  assert.throws(() => check('{"a":"m-1.safetensors","b":"m-2.safetensors","c":"m-2.safetensors"}'), {
    code: "FORMAT",
    tensor: "c",
    message: /but no shard has it/,
  });
  assert.throws(() => check('{"a":"m-1.safetensors"}'), {
    code: "FORMAT",
    tensor: "b",
    message: /tensor "b" of m-2\.safetensors is not in weight_map/,
  });
});
