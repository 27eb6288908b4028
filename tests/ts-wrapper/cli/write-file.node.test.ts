// Node only: it writes files
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { refuseInput, writeFile, writeSafetensors } from "../../../ts-wrapper/cli/write-file.ts";
import { openModel } from "../../../ts-wrapper/io/open-model.ts";
import { scratch } from "./in-process.ts";

const folder = scratch();

test("parts stand behind each other, a file of that name is replaced, and nothing else is left", async () => {
  const path = join(folder, "new", "a.bin");
  await writeFile(path, Uint8Array.of(1, 2, 3));
  await writeFile(path, Uint8Array.of(4), new Uint8Array(0), Uint8Array.of(5, 6));
  assert.deepEqual([...readFileSync(path)], [4, 5, 6]);
  assert.deepEqual(readdirSync(join(folder, "new")), ["a.bin"]);
});

test("where it cannot be written it says so, and leaves nothing", async () => {
  const path = join(folder, "taken");
  mkdirSync(join(path, "inside"), { recursive: true });
  await assert.rejects(writeFile(path, Uint8Array.of(1)), { code: "CANNOT_WRITE" });
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith("taken")),
    ["taken"],
  );
});

test("a safetensors file is read as it was written", async () => {
  const path = join(folder, "t.safetensors");
  const tensors = [
    { name: "x", dtype: "F64", shape: [2], bytes: new Uint8Array(Float64Array.of(1, -2).buffer) },
    { name: "empty", dtype: "F32", shape: [0, 3], bytes: new Uint8Array(0) },
  ] as const;
  await writeSafetensors(path, tensors, new Map([["format", "test"]]));
  const model = await openModel(path);
  const { offset, byteLength } = model.tensors.get("x")!;
  const bytes = await model.shards[0]!.source.read(offset, byteLength);
  assert.deepEqual([...new Float64Array(bytes.slice().buffer)], [1, -2]);
  assert.deepEqual(model.tensors.get("empty")!.shape, [0, 3]);
  assert.equal(model.shards[0]!.metadata.get("format"), "test");
  await model.close();
  assert.ok(existsSync(path));
});

test("a file of the model that is read is not replaced, under whatever path", async () => {
  const path = join(folder, "own", "model.safetensors");
  await writeSafetensors(path, [{ name: "x", dtype: "U8", shape: [1], bytes: Uint8Array.of(7) }], new Map());
  symlinkSync(join(folder, "own"), join(folder, "link"));
  for (const model of [await openModel(path), await openModel(join(folder, "own"))]) {
    for (const same of [path, join(folder, "link", "model.safetensors"), join(folder, "own", ".", "model.safetensors")]) {
      await assert.rejects(refuseInput(same, model), { code: "USAGE", message: /choose another name/ });
    }
    await refuseInput(join(folder, "own", "other.safetensors"), model);
    await refuseInput(join(folder, "model.safetensors"), model);
    await model.close();
  }
});
