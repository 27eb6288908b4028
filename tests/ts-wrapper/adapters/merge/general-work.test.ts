import assert from "node:assert/strict";
import { test } from "node:test";
import type { MergeOptions } from "../../../../ts-wrapper/adapters/merge/options.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import { fixtureAdapter, fixtureModel, fixtureTensors } from "../../../support/adapters.ts";
import { fixture } from "../../../support/fixtures.ts";
import { merge, tensorsOf } from "../../../support/merge.ts";
import { decode, encode } from "../../../support/reference-merge.ts";

const { cases } = JSON.parse(new TextDecoder().decode(await fixture("adapters/cases.json"))) as {
  cases: Record<string, string[]>;
};

function optionsOf(result: string): MergeOptions {
  return result === "keep" || result === "untie" ? { tied: result } : {};
}

for (const [name, results] of Object.entries(cases)) {
  for (const result of results) {
    test(`${name}, ${result}: written with sums in f64 it is numpy's result bit for bit, in f32 within 2⁻¹⁸ of the largest value`, async () => {
      using engine = await createEngine({ threads: 1 });
      const base = await fixtureModel(`adapters/${name}/base`);
      const adapters = [{ adapter: await fixtureAdapter(`adapters/${name}/adapter`) }];
      const want = await fixtureTensors(`adapters/${name}/${result}.safetensors`);
      for (const accumulate of ["f64", "f32"] as const) {
        const { out } = await merge({ engine, base, adapters, accumulate, dtype: "f32", ...optionsOf(result) });
        const got = await tensorsOf(out.files.get("model.safetensors")!);
        for (const [key, tensor] of want) {
          const found = got.get(key);
          assert.ok(found, `${key} is missing`);
          if (accumulate === "f64") {
            assert.deepEqual(found.bytes, tensor.bytes, key);
            continue;
          }
          const expected = decode(tensor.dtype, tensor.bytes);
          const values = decode("F32", found.bytes);
          const largest = expected.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
          expected.forEach((x, i) => {
            assert.ok(Math.abs(x - values[i]!) <= 2 ** -18 * largest, `${key}[${i}]: ${values[i]}, ${x} was needed`);
          });
        }
      }
    });
  }
}

test("a DoRA adapter at weight 0.5 goes half of the way from W to its result", async () => {
  using engine = await createEngine({ threads: 1 });
  const base = await fixtureModel("kjv-llama/base");
  const adapter = await fixtureAdapter("kjv-llama/adapters/dora-manual");
  const at = async (weight: number) =>
    tensorsOf(
      (await merge({ engine, base, adapters: [{ adapter, weight }], dtype: "f32", accumulate: "f64" })).out.files.get(
        "model.safetensors",
      )!,
    );
  const [none, half, full] = [await at(0), await at(0.5), await at(1)];
  const key = "model.layers.0.self_attn.q_proj.weight";
  const [a, b, c] = [none, half, full].map((t) => decode("F32", t!.get(key)!.bytes)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  b.forEach((x, i) => {
    assert.ok(Math.abs(x - (a[i]! + c[i]!) / 2) <= 2 ** -23 * (Math.abs(a[i]!) + Math.abs(c[i]!)), `element ${i}`);
  });
});

test("f16 out of a bf16 base: every element of an untouched tensor is the nearest f16", async () => {
  using engine = await createEngine({ threads: 1 });
  const base = await fixtureModel("kjv-llama/base");
  const adapter = await fixtureAdapter("kjv-llama/adapters/lora-layer1-control");
  const { out, report } = await merge({ engine, base, adapters: [{ adapter }], dtype: "f16" });
  const name = "model.layers.0.self_attn.q_proj.weight";
  assert.equal(report.tensors.find((t) => t.name === name)!.action, "converted");
  const info = base.tensors.get(name)!;
  const bytes = await base.shards[info.shard]!.source.read(info.offset, info.byteLength);
  const got = (await tensorsOf(out.files.get("model.safetensors")!)).get(name)!;
  assert.deepEqual(got.bytes, encode("F16", decode("BF16", bytes)));
});
