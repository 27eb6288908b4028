import assert from "node:assert/strict";
import { test } from "node:test";
import { bindAdapter } from "../../../../ts-wrapper/adapters/load.ts";
import { type JsonLike, loraOf, shapes } from "../../../support/adapters.ts";

const bind = (weight: number[], a: number[], b: number[], config: JsonLike = {}, more: Record<string, number[]> = {}) =>
  bindAdapter(
    loraOf({ target_modules: ["c"], ...config }, { "m.c.lora_A.weight": a, "m.c.lora_B.weight": b, ...more }),
    shapes({ "m.c.weight": weight }),
  );

for (const kernel of [[3], [3, 2], [1, 1], [2, 1, 3]]) {
  test(`a convolution with a kernel of ${kernel} is one out × (in·k) matrix`, () => {
    const [edit] = bind([6, 4, ...kernel], [2, 4, ...kernel], [6, 2, ...kernel.map(() => 1)]).edits;
    assert.ok(edit?.op === "low-rank");
    assert.deepEqual([edit.rows, edit.cols, edit.left.length], [6, 4 * kernel.reduce((n, d) => n * d, 1), 1]);
  });
}

test("DoRA magnitudes come as [1, out, 1, 1], and their norm runs along the rows", () => {
  const [edit] = bind(
    [6, 4, 3, 3],
    [2, 4, 3, 3],
    [6, 2, 1, 1],
    { use_dora: true },
    { "m.c.lora_magnitude_vector": [1, 6, 1, 1] },
  ).edits;
  assert.ok(edit?.op === "low-rank" && edit.magnitude?.along === "rows");
});

test("a convolution with groups is KIND, as PEFT merges none", () => {
  assert.throws(() => bind([6, 2, 3, 3], [2, 4, 3, 3], [6, 1, 1, 1]), {
    code: "KIND",
    tensor: "base_model.model.m.c.lora_A.weight",
    message: /m\.c is a convolution with 2 groups .*one group only/,
  });
});

test("a kernel in the second factor, or a kernel missing in the first, is MISMATCH", () => {
  assert.throws(() => bind([6, 4, 3, 3], [2, 4, 3, 3], [6, 2, 3, 3]), {
    code: "MISMATCH",
    message: /lora_B\.weight is \[6,2,3,3\], \[6,2,1,1\]/,
  });
  assert.throws(() => bind([6, 4, 3, 3], [2, 4, 1, 1], [6, 2, 1, 1]), {
    code: "MISMATCH",
    message: /lora_A\.weight is \[2,4,1,1\], \[2,4,3,3\]/,
  });
  assert.throws(() => bind([6, 4, 3, 3], [2, 4], [6, 2]), {
    code: "MISMATCH",
    message: /lora_A\.weight is \[2,4\], \[2,4,3,3\]/,
  });
});
