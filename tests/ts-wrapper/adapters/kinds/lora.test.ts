import assert from "node:assert/strict";
import { test } from "node:test";
import type { Adapter } from "../../../../ts-wrapper/adapters/adapter.ts";
import { type BindOptions, type Bound, bindAdapter, checkCopies, checkFinite } from "../../../../ts-wrapper/adapters/load.ts";
import type { MemoryTensor } from "../../../../ts-wrapper/adapters/memory-adapter.ts";
import type { Model } from "../../../../ts-wrapper/io/model.ts";
import { fixtureAdapter, fixtureModel, fixtureTensors, loraOf, shapes } from "../../../support/adapters.ts";
import { fixture } from "../../../support/fixtures.ts";
import { encode, referenceMerge } from "../../../support/reference-merge.ts";

/** Binds, checks the data, and merges one tensor by the reference. */
async function open(adapter: Adapter, base: Model, options: BindOptions = {}) {
  const bound = bindAdapter(adapter, base, options);
  await checkFinite(adapter);
  await checkCopies(adapter, base, bound);
  const merged = async (target: string): Promise<{ shape: readonly number[]; values: Float64Array }> => {
    const from = bound.extra.find((e) => e.name === target)?.from ?? target;
    const info = base.tensors.get(from)!;
    const bytes = await base.shards[info.shard]!.source.read(info.offset, info.byteLength);
    const edits = bound.edits.filter((e) => e.target === target).map((edit) => ({ edit }));
    return referenceMerge({ ...info, bytes }, edits);
  };
  return { bound, merged };
}

function assertSame(got: Uint8Array, want: MemoryTensor, what: string): void {
  assert.equal(got.length, want.bytes.length, what);
  const at = got.findIndex((x, i) => x !== want.bytes[i]);
  assert.equal(at, -1, `${what} differs at byte ${at}`);
}

const goldens: readonly (readonly [name: string, edits: number])[] = [
  ["lora-licences", 35],
  ["rslora-patterns", 20],
  ["dora-manual", 35],
  ["lora-full", 12],
];

for (const [name, edits] of goldens) {
  test(`${name} of the example model merges to its reference, f32 and bf16, bit for bit`, async () => {
    const base = await fixtureModel("kjv-llama/base");
    const { bound, merged } = await open(await fixtureAdapter(`kjv-llama/adapters/${name}`), base);
    assert.equal(bound.edits.length, edits);
    assert.deepEqual([bound.unused, bound.warnings, bound.extra], [[], [], []]);
    for (const [key, want] of await fixtureTensors(`kjv-llama/merged/${name}.safetensors`)) {
      const target = key.slice(key.indexOf("/") + 1);
      assertSame(encode(want.dtype, (await merged(target)).values), want, key);
    }
  });
}

const { cases } = JSON.parse(new TextDecoder().decode(await fixture("adapters/cases.json"))) as {
  cases: Record<string, string[]>;
};

for (const [name, results] of Object.entries(cases)) {
  for (const result of results) {
    test(`${name}: ${result} is what numpy made of the definition, f64 rounded to f32, bit for bit`, async () => {
      const base = await fixtureModel(`adapters/${name}/base`);
      const options: BindOptions = result === "keep" || result === "untie" ? { tied: result } : {};
      const { bound, merged } = await open(await fixtureAdapter(`adapters/${name}/adapter`), base, options);
      const want = await fixtureTensors(`adapters/${name}/${result}.safetensors`);
      const targets = new Set([...bound.edits.map((e) => e.target), ...bound.extra.map((e) => e.name)]);
      assert.deepEqual([...targets].sort(), [...want.keys()].sort());
      for (const [target, tensor] of want) {
        const { shape, values } = await merged(target);
        assert.deepEqual(shape, tensor.shape, target);
        assertSame(encode("F32", values), tensor, target);
      }
      const all = JSON.parse(new TextDecoder().decode(await fixture(`adapters/${name}/expected.json`)));
      const expected = all[result] ?? (results.length === 1 ? all : {});
      assert.deepEqual(configOf(bound), expected);
    });
  }
}

function configOf({ tieWordEmbeddings, vocabSize }: Bound): object {
  return { ...(tieWordEmbeddings === undefined ? {} : { tieWordEmbeddings }), ...(vocabSize === undefined ? {} : { vocabSize }) };
}

