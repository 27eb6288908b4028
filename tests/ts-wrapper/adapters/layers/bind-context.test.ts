import assert from "node:assert/strict";
import { test } from "node:test";
import { scaleOf } from "../../../../ts-wrapper/adapters/layers/bind-context.ts";
import { bindAdapter } from "../../../../ts-wrapper/adapters/load.ts";
import { readLoraConfig } from "../../../../ts-wrapper/adapters/peft-config.ts";
import type { JsonObject } from "../../../../ts-wrapper/io/json.ts";
import { type JsonLike, json, loraOf, shapes } from "../../../support/adapters.ts";

const scale = (config: JsonLike, name: string) => scaleOf(readLoraConfig(json(config) as JsonObject, "lora"), name);

test("the scale is alpha / r, or alpha / √r for rsLoRA, and says why", () => {
  const plain = scale({ r: 8, lora_alpha: 16 }, "m.q");
  assert.deepEqual(plain, { rank: 8, rankWhy: "r", scale: 2, scaleWhy: "alpha 16 / r 8" });
  const stabilized = scale({ r: 16, lora_alpha: 4, use_rslora: true }, "m.q");
  assert.deepEqual([stabilized.scale, stabilized.scaleWhy], [1, "alpha 4 / √r 16 (rsLoRA)"]);
});

test("rank and alpha of a module come from the patterns that match it", () => {
  const config = { r: 8, lora_alpha: 16, rank_pattern: { q: 4 }, alpha_pattern: { "m\\.q": 2, q: 100 } };
  assert.deepEqual(scale(config, "m.q"), {
    rank: 4,
    rankWhy: 'rank_pattern "q"',
    scale: 0.5,
    scaleWhy: 'alpha 2 (alpha_pattern "m\\\\.q") / r 4 (rank_pattern "q")',
  });
  assert.equal(scale(config, "m.v").scale, 2);
});

const base = shapes({ "m.q.weight": [6, 8] });
const bind = (config: JsonLike, tensors: Record<string, number[]>) => () =>
  bindAdapter(loraOf({ target_modules: ["q"], ...config }, tensors), base);
const a = { "m.q.lora_A.weight": [2, 8] };
const b = { "m.q.lora_B.weight": [6, 2] };

const refusals: readonly (readonly [what: string, run: () => unknown, message: RegExp])[] = [
  ["A without B", bind({}, a), /m\.q\.lora_A\.weight has no partner: lora_B of m\.q is missing/],
  ["B without A", bind({}, b), /m\.q\.lora_B\.weight has no partner: lora_A of m\.q is missing/],
  ["DoRA without magnitudes", bind({ use_dora: true }, { ...a, ...b }), /m\.q has no lora_magnitude_vector, which use_dora/],
  [
    "magnitudes without DoRA",
    bind({}, { ...a, ...b, "m.q.lora_magnitude_vector": [6] }),
    /lora_magnitude_vector is a magnitude of DoRA, but use_dora .* is false/,
  ],
  [
    "magnitudes of another length",
    bind({ use_dora: true }, { ...a, ...b, "m.q.lora_magnitude_vector": [8] }),
    /lora_magnitude_vector is \[8\], one magnitude for each of the 6 outputs of m\.q\.weight/,
  ],
  [
    "magnitudes as a matrix",
    bind({ use_dora: true }, { ...a, ...b, "m.q.lora_magnitude_vector": [2, 3] }),
    /lora_magnitude_vector is \[2,3\]/,
  ],
  [
    "A of another rank",
    bind({ r: 4 }, { ...a, ...b }),
    /lora_A\.weight is \[2,8\], \[4,8\] .* the file has rank 2, the configuration rank 4/,
  ],
  [
    "B of another rank",
    bind({}, { ...a, "m.q.lora_B.weight": [6, 3] }),
    /lora_B\.weight is \[6,3\], \[6,2\] .* the file has rank 3/,
  ],
  ["A transposed", bind({}, { "m.q.lora_A.weight": [8, 2], ...b }), /lora_A\.weight is \[8,2\], \[2,8\] .* it is transposed/],
  ["B transposed", bind({}, { ...a, "m.q.lora_B.weight": [2, 6] }), /lora_B\.weight is \[2,6\], \[6,2\] .* it is transposed/],
  [
    "A of another width",
    bind({}, { "m.q.lora_A.weight": [2, 7], ...b }),
    /lora_A\.weight is \[2,7\], \[2,8\] .* a base with other shapes/,
  ],
  ["A in one dimension", bind({}, { "m.q.lora_A.weight": [16], ...b }), /lora_A\.weight is \[16\], \[2,8\] was needed/],
];

for (const [what, run, message] of refusals) {
  test(`${what} is MISMATCH with the tensor and both shapes`, () => {
    assert.throws(run, { code: "MISMATCH", message, tensor: /^base_model\.model\.m\.q\./ });
  });
}
