import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedTensor } from "../../../../ts-wrapper/adapters/merge/plan.ts";
import { noEnergy } from "../../../../ts-wrapper/adapters/merge/report.ts";
import { addRows, refuseRow, rowGrain } from "../../../../ts-wrapper/adapters/merge/work.ts";
import { createEngine } from "../../../../ts-wrapper/engine/create.ts";

test("rows are added up in their order, in whatever tiles they come", async () => {
  using engine = await createEngine({ threads: 1 });
  const rows = Array.from({ length: 9 }, (_, i) => [0.1 * i, 1e10 / (i + 1), 1e-10 * i, 0]);
  using stats = engine.upload(Float64Array.from(rows.flat()));
  const fail = (): never => assert.fail();
  const whole = addRows(engine, stats.ptr, 9, noEnergy, fail);
  const first = addRows(engine, stats.ptr, 4, noEnergy, fail);
  assert.deepEqual(addRows(engine, (stats.ptr + 4 * 32) as typeof stats.ptr, 5, first, fail), whole);
});

test("the first row with a value that is not finite is refused by number and tensor", async () => {
  using engine = await createEngine({ threads: 1 });
  using stats = engine.upload(Float64Array.of(1, 1, 1, 0, 1, 1, 1, 2));
  const tensor = { name: "q", dtype: "F16" } as PlannedTensor;
  assert.throws(() => addRows(engine, stats.ptr, 2, noEnergy, (i) => refuseRow("base", tensor, 10 + i)), {
    code: "OVERFLOW",
    tensor: "q",
    message: /row 11 .*does not fit into F16/,
  });
});

test("threads get whole panels of rows, and at least one", async () => {
  using engine = await createEngine({ threads: 1 });
  for (const rows of [1, 4, 5, 100, 4096]) {
    const grain = rowGrain(engine, rows);
    assert.ok(grain >= 4 && grain % 4 === 0 && grain * engine.threads * 4 >= rows, String(rows));
  }
});