const broken: readonly (readonly [name: string, code: string, tensor: string, message: RegExp])[] = [
  [
    "prefix",
    "MISMATCH",
    "transformer.h.layers.1.mlp.down_proj.lora_A.weight",
    /does not begin with base_model\.model\., .* nearest name in the base is "model\.layers\.1\.mlp\.down_proj\.weight"/,
  ],
  [
    "missing-b",
    "MISMATCH",
    "model.model.layers.1.mlp.up_proj.lora_A.weight",
    /has no partner: lora_B of model\.layers\.1\.mlp\.up_proj is missing/,
  ],
  [
    "transposed",
    "MISMATCH",
    "model.model.layers.1.mlp.down_proj.lora_A.weight",
    /is \[512,8\], \[8,512\] was needed .* it is transposed/,
  ],
  [
    "extra-tensor",
    "UNUSED",
    "model.model.layers.9.mlp.up_proj.lora_A.weight",
    /2 of its tensors would go unused.*layers\.9\.mlp\.up_proj\.lora_B\.weight/,
  ],
  [
    "rank-mismatch",
    "MISMATCH",
    "model.model.layers.1.mlp.down_proj.lora_A.weight",
    /the file has rank 8, the configuration rank 16/,
  ],
  ["nan", "MISMATCH", "model.model.layers.1.mlp.up_proj.lora_A.weight", /\[8,192\] holds NaN at \[3, 77\]/],
];

for (const [name, code, tensor, message] of broken) {
  test(`lora-broken-${name} is refused with ${code}, and the message names the tensor`, async () => {
    const base = await fixtureModel("kjv-llama/base");
    const adapter = await fixtureAdapter(`kjv-llama/adapters/lora-broken-${name}`);
    await assert.rejects(open(adapter, base), { code, message, tensor: `base_model.${tensor}` });
  });
}

test("lora-layer1-control, the correct twin of the broken ones, binds to the seven linears of layer 1", async () => {
  const { bound } = await open(
    await fixtureAdapter("kjv-llama/adapters/lora-layer1-control"),
    await fixtureModel("kjv-llama/base"),
  );
  assert.equal(bound.edits.length, 7);
  assert.ok(bound.edits.every((e) => e.target.startsWith("model.layers.1.")));
});

const config = { target_modules: ["q_proj"] };
const base = shapes({ "model.layers.0.q_proj.weight": [6, 8], "model.norm.weight": [8] });
const q = "model.layers.0.q_proj";
const fit = { [`${q}.lora_A.weight`]: [2, 8], [`${q}.lora_B.weight`]: [6, 2] };

test("the same adapter with the in-memory name in its keys binds the same", () => {
  const plain = bindAdapter(loraOf(config, fit), base);
  const named = bindAdapter(
    loraOf(config, { [`${q}.lora_A.default.weight`]: [2, 8], [`${q}.lora_B.default.weight`]: [6, 2] }),
    base,
  );
  assert.deepEqual(
    named.edits.map((e) => e.target),
    plain.edits.map((e) => e.target),
  );
});

test("without target_modules the tensors tell which modules are meant, and a warning says so", () => {
  const { edits, warnings } = bindAdapter(loraOf({ target_modules: null }, fit), base);
  assert.equal(edits.length, 1);
  assert.match(warnings[0]!, /target_modules in adapter\/adapter_config\.json names no modules/);
});

test("an adapter of which nothing fits is MISMATCH with the name that the base has", () => {
  const wrapped = {
    "language_model.model.layers.0.q_proj.lora_A.weight": [2, 8],
    "language_model.model.layers.0.q_proj.lora_B.weight": [6, 2],
  };
  assert.throws(() => bindAdapter(loraOf(config, wrapped), base, { allowUnused: true }), {
    code: "MISMATCH",
    message: /none of its 2 tensors fits base: .* nearest name in the base is "model\.layers\.0\.q_proj\.weight"/,
  });
});

test("factors for a module that the configuration does not target go unused", () => {
  const other = shapes({ "model.layers.0.q_proj.weight": [6, 8], "model.layers.0.k_proj.weight": [6, 8] });
  const extra = { ...fit, "model.layers.0.k_proj.lora_A.weight": [2, 8], "model.layers.0.k_proj.lora_B.weight": [6, 2] };
  assert.throws(() => bindAdapter(loraOf(config, extra), other), { code: "UNUSED", message: /k_proj\.lora_A\.weight/ });
  const { unused, edits } = bindAdapter(loraOf(config, extra), other, { allowUnused: true });
  assert.deepEqual([unused.length, edits.length], [2, 1]);
});

