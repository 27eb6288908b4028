import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openModel } from "../../../../ts-wrapper/io/open-model.ts";
import { base, example, lowrank, scratch } from "../in-process.ts";

const folder = scratch();
const adapter = example("lora-licences");
const out = join(folder, "out");
const merged = await lowrank(["merge", base, "-a", adapter, "-o", out]);
const verify = (model: string, ...more: string[]) => lowrank(["verify", model, "--base", base, "-a", adapter, ...more]);

test("verify: what merge wrote is verified", async () => {
  assert.equal(merged.exit, 0);
  const { exit, out: text } = await verify(out);
  assert.equal(exit, 0);
  assert.match(text, /untouched +13 tensors, equal to .* byte for byte\n/);
  assert.match(text, /edited +35 tensors, \d+ rows recomputed\n/);
  const json = JSON.parse((await verify(out, "--json")).out);
  assert.deepEqual([json.command, json.verify.ok, json.verify.copied, json.verify.edited], ["verify", true, 13, 35]);
});

test("verify: one bit in an untouched tensor, or a changed row, is 5 with the tensor's name", async () => {
  const model = await openModel(out);
  const cases: [string, number][] = [
    ["model.norm.weight", 1],
    ["model.layers.2.mlp.up_proj.weight", 0x40],
  ];
  for (const [name, bit] of cases) {
    const copy = join(folder, name);
    cpSync(out, copy, { recursive: true });
    const bytes = readFileSync(join(out, "model.safetensors"));
    const at = model.tensors.get(name)!.offset + 1;
    bytes[at] = bytes[at]! ^ bit;
    writeFileSync(join(copy, "model.safetensors"), bytes);
    const { exit, out: text } = await verify(copy, "--json");
    assert.equal(exit, 5, name);
    assert.equal(JSON.parse(text).error.tensor, name);
  }
  await model.close();
});

test("verify with other weights or types than the merge had is 5", async () => {
  assert.equal((await lowrank(["verify", out, "--base", base, "-a", `${adapter}=0.5`])).exit, 5);
  assert.equal((await verify(out, "--dtype", "f32")).exit, 5);
  assert.equal((await lowrank(["verify", out, "-a", adapter])).exit, 2);
});
