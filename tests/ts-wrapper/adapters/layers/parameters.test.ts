import assert from "node:assert/strict";
import { test } from "node:test";
import { bindAdapter } from "../../../../ts-wrapper/adapters/load.ts";
import { type JsonLike, loraOf, shapes } from "../../../support/adapters.ts";

const m = "m.experts";
/** Factors of four experts at rank 2, under `depth` wrappers. */
const pair = (depth: number, inputs: number, outputs: number, rank = 2) => ({
  [`${m}${".base_layer".repeat(depth)}.lora_A.weight`]: [4 * rank, inputs],
  [`${m}${".base_layer".repeat(depth)}.lora_B.weight`]: [outputs, 4 * rank],
});
const bind = (base: Record<string, number[]>, tensors: Record<string, number[]>, config: JsonLike = {}, model: JsonLike = {}) =>
  bindAdapter(
    loraOf({ target_modules: [], target_parameters: ["experts.up", "experts.down"], ...config }, tensors),
    shapes(base, model),
  );

const inOut: Record<string, number[]> = { [`${m}.up`]: [4, 6, 10], [`${m}.down`]: [4, 5, 6] };
const outIn: Record<string, number[]> = { [`${m}.up`]: [4, 10, 6], [`${m}.down`]: [4, 6, 5] };

for (const [layout, base] of [
  ["experts, in, out", inOut],
  ["experts, out, in", outIn],
] as const) {
  for (const inner of ["up", "down"]) {
    test(`parameters stored as (${layout}) find their factors by shape, ${inner} innermost`, () => {
      const up = pair(inner === "up" ? 1 : 0, 6, 10);
      const down = pair(inner === "up" ? 0 : 1, 5, 6);
      const { edits, warnings } = bind(base, { ...up, ...down });
      assert.deepEqual(edits.map((e) => e.target).sort(), [`${m}.down`, `${m}.up`]);
      for (const edit of edits) {
        assert.ok(edit.op === "low-rank");
        assert.deepEqual([edit.left.length, edit.rows, edit.cols], base[edit.target]);
      }
      assert.deepEqual(warnings, []);
    });
  }
}

test("experts lie first in A and last in B", () => {
  const { edits } = bind(outIn, { ...pair(1, 6, 10), ...pair(0, 5, 6) });
  const up = edits.find((e) => e.target === `${m}.up`);
  assert.ok(up?.op === "low-rank");
  const place = ({ rows, cols, offset, rowStride, colStride }: (typeof up.left)[number]) => [
    rows,
    cols,
    offset,
    rowStride,
    colStride,
  ];
  assert.deepEqual(place(up.left[3]!), [10, 2, 3, 8, 4]); // element (o, k, e) of B[out, r·E] at o·8 + k·4 + e
  assert.deepEqual(place(up.right[3]!), [2, 6, 3 * 2 * 6, 6, 1]);
});

const square = { [`${m}.down`]: [4, 6, 6] };
const one: JsonLike = { target_parameters: ["experts.down"] };
const versions: readonly (readonly [version: string | null, model: string, transposed: boolean, message: RegExp])[] = [
  [null, "mixtral", true, /read as \(experts, in, out\), as PEFT before 0\.18/],
  ["0.18.1", "mixtral", true, /read as \(experts, in, out\), as PEFT 0\.18\.1/],
  ["0.19.0", "mixtral", true, /read as \(experts, in, out\), as PEFT 0\.19\.0/],
  ["0.19.0", "gpt_oss", false, /read as \(experts, out, in\), as PEFT 0\.19\.0/],
  ["0.19.1", "mixtral", false, /read as \(experts, out, in\), as PEFT 0\.19\.1/],
  ["0.20.0", "gpt_oss", true, /read as \(experts, in, out\), as PEFT 0\.20\.0/],
  ["1.0.0", "mixtral", false, /read as \(experts, out, in\), as PEFT 1\.0\.0/],
];

for (const [version, model, transposed, message] of versions) {
  test(`square experts of a ${model} by PEFT ${version} are ${transposed ? "(e, i, o)" : "(e, o, i)"}, and a warning tells so`, () => {
    const { edits, warnings } = bind(square, pair(0, 6, 6), { ...one, peft_version: version }, { model_type: model });
    assert.ok(edits[0]?.op === "low-rank");
    assert.equal(edits[0].left[0]!.rowStride === 1, transposed);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, message);
  });
}

