import assert from "node:assert/strict";
import { test } from "node:test";
import { gridOf, isGeneral, RUNTIME_BYTES } from "../../../../ts-wrapper/adapters/merge/memory-plan.ts";
import { planMerge } from "../../../../ts-wrapper/adapters/merge/plan.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";
import { merge, openBase, openExample } from "../../../support/merge.ts";

const MiB = 2 ** 20;
const base = await openBase();

test("the parts add up to the peak, the peak stays under the ceiling, and tiles shrink with it", async () => {
  const adapters = [{ adapter: await openExample("dora-manual") }];
  let last = Number.POSITIVE_INFINITY;
  for (const ceiling of [1024, 320, 200, 170, 152].map((n) => n * MiB)) {
    const { memory } = planMerge(base, adapters, { memory: ceiling });
    const { runtime, headers, tiles, scratch, factors, peak, tileBytes } = memory;
    assert.equal(runtime + headers + tiles + scratch + factors, peak);
    assert.ok(peak <= ceiling);
    assert.ok(tileBytes <= last);
    last = tileBytes;
  }
});

test("a ceiling below what is needed is refused with both numbers, and nonsense is wrong usage", async () => {
  const adapters = [{ adapter: await openExample("lora-licences") }];
  assert.throws(() => planMerge(base, adapters, { memory: RUNTIME_BYTES }), {
    code: "OUT_OF_MEMORY",
    message: /the ceiling is \d+ bytes, \d+ are needed/,
  });
  assert.throws(() => planMerge(base, adapters, { memory: -1 }), { code: "USAGE" });
});

test("what a merge takes in the engine is at most what the plan says: tiles, scratch and factors, and 1.1 MiB of row sums", async () => {
  for (const name of ["lora-licences", "dora-manual", "lora-full", "rslora-patterns"]) {
    for (const accumulate of ["f32", "f64"] as const) {
      using engine = await createEngine({ threads: 1 });
      const adapters = [{ adapter: await openExample(name) }];
      const { memory } = planMerge(base, adapters, { accumulate });
      await merge({ engine, base, adapters, accumulate });
      assert.ok(engine.allocator.peak <= memory.tiles + memory.scratch + memory.factors + 1.1 * MiB, `${name} ${accumulate}`);
    }
  }
});

test("tiles are whole panels of rows, never more than the tensor's rows need, for any tile size", async () => {
  const plan = planMerge(base, [{ adapter: await openExample("dora-manual") }]);
  for (const tensor of plan.tensors.filter((t) => t.action === "merged")) {
    for (const tileBytes of [1, 1000, 65536, 8 * MiB]) {
      const grid = gridOf(tensor, "f32", tileBytes);
      assert.equal(grid.tileRows % 4, 0);
      assert.ok(grid.tileRows >= 4);
      assert.equal(
        grid.count * grid.rows * grid.cols,
        tensor.shape.reduce((n, d) => n * d, 1),
      );
    }
  }
});

test("one fused pass is taken for plain low-rank changes in f32, the general path for everything else", async () => {
  const of = async (name: string, sum: "f32" | "f64", dtype: "same" | "f32" = "same"): Promise<boolean> => {
    const plan = planMerge(base, [{ adapter: await openExample(name) }], { dtype });
    return isGeneral(plan.tensors.find((t) => t.action === "merged")!, sum);
  };
  assert.deepEqual(
    [
      await of("lora-licences", "f32"),
      await of("lora-licences", "f64"),
      await of("lora-licences", "f32", "f32"),
      await of("dora-manual", "f32"),
    ],
    [false, true, true, true],
  );
});
