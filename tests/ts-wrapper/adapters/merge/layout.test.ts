import assert from "node:assert/strict";
import { test } from "node:test";
import { planMerge } from "../../../../ts-wrapper/adapters/merge/plan.ts";
import { fixtureAdapter, fixtureModel } from "../../../support/adapters.ts";
import { openBase, openExample } from "../../../support/merge.ts";

const base = await openBase();
const adapters = [{ adapter: await openExample("lora-licences") }];

test("by default the files are the base's, with the base's own header when nothing in it changes", () => {
  const { files } = planMerge(base, adapters);
  assert.deepEqual(
    files.map((f) => f.file),
    ["model.safetensors"],
  );
  assert.deepEqual(files[0]!.header, base.shards[0]!.header);
});

test("for every shard size each tensor lies in one file, files keep the size where a tensor fits, and offsets have no hole", () => {
  for (const shardSize of [1, 1e5, 1e6, 3e6, 1e9]) {
    const { files, tensors } = planMerge(base, adapters, { shardSize });
    assert.deepEqual(
      files.flatMap((f) => f.tensors.map((t) => t.tensor.name)),
      tensors.map((t) => t.name),
    );
    files.forEach((f, i) => {
      assert.equal(
        f.file,
        files.length === 1
          ? "model.safetensors"
          : `model-${String(i + 1).padStart(5, "0")}-of-${String(files.length).padStart(5, "0")}.safetensors`,
      );
      let at = f.header.byteLength;
      assert.equal(at % 8, 0);
      for (const { tensor, offset } of f.tensors) {
        assert.equal(offset, at);
        at += tensor.byteLength;
      }
      assert.equal(f.byteLength, at);
      const weights = f.byteLength - f.header.byteLength;
      assert.ok(weights <= shardSize || f.tensors.length === 1);
    });
  }
});

test("the type of the output halves or doubles the file", () => {
  const bytes = (dtype: "same" | "f32"): number =>
    planMerge(base, adapters, { dtype }).tensors.reduce((n, t) => n + t.byteLength, 0);
  assert.equal(bytes("f32"), 2 * bytes("same"));
});

test("a head that is untied goes behind the last tensor of the last file", async () => {
  const tied = await fixtureModel("adapters/tied/base");
  const { files } = planMerge(tied, [{ adapter: await fixtureAdapter("adapters/tied/adapter") }], { tied: "untie" });
  assert.equal(files.at(-1)!.tensors.at(-1)!.tensor.name, "lm_head.weight");
});

test("a shard size of nothing is wrong usage", () => {
  for (const shardSize of [0, -5, Number.NaN]) assert.throws(() => planMerge(base, adapters, { shardSize }), { code: "USAGE" });
});