test("factors that are no floating-point numbers are refused with their type", () => {
  const adapter = loraOf(config, fit);
  const name = `base_model.model.${q}.lora_A.weight`;
  const tensors = new Map([...adapter.tensors, [name, { ...adapter.tensors.get(name)!, dtype: "I8" as const }]]);
  assert.throws(() => bindAdapter({ ...adapter, tensors }, base), {
    code: "MISMATCH",
    tensor: name,
    message: /is I8, one of F32, F16, BF16, F64/,
  });
});

test("factors of an embedding for something else are refused", () => {
  const embedding = { [`${q}.lora_embedding_A`]: [2, 8], [`${q}.lora_embedding_B`]: [6, 2] };
  const oneDimensional = shapes({ [`${q}.weight`]: [8] });
  assert.throws(() => bindAdapter(loraOf(config, embedding), oneDimensional), {
    code: "MISMATCH",
    message: /are for an embedding, but .* is \[8\]/,
  });
  assert.throws(() => bindAdapter(loraOf(config, fit), oneDimensional), {
    code: "MISMATCH",
    message: /are for a linear layer or a convolution/,
  });
});

test("state of training alone (VeLoRA, MonteCLoRA) is passed over, and a warning says that the merge is plain", () => {
  const tensors = { ...fit, [`${q}.lora_velora_embed`]: [4], [`${q}.lora_monteclora_sampler.std`]: [4] };
  const adapter = loraOf({ ...config, velora_config: { num_groups: 2 } }, tensors);
  const { edits, unused } = bindAdapter(adapter, base);
  assert.deepEqual([edits.length, unused], [1, []]);
  assert.match(adapter.warnings[0]!, /velora_config is set: .* the merge is that of plain LoRA/);
});

for (const init of ["pissa", "pissa_niter_4", "olora", "corda", "lora_ga", "loftq"]) {
  test(`an adapter that began with ${init} needs its residual base, and binds to it when the caller says it is one`, () => {
    const adapter = loraOf({ ...config, init_lora_weights: init }, fit);
    assert.throws(() => bindAdapter(adapter, base), {
      code: "KIND",
      message: new RegExp(`init_lora_weights is ${init}: .*residual base`),
    });
    assert.equal(bindAdapter(adapter, base, { residualBase: true }).edits.length, 1);
  });
}

for (const init of ["gaussian", "eva", "orthogonal", "mica", true, false]) {
  test(`init_lora_weights ${init} leaves the base as it is, so the adapter binds`, () => {
    assert.equal(bindAdapter(loraOf({ ...config, init_lora_weights: init }, fit), base).edits.length, 1);
  });
}

test("of PEFT's rules for the layer in a name, the one that explains the tensors is taken; from 0.20 on only the first number counts", () => {
  const moe = shapes(
    Object.fromEntries([0, 1].flatMap((l) => [0, 1].map((e) => [`model.layers.${l}.experts.${e}.w.weight`, [6, 8]]))),
  );
  const held = (modules: string[]) =>
    Object.fromEntries(
      modules.flatMap((m) => [
        [`${m}.lora_A.weight`, [2, 8]],
        [`${m}.lora_B.weight`, [6, 2]],
      ]),
    );
  const chosen = { target_modules: ["w"], layers_to_transform: [1] };
  const firstNumber = held(["model.layers.1.experts.0.w", "model.layers.1.experts.1.w"]);
  const lastNumber = held(["model.layers.0.experts.1.w", "model.layers.1.experts.1.w"]);
  assert.equal(bindAdapter(loraOf({ ...chosen, peft_version: "0.20.0" }, firstNumber), moe).edits.length, 2);
  assert.equal(bindAdapter(loraOf(chosen, firstNumber), moe).edits.length, 2);
  assert.equal(bindAdapter(loraOf({ ...chosen, peft_version: "0.19.1" }, lastNumber), moe).edits.length, 2);
  assert.throws(() => bindAdapter(loraOf({ ...chosen, peft_version: "0.20.0" }, lastNumber), moe), { code: "MISMATCH" });
});
