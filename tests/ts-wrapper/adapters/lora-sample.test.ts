import assert from "node:assert/strict";
import { test } from "node:test";
import { lora } from "../../../ts-wrapper/adapters/kinds/lora.ts";
import { loraSample } from "../../../ts-wrapper/adapters/lora-sample.ts";
import { rng } from "../../support/rng.ts";

test("a sample has the shapes of its weight, a rank that fits, and the same numbers for the same seed", async () => {
  for (const [rows, cols, rank] of [
    [6, 8, 4],
    [3, 5, 3],
    [1, 9, 1],
  ] as const) {
    const [one, other] = [loraSample(lora, rows, cols, rng(1)), loraSample(lora, rows, cols, rng(1))];
    const shapes = [...one.tensors.values()].map((t) => t.shape);
    assert.deepEqual(shapes, [
      [rank, cols],
      [rows, rank],
    ]);
    for (const [name, tensor] of one.tensors) assert.deepEqual(await tensor.read(), await other.tensors.get(name)!.read());
  }
});