test("rank_pattern is matched with the parameter's name", () => {
  const { edits } = bind(square, pair(0, 6, 6, 3), { ...one, rank_pattern: { "experts\\.down": 3 } });
  assert.ok(edits[0]?.op === "low-rank" && edits[0].rank === 3);
});

test("a 2-D parameter and a single expert take B·A as it is", () => {
  const router = { "m.router.weight": [4, 6], [`${m}.down`]: [1, 6, 5] };
  const tensors = {
    "m.router.lora_A.weight": [2, 6],
    "m.router.lora_B.weight": [4, 2],
    [`${m}.lora_A.weight`]: [2, 5],
    [`${m}.lora_B.weight`]: [6, 2],
  };
  const { edits } = bind(router, tensors, { target_parameters: ["router.weight", "experts.down"] });
  for (const edit of edits) assert.ok(edit.op === "low-rank" && edit.left.length === 1 && edit.left[0]!.colStride === 1);
  assert.equal(edits.length, 2);
});

test("a single expert has no other layout: a square one is not in doubt, and (e, i, o) does not fit", () => {
  const single = (shape: number[]) =>
    bind(
      { [`${m}.down`]: shape },
      { [`${m}.lora_A.weight`]: [2, 6], [`${m}.lora_B.weight`]: [shape[1] === 6 ? shape[2]! : 6, 2] },
      one,
    );
  const { edits, warnings } = single([1, 6, 6]);
  assert.ok(edits[0]?.op === "low-rank" && edits[0].left[0]!.rowStride === 2);
  assert.deepEqual(warnings, []);
  assert.throws(() => single([1, 6, 5]), { code: "MISMATCH", message: /fit none of the parameters/ });
});

test("fewer wrappers than parameters is MISMATCH, more go unused", () => {
  assert.throws(() => bind(outIn, pair(0, 5, 6)), {
    code: "MISMATCH",
    message: /2 parameters of m\.experts are targeted .* m\.experts\.base_layer has no lora_A/,
  });
  assert.throws(() => bind(square, { ...pair(0, 6, 6), ...pair(1, 6, 6) }, one), {
    code: "UNUSED",
    message: /m\.experts\.base_layer\.lora_A/,
  });
});

test("factors that fit no parameter are MISMATCH with what each would need", () => {
  assert.throws(() => bind(outIn, { ...pair(1, 6, 10), ...pair(0, 7, 6) }), {
    code: "MISMATCH",
    tensor: `base_model.model.${m}.lora_A.weight`,
    message: /lora_A\.weight \[8,7\] and .*lora_B\.weight \[6,8\] fit none of the parameters m\.experts\.up \[4,10,6\] at rank 2/,
  });
});

test("factors that fit more than one parameter are refused, not guessed", () => {
  assert.throws(
    () =>
      bind(
        { [`${m}.up`]: [4, 10, 6], [`${m}.gate`]: [4, 10, 6] },
        { ...pair(0, 6, 10), ...pair(1, 6, 10) },
        { target_parameters: ["up", "gate"] },
      ),
    {
      code: "MISMATCH",
      message: /fit more than one of the parameters .*; the file does not say which, so this is not guessed/,
    },
  );
});

for (const option of ["use_dora", "lora_bias", "fan_in_fan_out"]) {
  test(`${option} along with target_parameters is KIND, as PEFT takes no such adapter`, () => {
    assert.throws(() => bind(square, pair(0, 6, 6), { ...one, [option]: true }), {
      code: "KIND",
      message: new RegExp(`${option} is set along with target_parameters`),
    });
  });
}

test("an entry of target_parameters that no tensor answers is MISMATCH, or a warning where unused parts are allowed", () => {
  const config = { target_parameters: ["experts.down", "experts.gate"] };
  assert.throws(() => bind(square, pair(0, 6, 6), config), {
    code: "MISMATCH",
    message: /target_parameters has "experts\.gate", which is no tensor of base/,
  });
  const adapter = loraOf({ target_modules: [], ...config, peft_version: "0.20.0" }, pair(0, 6, 6));
  assert.match(bindAdapter(adapter, shapes(square), { allowUnused: true }).warnings[1]!, /experts\.gate/);
});
