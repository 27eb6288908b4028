import assert from "node:assert/strict";
import { test } from "node:test";
import { base, broken, example, lowrank } from "../in-process.ts";

test("inspect tells a model from an adapter, by folder and by file", async () => {
  for (const path of [base, `${base}/model.safetensors`]) assert.match((await lowrank(["inspect", path])).out, /^Model /);
  for (const path of [example("lora-full"), `${example("lora-full")}/adapter_model.safetensors`]) {
    assert.match((await lowrank(["inspect", path])).out, /^Adapter /);
  }
});

test("inspect of a model: with --tensors every tensor, in JSON with its file", async () => {
  const { exit, out } = await lowrank(["inspect", base, "--tensors"]);
  assert.equal(exit, 0);
  assert.match(out, /model\.layers\.4\.mlp\.up_proj\.weight +BF16 +512 × 192 +197 kB\n/);
  const { model, tensors } = JSON.parse((await lowrank(["inspect", base, "--tensors", "--json"])).out);
  assert.equal(tensors.length, model.tensors);
  assert.equal(tensors[0].file, "model.safetensors");
});

test("inspect of an adapter: scale and rank of each tensor with their reason, patterns among them", async () => {
  const { exit, out, err } = await lowrank(["inspect", example("rslora-patterns")]);
  assert.deepEqual([exit, err], [0, ""]);
  assert.match(out, /model\.layers\.0\.self_attn\.q_proj\.weight +1 +192 × 192 +16 +2 .*alpha 8 \/ √r 16 \(rank_pattern/);
  assert.match(out, /model\.layers\.\{1,2,3,4\}\.self_attn\.q_proj\.weight +4 +192 × 192 +4 +4 /);
});

test("inspect --json of an adapter has norms of each tensor, and with --base what a merge would report", async () => {
  const alone = JSON.parse((await lowrank(["inspect", example("lora-licences"), "--json"])).out).adapter;
  assert.deepEqual([alone.kind, alone.base, alone.edits.length, alone.totals], ["lora", null, 35, undefined]);
  const { adapter } = JSON.parse((await lowrank(["inspect", example("lora-licences"), "--base", base, "--json"])).out);
  const plan = JSON.parse((await lowrank(["plan", base, "-a", example("lora-licences"), "--json"])).out).plan;
  for (const edit of adapter.edits) {
    const planned = plan.tensors.find((t: { name: string }) => t.name === edit.name).edits[0];
    assert.deepEqual([edit.scale, edit.rank], [planned.scale, planned.rank], edit.name);
    assert.ok(edit.norm > 0 && edit.spectralNorm <= edit.norm && edit.stableRank >= 1 && edit.stableRank <= edit.rank, edit.name);
    assert.ok(edit.relativeChange > 0 && edit.survival > 0.9 && edit.survival <= 1, edit.name);
    const same = alone.edits.find((e: { name: string }) => e.name === edit.name);
    assert.deepEqual([same.norm, same.stableRank, same.relativeChange], [edit.norm, edit.stableRank, undefined]);
  }
});

test("inspect of what is broken or not there ends as merge does", async () => {
  assert.equal((await lowrank(["inspect", broken("lora-broken-prefix")])).exit, 4);
  assert.equal((await lowrank(["inspect", broken("lora-broken-transposed"), "--base", base])).exit, 4);
  assert.equal((await lowrank(["inspect", "/nowhere/at/all"])).exit, 3);
});
