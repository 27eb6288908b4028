import assert from "node:assert/strict";
import { test } from "node:test";
import { bindAdapter, openAdapter } from "../../../ts-wrapper/adapters/load.ts";
import { decodeValues } from "../../../ts-wrapper/adapters/merge/decode.ts";
import { adapterFacts } from "../../../ts-wrapper/cli/adapter-facts.ts";
import { createEngine } from "../../../ts-wrapper/engine/create.ts";
import { openModel } from "../../../ts-wrapper/io/open-model.ts";
import { base, example } from "./in-process.ts";

const engine = await createEngine({ threads: 1 });
const { signal } = new AbortController();

test("adapter facts: ‖s·B·A‖ of every tensor is that of the reference's W′ − W, within 1e-5", async () => {
  const [model, adapter] = [await openModel(base), await openAdapter(example("lora-licences"))];
  const reference = await openModel("tests/fixtures/kjv-llama/merged/lora-licences.safetensors");
  const { edits, unused, warnings } = bindAdapter(adapter, model);
  const facts = await adapterFacts(engine, adapter, { base: model.name, edits, unused, warnings, report: undefined }, signal);
  const read = async (from: typeof model, name: string): Promise<Float64Array> => {
    const { shard, offset, byteLength, dtype } = from.tensors.get(name)!;
    return decodeValues(await from.shards[shard]!.source.read(offset, byteLength), dtype);
  };
  let compared = 0;
  for (const { name, norm } of facts.edits) {
    if (!reference.tensors.has(`f32/${name}`)) continue;
    const [merged, w] = [await read(reference, `f32/${name}`), await read(model, name)];
    const want = Math.sqrt(merged.reduce((sum, x, i) => sum + (x - w[i]!) ** 2, 0));
    assert.ok(Math.abs(norm! - want) <= 1e-5 * want, `${name}: ${norm}, ${want} was needed`);
    compared++;
  }
  assert.ok(compared > 0);
  await Promise.all([model.close(), adapter.close(), reference.close()]);
});

test("adapter facts: what is replaced has a shape and no norm; only fields that say something are told", async () => {
  const [model, adapter] = [await openModel(base), await openAdapter(example("lora-full"))];
  const { edits, unused, warnings } = bindAdapter(adapter, model);
  const facts = await adapterFacts(engine, adapter, { base: undefined, edits, unused, warnings, report: undefined }, signal);
  const head = facts.edits.find((e) => e.name === "lm_head.weight");
  assert.deepEqual(head, { name: "lm_head.weight", op: "replace", shape: [1024, 192], matrices: 1 });
  assert.deepEqual(facts.config, {
    base_model_name_or_path: "../../base",
    r: 8,
    lora_alpha: 16,
    target_modules: ["q_proj", "v_proj", "embed_tokens"],
    modules_to_save: ["lm_head"],
  });
  assert.deepEqual([facts.base, facts.kind, facts.totals], [null, "lora", undefined]);
  await Promise.all([model.close(), adapter.close()]);
});
